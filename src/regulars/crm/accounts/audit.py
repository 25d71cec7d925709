"""The audit log: who saw, changed or exported what. Entries are added, never changed or removed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import ip_address
from typing import Any

from regulars.crm.accounts.models import AuditEntry, User

# Where the request comes from; set by the middleware for the time of a request.
request_address: ContextVar[str | None] = ContextVar("request_address", default=None)


@contextmanager
def coming_from(address: str | None) -> Iterator[None]:
    """Entries made inside carry ``address``."""
    token = request_address.set(address)
    try:
        yield
    finally:
        request_address.reset(token)


def record(
    actor: Any,
    action: str,
    *,
    object_type: str = "",
    object_id: object = "",
    label: str = "",
    details: dict[str, Any] | None = None,
    address: str | None = None,
) -> AuditEntry:
    """Adds one entry. ``action`` is "<thing>.<verb>" ("customer.reveal"); ``object_id`` a public id where there is one.

    Sensitive values themselves do not belong into ``label`` or ``details``: the log is read by others.
    """
    return AuditEntry.objects.create(
        actor=actor if isinstance(actor, User) else None,
        action=action[:60],
        object_type=object_type[:40],
        object_id=str(object_id)[:40],
        label=label[:200],
        details=details or {},
        address=_valid(address or request_address.get()),
    )


def _valid(address: str | None) -> str | None:
    try:
        return str(ip_address(address)) if address else None
    except ValueError:
        return None
