"""What the API gives: every thing in one shape, sensitive fields as the reader may see them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from ninja import Schema

from regulars.crm.customers import custom_values
from regulars.crm.customers.models import Contact, Customer, FollowUp
from regulars.crm.customers.policies import masked


class PersonOut(Schema):
    id: str
    name: str


class CustomerOut(Schema):
    id: str
    external_id: str | None
    kind: str
    name: str
    phone: str
    email: str
    wechat: str
    region: str
    address: str
    source: str
    tier: str
    notes: str
    tags: list[str]
    owner: PersonOut | None
    consent: dict[str, bool]
    custom: dict[str, list[Any]]
    next_follow_up: date | None
    last_follow_up: datetime | None
    created_at: datetime
    updated_at: datetime


class ContactOut(Schema):
    id: str
    customer: str
    name: str
    title: str
    part: str
    phone: str
    email: str
    notes: str
    created_at: datetime


class FollowUpOut(Schema):
    id: str
    customer: str
    author: PersonOut | None
    kind: str
    body: str
    happened_at: datetime
    next_on: date | None
    next_done_at: datetime | None
    created_at: datetime


def person(user: Any) -> dict[str, str] | None:
    return {"id": user.public_id, "name": user.name} if user is not None else None


def customers(actor: Any, rows: Iterable[Customer]) -> list[dict[str, Any]]:
    """Customers with tags and custom values, in a number of queries that does not depend on how many there are."""
    found = list(rows)
    custom = custom_values.of([customer.pk for customer in found])
    return [_customer(actor, customer, custom.get(customer.pk, {})) for customer in found]


def _customer(actor: Any, customer: Customer, custom: dict[str, list[Any]]) -> dict[str, Any]:
    plain = ("kind", "name", "wechat", "region", "source", "tier", "notes", "next_follow_up", "last_follow_up",
             "created_at", "updated_at")  # fmt: skip
    return {
        **{name: getattr(customer, name) for name in plain},
        **{name: masked(actor, name, getattr(customer, name)) for name in ("phone", "email", "address")},
        "id": customer.public_id,
        "external_id": customer.key,
        "tags": sorted(tag.name for tag in customer.tags.all()),
        "owner": person(customer.owner),
        "consent": {way: said for way, said in customer.consent.items() if isinstance(said, bool)},
        "custom": custom,
    }


def contact(actor: Any, row: Contact) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": row.customer.public_id, "name": row.name, "title": row.title,
        "part": row.part, "phone": masked(actor, "phone", row.phone), "email": masked(actor, "email", row.email),
        "notes": row.notes, "created_at": row.created_at,
    }  # fmt: skip


def follow_up(row: FollowUp) -> dict[str, Any]:
    return {
        "id": row.public_id, "customer": row.customer.public_id, "author": person(row.author), "kind": row.kind,
        "body": row.body, "happened_at": row.happened_at, "next_on": row.next_on, "next_done_at": row.next_done_at,
        "created_at": row.created_at,
    }  # fmt: skip
