"""The order of a list: one or two fields, then the id, so that it is total. Nothing known sorts last, both ways."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, OrderBy, Q, Value
from django.db.models.functions import Coalesce
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_noop

from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.filters.fields import Field, Kind, Registry

MOST_KEYS = 2
PREFERRED = ("-metric.profit_window", "-created")


@dataclass(frozen=True)
class Key:
    field: Field
    descending: bool

    @property
    def path(self) -> str:
        return self.field.sort_path or self.field.path

    @property
    def told(self) -> str:
        return f"-{self.field.key}" if self.descending else self.field.key


Order = tuple[Key, ...]


def parse(told: Sequence[str], registry: Registry) -> Order:
    """Field keys, ``-`` in front for the greatest first; unknown ones and those the actor may not sort by drop out."""
    keys: list[Key] = []
    for each in told:
        field = registry.sortable(each.removeprefix("-"))
        if field is not None and all(field.key != key.field.key for key in keys):
            keys.append(Key(field, each.startswith("-")))
    return tuple(keys[:MOST_KEYS]) or default(registry)


def default(registry: Registry) -> Order:
    for each in PREFERRED:
        field = registry.sortable(each.removeprefix("-"))
        if field is not None:
            return (Key(field, each.startswith("-")),)
    raise LookupError("there is no field to sort by")


@dataclass(frozen=True)
class Place:
    """A place between two rows of a list: the sort values and the id of a row. ``backwards``: the page before it."""

    values: tuple[Any, ...]
    pk: int
    backwards: bool = False


def place_written(order: Order, values: Sequence[Any], pk: int, *, backwards: bool = False) -> str:
    told = [_told(value) for value in values]
    text = json.dumps([*told, pk], ensure_ascii=False, separators=(",", ":"))
    mark = "b" if backwards else "a"
    return mark + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _told(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def place_read(text: str, order: Order) -> Place | None:
    """The place in ``text``; None for the beginning. Raises FilterError for what is no place of this order."""
    if not text:
        return None
    try:
        raw = base64.urlsafe_b64decode(text[1:] + "=" * (-len(text[1:]) % 4))
        told = json.loads(raw)
        if text[0] not in "ab" or len(told) != len(order) + 1 or not isinstance(told[-1], int):
            raise ValueError(text)
        values = tuple(_value(key.field, each) for key, each in zip(order, told[:-1], strict=True))
    except (ValueError, TypeError, ArithmeticError, RecursionError):
        raise FilterError(
            "place", gettext_noop("This place in the list does not exist."), gettext_noop("Begin at the first page.")
        ) from None
    return Place(values, told[-1], text[0] == "b")


def _value(field: Field, told: Any) -> Any:
    if told is None:
        return None
    if field.kind in (Kind.NUMBER, Kind.MONEY, Kind.SHARE):
        return Decimal(str(told)) if not isinstance(told, float) else told
    if field.kind is Kind.DATE:
        return date.fromisoformat(told)
    if field.kind is Kind.MOMENT:
        moment: datetime | None = parse_datetime(told)
        if moment is None:
            raise ValueError(told)
        return moment
    if not isinstance(told, str | bool):
        raise ValueError(told)
    return told


def ordering(order: Order, *, backwards: bool, opaque: bool = True) -> list[OrderBy]:
    """ORDER BY. ``opaque`` hides the columns from the planner, which then chooses its way by the conditions."""
    made = []
    for key in order:
        what: Any = Coalesce(F(key.path), Value(None)) if opaque else F(key.path)
        down = key.descending != backwards
        nulls = {"nulls_first": True} if backwards else {"nulls_last": True}
        made.append(OrderBy(what, descending=down, **nulls))
    down = order[-1].descending != backwards
    pk: Any = Coalesce(F("pk"), Value(None)) if opaque else F("pk")
    return [*made, OrderBy(pk, descending=down)]


def beyond(order: Order, place: Place) -> Q:
    """Rows after ``place`` in ``order`` (before it, backwards), whatever of its values are unknown."""
    made = Q(pk__in=[])
    same = Q()
    for key, value in zip(order, place.values, strict=True):
        made |= same & _strictly(key, value, place.backwards)
        same &= Q((f"{key.path}__isnull", True)) if value is None else Q((key.path, value))
    down = order[-1].descending != place.backwards
    return made | same & Q(("pk__lt" if down else "pk__gt", place.pk))


def _strictly(key: Key, value: Any, backwards: bool) -> Q:
    if value is None:
        return Q((f"{key.path}__isnull", False)) if backwards else Q(pk__in=[])
    more = Q((f"{key.path}__{'lt' if key.descending != backwards else 'gt'}", value))
    return more if backwards else more | Q((f"{key.path}__isnull", True))
