"""Customers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Status
from pydantic import Field

from regulars.api.paging import Page, Paged, cut
from regulars.api.v1 import shapes
from regulars.api.values import Flag, Id, In, Moment, text
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import search, services
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.filters import compiling, tree
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.models import Customer, SavedView
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services.checking import must_edit, not_found

router = Router(tags=["customers"])
Kind = Literal["individual", "organization"]
Told: Any = text(2000) | Annotated[float, Field(strict=True)] | Flag | list[text(80)] | None  # type: ignore[misc]
Custom: Any = dict[text(40), Told]  # type: ignore[misc]


class CustomerIn(In):
    name: text(200, 1)  # type: ignore[valid-type]
    external_id: text(200, 1) | None = None  # type: ignore[valid-type]
    kind: Kind = "individual"
    phone: text(40) = ""  # type: ignore[valid-type]
    email: text(254) = ""  # type: ignore[valid-type]
    wechat: text(80) = ""  # type: ignore[valid-type]
    region: text(80) = ""  # type: ignore[valid-type]
    address: text(300) = ""  # type: ignore[valid-type]
    source: text(80) = ""  # type: ignore[valid-type]
    tier: text(40) = ""  # type: ignore[valid-type]
    notes: text(20000) = ""  # type: ignore[valid-type]
    consent: dict[Literal["sms", "call", "mail", "wechat"], Flag] = Field(default={})
    tags: list[text(60, 1)] = Field(default=[], max_length=20)  # type: ignore[valid-type]
    owner: Id | None = None
    custom: Custom = Field(default={})


class CustomerChange(In):
    """Only what is named changes. ``tags`` replaces all tags."""

    name: text(200, 1) | None = None  # type: ignore[valid-type]
    external_id: text(200, 1) | None = None  # type: ignore[valid-type]
    kind: Kind | None = None
    phone: text(40) | None = None  # type: ignore[valid-type]
    email: text(254) | None = None  # type: ignore[valid-type]
    wechat: text(80) | None = None  # type: ignore[valid-type]
    region: text(80) | None = None  # type: ignore[valid-type]
    address: text(300) | None = None  # type: ignore[valid-type]
    source: text(80) | None = None  # type: ignore[valid-type]
    tier: text(40) | None = None  # type: ignore[valid-type]
    notes: text(20000) | None = None  # type: ignore[valid-type]
    consent: dict[Literal["sms", "call", "mail", "wechat"], Flag] | None = None
    tags: list[text(60, 1)] | None = Field(default=None, max_length=20)  # type: ignore[valid-type]
    owner: Id | None = None
    custom: Custom | None = None


class Asked(Paged):
    """``search``: two characters of the name, pinyin initials, tail of the phone, e-mail address; ``external_id``: the
    customer number; ``view``: a saved view; ``updated_since``: changed at or after this moment.
    """

    search: text(80, 1) | None = None  # type: ignore[valid-type]
    external_id: text(200, 1) | None = None  # type: ignore[valid-type]
    view: Id | None = None
    updated_since: Moment | None = None


def _rows() -> QuerySet[Customer]:
    return Customer.objects.select_related("owner").prefetch_related("tags")


def customer_of(actor: Any, public_id: str) -> Customer:
    """NotFound for what is not there and for what the actor may not see, alike."""
    found = _rows().filter(alive(), visible_to(actor), public_id=public_id).first()
    if found is None:
        raise not_found()
    return found


def one(actor: Any, customer: Customer) -> dict[str, Any]:
    fresh = _rows().get(pk=customer.pk)
    return shapes.customers(actor, [fresh])[0]


@router.get("", response=Page[shapes.CustomerOut], summary="List customers", operation_id="list_customers")
def list_customers(request: HttpRequest, asked: Query[Asked]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    rows = _rows().filter(alive(), visible_to(actor))
    if asked.search is not None:
        rows = rows.filter(search.condition(actor, asked.search).condition)
    if asked.external_id is not None:
        rows = rows.filter(key=asked.external_id)
    if asked.updated_since is not None:
        rows = rows.filter(updated_at__gte=asked.updated_since)
    if asked.view is not None:
        registry = Registry(actor)
        rows = rows.filter(compiling.compiled(tree.parse(view_of(actor, asked.view).filter, registry), registry))
    found, further = cut(rows, asked)
    return {"items": shapes.customers(actor, found), "next": further}


def view_of(actor: Any, public_id: str) -> SavedView:
    from regulars.api.v1.views import visible_views

    found = visible_views(actor).filter(public_id=public_id).first()
    if found is None:
        raise not_found()
    return found


@router.post("", response={201: shapes.CustomerOut}, summary="Add a customer", operation_id="add_customer")
def add_customer(request: HttpRequest, body: CustomerIn) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.create")
    values = body.dict(exclude={"external_id", "tags", "owner", "custom"})
    with transaction.atomic():
        _check_number(body.external_id)
        made = services.register(actor, owner=_person(body.owner), custom=body.custom, **values)
        if body.external_id is not None:
            Customer.objects.filter(pk=made.pk).update(key=body.external_id)
        if body.tags:
            services.tag(actor, made, names=body.tags)
    return Status(201, one(actor, made))


def _check_number(external_id: str | None, but: int | None = None) -> None:
    if external_id is not None and Customer.objects.filter(key=external_id).exclude(pk=but).exists():
        raise NumberTaken("number_taken", "A customer with this external_id is there already.", "Change that one.")


class NumberTaken(Conflict):
    status = 409


def _person(public_id: str | None) -> User | None:
    if public_id is None:
        return None
    found = User.objects.filter(public_id=public_id, is_active=True).first()
    if found is None:
        raise Invalid({"owner": "There is nobody with this id."})
    return found


@router.get("/{public_id}", response=shapes.CustomerOut, summary="One customer", operation_id="get_customer")
def get_customer(request: HttpRequest, public_id: Path[Id]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    return shapes.customers(actor, [customer_of(actor, public_id)])[0]


@router.patch("/{public_id}", response=shapes.CustomerOut, summary="Change a customer", operation_id="change_customer")
def change_customer(request: HttpRequest, public_id: Path[Id], body: CustomerChange) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.edit")
    customer = customer_of(actor, public_id)
    given = body.dict(exclude_unset=True)
    wanted, owner, custom = (given.pop(name, None) for name in ("tags", "owner", "custom"))
    external_id = given.pop("external_id", None)
    values = {name: value for name, value in given.items() if value is not None}
    with transaction.atomic():
        _check_number(external_id, customer.pk)
        must_edit(actor, customer)
        customer = services.edit(actor, customer, custom=custom, **values)
        if external_id is not None and customer.key != external_id:
            _renumber(customer, external_id)
        if owner is not None and customer.owner_id != (person := _person(owner)).pk:  # type: ignore[union-attr]
            services.assign(actor, customer, owner=person)
        if wanted is not None:
            _retag(actor, customer, wanted)
    return one(actor, customer)


def _renumber(customer: Customer, external_id: str) -> None:
    """A number names a history in the lake: it can be given once, not changed."""
    if customer.key is not None:
        raise NumberTaken("number_given", "This customer has an external_id already.", "Add another customer.")
    Customer.objects.filter(pk=customer.pk).update(key=external_id)


def _retag(actor: Any, customer: Customer, wanted: list[str]) -> None:
    held = set(customer.tags.values_list("name", flat=True))
    clean = {" ".join(name.split()) for name in wanted} - {""}
    if gone := held - clean:
        services.untag(actor, customer, names=sorted(gone))
    if fresh := clean - held:
        services.tag(actor, customer, names=sorted(fresh))


@router.delete("/{public_id}", response={204: None}, summary="Put a customer into the recycle bin",
               operation_id="delete_customer")  # fmt: skip
def delete_customer(request: HttpRequest, public_id: Path[Id]) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.delete")
    services.delete(actor, customer_of(actor, public_id))
    return Status(204, None)
