"""The database of an installation: SQLite in WAL mode in the data folder, or PostgreSQL by address."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from regulars.errors import RegularsError

# Held under six writing threads: short write transactions that take their lock at once and wait for each other.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000; PRAGMA cache_size=-65536;"
        " PRAGMA mmap_size=1073741824; PRAGMA temp_store=MEMORY;"
    ),
}


class DatabaseAddressError(RegularsError):
    """A database address that cannot be used."""


def sqlite(folder: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(folder / "regulars.sqlite3"),
        "OPTIONS": SQLITE_OPTIONS,
        "TEST": {"NAME": None},
    }


def database(url: str, folder: Path) -> dict[str, Any]:
    """Django's settings of the database at ``url``; empty: SQLite in ``folder``."""
    if not url:
        return sqlite(folder)
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise DatabaseAddressError(
            "database_address",
            "The database address begins with {scheme}; only postgresql:// can be used.",
            "Set DATABASE_URL=postgresql://user:password@host:5432/name, or leave it empty for SQLite.",
            scheme=parts.scheme or "nothing",
        )
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }
