"""Register and change customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can, require
from regulars.crm.customers import custom_values, details, grams, normal, timeline
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services.checking import must_edit

MOST_LOOKALIKES = 5


def lookalikes(actor: User, *, name: str = "", phone: str = "", email: str = "") -> list[Customer]:
    """Customers that the actor may see and that could be this one: same phone, same address, or the very same name."""
    same = Q()
    if len(key := normal.phone_key(phone)) >= 5:
        same |= Q(phone_key=key)
    if address := normal.email_key(email):
        same |= Q(email_key=address)
    if spelled := normal.sort_name(name):
        same |= Q(sort_name=spelled, name__iexact=normal.plain(name))
    if not same:
        return []
    return list(Customer.objects.filter(alive() & visible_to(actor)).filter(same)[:MOST_LOOKALIKES])


@transaction.atomic
def register(
    actor: User, *, owner: User | None = None, custom: Mapping[str, Any] | None = None, **values: Any
) -> Customer:
    """A new customer: name, phone, kind and whatever else is known. Without an owner it is the actor's."""
    require(actor, "customers.create")
    if owner is not None and owner != actor:
        require(actor, "customers.assign")
    good, wrong = details.cleaned({"name": "", **values})
    written, wrong_custom = custom_values.cleaned(custom or {}, required=True)
    if wrong or wrong_custom:
        raise Invalid(wrong | wrong_custom)
    holder = owner or actor
    if not holder.is_active:
        raise Invalid({"owner": gettext_noop("This person no longer works here.")})
    customer = Customer(owner=holder, department_id=holder.department_id, created_by=actor, **good)
    details.normalise(customer)
    customer.save()
    custom_values.write(customer, written)
    grams.index_new([customer])
    timeline.note(customer, actor, timeline.CREATED, owner=holder.public_id)
    return customer


@transaction.atomic
def edit(
    actor: User,
    customer: Customer,
    *,
    seen: str = "",
    referrer: Customer | str | None = "",
    custom: Mapping[str, Any] | None = None,
    **values: Any,
) -> Customer:
    """Change details. ``seen``: the state (``updated_at``, ISO) that the actor had before them; when a field that is
    about to change has been changed since, Conflict is raised and nothing is lost. ``referrer``: "" leaves it.
    """
    customer = Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    must_edit(actor, customer)
    good, wrong = details.cleaned(values)
    written, wrong_custom = custom_values.cleaned(custom or {})
    if wrong or wrong_custom:
        raise Invalid(wrong | wrong_custom)
    _check_unchanged(customer, seen)
    changed = details.apply(customer, good)
    if referrer != "" and customer.referrer != referrer:
        if referrer == customer:
            raise Invalid({"referrer": gettext_noop("Nobody refers themselves.")})
        changed["referrer"] = [str(customer.referrer or ""), str(referrer or "")]
        customer.referrer = referrer if isinstance(referrer, Customer) else None
    changed |= custom_values.write(customer, written)
    if changed:
        customer.save()
        if {"name", "phone", "email"} & changed.keys():
            grams.index([customer])
        timeline.note(customer, actor, timeline.CHANGED, fields=_told(changed))
    return customer


def _check_unchanged(customer: Customer, seen: str) -> None:
    moment = parse_datetime(seen) if seen else None
    if moment is not None and customer.updated_at > moment:
        raise Conflict(
            "conflict",
            gettext_noop("Somebody changed this customer meanwhile."),
            gettext_noop("What you typed is kept below: look at the new values, then save again."),
        )


def _told(changed: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """What the timeline may tell: of sensitive fields and long texts that they changed, not from what to what."""
    hidden = {*details.SENSITIVE, "notes", "consent"}
    return {name: None if name in hidden else list(pair) for name, pair in changed.items()}


def may_choose_owner(actor: User) -> bool:
    return can(actor, "customers.assign")
