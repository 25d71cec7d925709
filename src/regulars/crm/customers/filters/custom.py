"""Custom fields as fields of the registry: ``custom.<key>``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Left
from django.utils import timezone

from regulars.crm.accounts.models import User
from regulars.crm.customers.filters import compiling
from regulars.crm.customers.filters.fields import Choice, Field, Kind
from regulars.crm.customers.models import CustomField, CustomValue

KINDS: dict[str, Kind] = {
    CustomField.Type.TEXT: Kind.TEXT,
    CustomField.Type.LONG_TEXT: Kind.TEXT,
    CustomField.Type.LINK: Kind.TEXT,
    CustomField.Type.NUMBER: Kind.NUMBER,
    CustomField.Type.MONEY: Kind.MONEY,
    CustomField.Type.DATE: Kind.DATE,
    CustomField.Type.YES_NO: Kind.YES_NO,
    CustomField.Type.CHOICE: Kind.CHOICE,
    CustomField.Type.CHOICES: Kind.CHOICES,
    CustomField.Type.PERSON: Kind.PERSON,
}
INDEXED_LETTERS = 60  # a b-tree of PostgreSQL cannot hold long texts: the index holds their beginnings


def fields() -> Iterable[Field]:
    from regulars.crm.customers.filters.own import people

    for each in CustomField.objects.filter(archived_at=None).order_by("position", "id"):
        kind = KINDS[each.type]
        choices: Sequence[Choice] = [(choice["key"], choice["name"]) for choice in each.choices]
        yield Field(
            f"custom.{each.key}",
            kind,
            each.name,
            "custom",
            path=f"custom:{each.pk}",
            choices=people if kind is Kind.PERSON else choices,
            compile=_compile(each.pk, kind),
        )


def _compile(field_id: int, kind: Kind) -> Any:
    def compile(actor: User, op: str, value: Any) -> Q:
        rows = CustomValue.objects.filter(field=field_id)
        if op in ("empty", "filled"):
            there = Q(Exists(rows.filter(customer=OuterRef("pk"))))
            return ~there if op == "empty" else there
        if op == "has_all":
            made = Q()
            for each in value:
                made &= Q(pk__in=_with_text(rows, [each]).values("customer"))
            return made
        among = Q(pk__in=_matching(rows, actor, kind, op, value).values("customer"))
        return ~among if op in ("is_not", "no") else among

    return compile


def _with_text(rows: QuerySet[CustomValue], texts: Sequence[str]) -> QuerySet[CustomValue]:
    heads = rows.annotate(head=Left("text", INDEXED_LETTERS)).filter(
        head__in=[each[:INDEXED_LETTERS] for each in texts]
    )
    return heads.filter(text__in=texts)


def _matching(rows: QuerySet[CustomValue], actor: User, kind: Kind, op: str, value: Any) -> QuerySet[CustomValue]:
    if kind is Kind.YES_NO:
        return rows.filter(number=1)
    if kind is Kind.PERSON:
        return rows.filter(number__in=[Decimal(key) for key in compiling.people(actor, value)])
    if kind in (Kind.NUMBER, Kind.MONEY):
        return rows.filter(compiling.number("number", op, value))
    if kind is Kind.DATE:
        low, high = compiling.days_asked(op, value, timezone.localdate())
        rows = rows.filter(day__gte=low) if low is not None else rows
        return rows.filter(day__lte=high) if high is not None else rows
    if op in ("contains", "starts"):
        return rows.filter((f"text__{'icontains' if op == 'contains' else 'istartswith'}", value))
    return _with_text(rows, value)
