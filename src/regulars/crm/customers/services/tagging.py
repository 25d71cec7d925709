"""Words put on customers."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.customers import timeline
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Customer, Tag
from regulars.crm.customers.services.checking import must_edit

LONGEST = 60
MOST = 20


def named(names: Iterable[str]) -> list[str]:
    """Clean tag names, each once, in the order given."""
    found = list(dict.fromkeys(" ".join(name.split()) for name in names if name.strip()))
    if not found or len(found) > MOST or any(len(name) > LONGEST for name in found):
        raise Invalid({"tags": gettext_noop("Give between 1 and 20 tags of at most 60 characters.")})
    return found


def tags_of(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, made where they are new."""
    wanted = named(names)
    Tag.objects.bulk_create([Tag(name=name) for name in wanted], ignore_conflicts=True)
    return list(Tag.objects.filter(name__in=wanted))


@transaction.atomic
def tag(actor: User, customer: Customer, *, names: Iterable[str]) -> list[str]:
    """Add tags; the names that were not there before."""
    must_edit(actor, customer)
    held = set(customer.tags.values_list("name", flat=True))
    fresh = [each for each in tags_of(names) if each.name not in held]
    if fresh:
        customer.tags.add(*fresh)
        timeline.note(customer, actor, timeline.TAGGED, tags=[each.name for each in fresh])
    return [each.name for each in fresh]


@transaction.atomic
def untag(actor: User, customer: Customer, *, names: Iterable[str]) -> list[str]:
    must_edit(actor, customer)
    gone = list(customer.tags.filter(name__in=named(names)))
    if gone:
        customer.tags.remove(*gone)
        timeline.note(customer, actor, timeline.UNTAGGED, tags=[each.name for each in gone])
    return [each.name for each in gone]
