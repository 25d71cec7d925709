"""Secrets at rest: digests of what people must present again, encryption of what the server must read again.

Both are keyed with the secret of the installation, so that a copy of the database alone opens nothing, and what one
installation made is worth nothing in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

from cryptography.fernet import Fernet
from django.conf import settings

TOKEN_BYTES = 32


def new_token(prefix: str = "") -> str:
    """A fresh random token, safe in addresses and headers."""
    return prefix + secrets.token_urlsafe(TOKEN_BYTES)


def digest(purpose: str, text: str) -> str:
    """What is kept of a token: 64 hexadecimal digits, of no use without the token and the installation's secret."""
    return hmac.new(_key("digest:" + purpose), text.encode(), hashlib.sha256).hexdigest()


def sealed(text: str) -> str:
    """``text`` encrypted and authenticated."""
    return _fernet(settings.SECRET_KEY).encrypt(text.encode()).decode()


def unsealed(text: str) -> str:
    """The text that :func:`sealed` hid. Raises ``cryptography.fernet.InvalidToken`` for anything else."""
    return _fernet(settings.SECRET_KEY).decrypt(text.encode()).decode()


def _key(purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=settings.SECRET_KEY.encode()[:64], digest_size=32).digest()


@lru_cache(maxsize=4)
def _fernet(_secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_key("seal")))
