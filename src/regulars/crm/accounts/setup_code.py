"""Who may become the owner of a fresh installation: whoever sits at the machine, or knows the code in its terminal."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any

from regulars.crm.accounts.sealing import digest

LENGTH = 8


def code() -> str:
    """The set-up code of this installation, the same until its owner is made; the server prints it at the start."""
    return digest("setup", "first owner")[:LENGTH].upper()


def fits(given: str) -> bool:
    return hmac.compare_digest(given.strip().upper().encode(), code().encode())


def is_local(meta: Mapping[str, Any]) -> bool:
    """Whether a request comes from this machine itself and not through a proxy."""
    if any(key in meta for key in ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")):
        return False
    try:
        return ipaddress.ip_address(meta.get("REMOTE_ADDR") or "").is_loopback
    except ValueError:
        return False
