"""How browsers keep static files: their addresses change with their content, so for ever."""

from __future__ import annotations

from typing import Any


def kept_for_ever(headers: Any, path: str, url: str) -> None:
    """WhiteNoise's hook for the headers of a file."""
    headers["Cache-Control"] = "public, max-age=31536000, immutable"
