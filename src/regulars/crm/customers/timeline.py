"""Entries of a customer's timeline: every service leaves one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from regulars.crm.accounts.models import User
from regulars.crm.customers.models import Customer, Event

CREATED, CHANGED, ASSIGNED = "created", "changed", "assigned"
TAGGED, UNTAGGED = "tagged", "untagged"
DELETED, RESTORED = "deleted", "restored"
COLLABORATOR_ADDED, COLLABORATOR_REMOVED = "collaborator_added", "collaborator_removed"
CONTACT_ADDED, CONTACT_CHANGED, CONTACT_REMOVED = "contact_added", "contact_changed", "contact_removed"
FOLLOWED, FOLLOW_UP_DONE, FOLLOW_UP_REMOVED = "followed", "follow_up_done", "follow_up_removed"
KINDS = (
    CREATED, CHANGED, ASSIGNED, TAGGED, UNTAGGED, DELETED, RESTORED, COLLABORATOR_ADDED, COLLABORATOR_REMOVED,
    CONTACT_ADDED, CONTACT_CHANGED, CONTACT_REMOVED, FOLLOWED, FOLLOW_UP_DONE, FOLLOW_UP_REMOVED,
)  # fmt: skip


def note(customer: Customer | int, actor: User | None, kind: str, **data: Any) -> Event:
    key = customer if isinstance(customer, int) else customer.pk
    return Event.objects.create(customer_id=key, actor=actor, kind=kind, data=data)


def note_many(customers: Iterable[int], actor: User | None, kind: str, **data: Any) -> None:
    """One entry a customer, all alike (bulk changes)."""
    rows = [Event(customer_id=key, actor=actor, kind=kind, data=data) for key in customers]
    Event.objects.bulk_create(rows, batch_size=2_000)
