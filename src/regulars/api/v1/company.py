"""Contacts and follow-ups of customers."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Path, Query, Router, Status

from regulars.api.paging import Page, Paged, cut
from regulars.api.v1 import shapes
from regulars.api.v1.customers import customer_of
from regulars.api.values import Day, Flag, Id, In, Moment, text
from regulars.crm.accounts.policies import require
from regulars.crm.customers import services
from regulars.crm.customers.models import Contact, Customer, FollowUp
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services.checking import not_found

contacts = Router(tags=["contacts"])
follow_ups = Router(tags=["follow-ups"])
Part = Literal["decision_maker", "influencer", "user", "buyer", "gatekeeper", "other"]
Kind = Literal["note", "call", "visit", "message", "mail"]


class ContactIn(In):
    name: text(120, 1)  # type: ignore[valid-type]
    title: text(120) = ""  # type: ignore[valid-type]
    part: Part = "other"
    phone: text(40) = ""  # type: ignore[valid-type]
    email: text(254) = ""  # type: ignore[valid-type]
    notes: text(500) = ""  # type: ignore[valid-type]


class ContactChange(In):
    name: text(120, 1) | None = None  # type: ignore[valid-type]
    title: text(120) | None = None  # type: ignore[valid-type]
    part: Part | None = None
    phone: text(40) | None = None  # type: ignore[valid-type]
    email: text(254) | None = None  # type: ignore[valid-type]
    notes: text(500) | None = None  # type: ignore[valid-type]


class FollowUpIn(In):
    kind: Kind = "note"
    body: text(20000, 1)  # type: ignore[valid-type]
    happened_at: Moment | None = None
    next_on: Day | None = None


class FollowUpDone(In):
    done: Flag


@contacts.get("/customers/{public_id}/contacts", response=Page[shapes.ContactOut], summary="Contacts of a customer",
              operation_id="list_contacts")  # fmt: skip
def list_contacts(request: HttpRequest, public_id: Path[Id], asked: Query[Paged]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    customer = customer_of(actor, public_id)
    found, further = cut(Contact.objects.filter(customer=customer).select_related("customer"), asked)
    return {"items": [shapes.contact(actor, row) for row in found], "next": further}


@contacts.post("/customers/{public_id}/contacts", response={201: shapes.ContactOut}, summary="Add a contact",
               operation_id="add_contact")  # fmt: skip
def add_contact(request: HttpRequest, public_id: Path[Id], body: ContactIn) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.edit")
    return Status(201, shapes.contact(actor, services.add_contact(actor, customer_of(actor, public_id), **body.dict())))


def _contact(actor: Any, public_id: str) -> Contact:
    seen = Customer.objects.filter(alive(), visible_to(actor))
    found = Contact.objects.filter(public_id=public_id, customer__in=seen).select_related("customer").first()
    if found is None:
        raise not_found()
    return found


@contacts.patch("/contacts/{public_id}", response=shapes.ContactOut, summary="Change a contact",
                operation_id="change_contact")  # fmt: skip
def change_contact(request: HttpRequest, public_id: Path[Id], body: ContactChange) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.edit")
    values = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    return shapes.contact(actor, services.change_contact(actor, _contact(actor, public_id), **values))


@contacts.delete("/contacts/{public_id}", response={204: None}, summary="Remove a contact",
                 operation_id="remove_contact")  # fmt: skip
def remove_contact(request: HttpRequest, public_id: Path[Id]) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.edit")
    services.remove_contact(actor, _contact(actor, public_id))
    return Status(204, None)


@follow_ups.get("/customers/{public_id}/follow-ups", response=Page[shapes.FollowUpOut],
                summary="Follow-ups of a customer, newest first", operation_id="list_follow_ups")  # fmt: skip
def list_follow_ups(request: HttpRequest, public_id: Path[Id], asked: Query[Paged]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    customer = customer_of(actor, public_id)
    rows = FollowUp.objects.filter(customer=customer, deleted_at=None).select_related("customer", "author")
    found, further = cut(rows, asked, newest_first=True)
    return {"items": [shapes.follow_up(row) for row in found], "next": further}


@follow_ups.post("/customers/{public_id}/follow-ups", response={201: shapes.FollowUpOut}, summary="Note a follow-up",
                 operation_id="add_follow_up")  # fmt: skip
def add_follow_up(request: HttpRequest, public_id: Path[Id], body: FollowUpIn) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "follow_ups.create")
    made = services.follow_up(actor, customer_of(actor, public_id), **body.dict())
    return Status(201, shapes.follow_up(made))


def _follow_up(actor: Any, public_id: str) -> FollowUp:
    seen = Customer.objects.filter(alive(), visible_to(actor))
    rows = FollowUp.objects.filter(public_id=public_id, customer__in=seen, deleted_at=None)
    found = rows.select_related("customer", "author").first()
    if found is None:
        raise not_found()
    return found


@follow_ups.patch("/follow-ups/{public_id}", response=shapes.FollowUpOut, summary="Mark the next step as done",
                  operation_id="finish_follow_up")  # fmt: skip
def finish_follow_up(request: HttpRequest, public_id: Path[Id], body: FollowUpDone) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "follow_ups.create")
    return shapes.follow_up(services.finish(actor, _follow_up(actor, public_id), done=body.done))


@follow_ups.delete("/follow-ups/{public_id}", response={204: None}, summary="Remove a follow-up",
                   operation_id="remove_follow_up")  # fmt: skip
def remove_follow_up(request: HttpRequest, public_id: Path[Id]) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "follow_ups.create")
    services.remove_follow_up(actor, _follow_up(actor, public_id))
    return Status(204, None)
