"""Customers found by what people type: two characters of a name, its initials, a phone's tail, an e-mail address."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When

from regulars.crm.customers import grams, normal
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to


def condition(actor: Any, text: str) -> grams.Search:
    """What ``text`` asks, under the rights of ``actor``."""
    asked = grams.search(text)
    return grams.Search(alive() & visible_to(actor) & asked.condition, asked.common)


def found(actor: Any, text: str, limit: int = 20) -> QuerySet[Customer]:
    """The best matches: the name as typed first, then names that begin with it, then the others."""
    name = normal.plain(text)
    rank = Case(
        When(name__iexact=name, then=Value(0)),
        When(name__istartswith=name, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    asked = condition(actor, text)
    near = Customer.objects.filter(asked.condition)
    if asked.common:  # ranking all of them would read them all
        near = Customer.objects.filter(pk__in=near.order_by("pk").values("pk")[:500])
    return near.alias(rank=rank).order_by("rank", "sort_name", "pk")[:limit]
