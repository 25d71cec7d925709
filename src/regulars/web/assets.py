"""Static files, served by WhiteNoise from the package: each address carries the hash of its content, so a browser keeps
a file for ever and still sees a new version at once. Nothing is collected or copied.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage

LENGTH = 12


@cache
def fingerprint(name: str) -> str:
    """The first characters of the SHA-256 of a static file; empty when there is no such file."""
    found = finders.find(name)
    if not isinstance(found, str):
        return ""
    return hashlib.sha256(Path(found).read_bytes()).hexdigest()[:LENGTH]


class Assets(StaticFilesStorage):
    """Addresses such as ``/static/app/app.css?v=3f2a…``."""

    def url(self, name: str | None) -> str:
        address: str = super().url(name)
        version = fingerprint(name or "")
        return f"{address}?v={version}" if version else address
