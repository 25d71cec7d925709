"""People at a customer that is an organization, each with the part they play."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.customers import details, normal, timeline
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Contact, Customer
from regulars.crm.customers.services.checking import must_edit, not_found

_LENGTHS = {"title": 120, "notes": 500}


def _cleaned(values: dict[str, Any]) -> dict[str, Any]:
    shared: dict[str, Any] = {name: values[name] for name in ("name", "phone", "email") if name in values}
    good, wrong = details.cleaned(shared)
    if len(good.get("name", "")) > 120:
        wrong["name"] = gettext_noop("This is too long.")
    for name, longest in _LENGTHS.items():
        if name in values:
            good[name] = " ".join(str(values[name] or "").split())
            if len(good[name]) > longest:
                wrong[name] = gettext_noop("This is too long.")
    if "part" in values:
        good["part"] = values["part"]
        if values["part"] not in Contact.Part.values:
            wrong["part"] = gettext_noop("Choose one of the parts.")
    if wrong:
        raise Invalid(wrong)
    return good


def _set(contact: Contact, good: dict[str, Any]) -> None:
    for name, value in good.items():
        setattr(contact, name, value)
    contact.phone_key, contact.email_key = normal.phone_key(contact.phone), normal.email_key(contact.email)
    contact.save()


@transaction.atomic
def add_contact(actor: User, customer: Customer, **values: Any) -> Contact:
    must_edit(actor, customer)
    contact = Contact(customer=customer)
    _set(contact, _cleaned({"name": "", **values}))
    timeline.note(customer, actor, timeline.CONTACT_ADDED, contact=contact.name)
    return contact


@transaction.atomic
def change_contact(actor: User, contact: Contact, **values: Any) -> Contact:
    must_edit(actor, contact.customer)
    _set(contact, _cleaned(values))
    timeline.note(contact.customer, actor, timeline.CONTACT_CHANGED, contact=contact.name)
    return contact


@transaction.atomic
def remove_contact(actor: User, contact: Contact) -> None:
    if contact.pk is None:
        raise not_found()
    must_edit(actor, contact.customer)
    timeline.note(contact.customer, actor, timeline.CONTACT_REMOVED, contact=contact.name)
    contact.delete()
