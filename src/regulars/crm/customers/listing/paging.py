"""Keyset pages that cost the same on the first page and the thousandth, whatever the filter.

A filter with many matches is answered by walking the index of the sort column a little (``WINDOWS``) and testing each
row. When that meets too few, the filter is selective, and the database is asked the other way round: matches first,
sorting after. Neither way needs to know beforehand which it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, Q, QuerySet

from regulars.crm.customers.filters.tree import Condition, Group
from regulars.crm.customers.listing.ordering import Key, Order, Place, beyond, ordering, place_written
from regulars.crm.customers.models import Customer

FIRST, SECOND, FARTHEST = 250, 3_000, 15_000  # rows of the sort index that are walked and tested before turning round
Row = tuple[int, tuple[Any, ...]]  # id and sort values


@dataclass(frozen=True)
class Page:
    """Ids in order, and the addresses of the pages beside it ("" where there is none)."""

    ids: list[int]
    before: str
    after: str


def page(
    wanted: Q, tree: Group, order: Order, *, place: Place | None = None, limit: int = 50, walk: bool = True
) -> Page:
    """One page of the customers of ``wanted`` (rights included). ``tree`` is only looked at, never compiled here;
    ``walk=False``: the caller knows that few match.
    """
    backwards = place is not None and place.backwards
    rows = _rows(wanted, tree, order, place, limit + 1, walk)
    more, rows = len(rows) > limit, rows[:limit]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    first = place_written(order, rows[0][1], rows[0][0], backwards=True)
    last = place_written(order, rows[-1][1], rows[-1][0])
    has_before = more if backwards else place is not None
    has_after = True if backwards else more
    return Page([pk for pk, _values in rows], first if has_before else "", last if has_after else "")


def _rows(wanted: Q, tree: Group, order: Order, place: Place | None, limit: int, walk: bool) -> list[Row]:
    if len(order) > 1 or not (order[0].field.indexed and walk):
        return _sorted(wanted, order, place, limit)
    found: list[Row] = []
    for known in _segments(order[0], place, tree):
        missing = limit - len(found)
        here = place if place is not None and (place.values[0] is not None) == known else None
        if known:
            found += _walked(wanted, order, here, place, missing)
        else:
            key = order[0]
            unknown = wanted & Q((f"{key.path}__isnull", True))
            found += _sorted(unknown, order, here, missing, backwards=place is not None and place.backwards)
        if len(found) >= limit:
            break
    return found


def _segments(key: Key, place: Place | None, tree: Group) -> Iterator[bool]:
    """Rows whose sort value is known, then the others; from the place onward, in the direction of travel."""
    backwards = place is not None and place.backwards
    if key.field.related and forbids(tree):
        yield False
        return
    nulls = not (key.field.always and (not key.field.related or demands(tree, key.field.related)))
    if backwards:
        if place is not None and place.values[0] is None:
            yield False
        yield True
        return
    if place is None or place.values[0] is not None:
        yield True
    if nulls:
        yield False


def demands(tree: Group, relation: str) -> bool:
    """Whether every match must have a row in ``relation``: a condition on it that an absent row cannot meet."""
    if tree.join != "all" and not (tree.join == "any" and len(tree.parts) == 1):
        return False
    for part in tree.parts:
        if isinstance(part, Condition):
            if part.field.startswith("metric.") and relation and part.op not in ("is_not", "empty", "no"):
                return True
        elif demands(part, relation):
            return True
    return False


def forbids(tree: Group) -> bool:
    """Whether nobody who matches can have a row of numbers: "orders is empty" among what all must meet."""
    told = [part for part in tree.parts if isinstance(part, Condition)]
    return tree.join == "all" and any(part.field == "metric.orders" and part.op == "empty" for part in told)


def _walked(wanted: Q, order: Order, here: Place | None, place: Place | None, limit: int) -> list[Row]:
    """Rows with a known sort value, by walking its index in windows, else by sorting the matches."""
    key = order[0]
    backwards = place is not None and place.backwards
    model, column, pk = _column(key)
    base = model._default_manager.filter(Q((f"{column}__isnull", False)) & _past(key, here, column, backwards))
    down = "-" if key.descending != backwards else ""
    base = base.order_by(f"{down}{column}", f"{down}{pk}")
    found: list[Row] = []
    start, stop = 0, FIRST
    while start < stop:
        inner = base.values(pk)[start:stop]
        found += _fetch(Customer.objects.filter(wanted, pk__in=inner), order, backwards, limit - len(found))
        if len(found) >= limit:
            return found
        start, stop = stop, _next_stop(stop, len(found), limit)
    known = wanted & Q((f"{key.path}__isnull", False))
    return _sorted(known, order, here, limit, backwards=backwards)


def _next_stop(walked: int, found: int, limit: int) -> int:
    """How far the next window goes: as far as the matches so far promise, nowhere when they promise nothing."""
    if walked < SECOND:
        return SECOND
    promised = walked * limit // found if found else FARTHEST + 1
    return promised * 5 // 4 if walked == SECOND and promised < FARTHEST else walked


def _column(key: Key) -> tuple[type[Model], str, str]:
    """The model whose index is walked, its sort column, and its column of customer ids."""
    if not key.field.related:
        return Customer, key.path, "pk"
    relation: Any = Customer._meta.get_field(key.field.related)
    return relation.related_model, key.path.split("__", 1)[1], "customer_id"


def _past(key: Key, here: Place | None, column: str, backwards: bool) -> Q:
    """Beyond ``here``, written so that an index finds the beginning: ``c <= v AND (c < v OR id < i)``."""
    if here is None:
        return Q()
    sign = "lt" if key.descending != backwards else "gt"
    value = here.values[0]
    return Q((f"{column}__{sign}e", value)) & (Q((f"{column}__{sign}", value)) | Q((f"pk__{sign}", here.pk)))


def _sorted(wanted: Q, order: Order, place: Place | None, limit: int, *, backwards: bool | None = None) -> list[Row]:
    turned = (place is not None and place.backwards) if backwards is None else backwards
    found = Customer.objects.filter(wanted)
    if place is not None:
        found = found.filter(beyond(order, place))
    return _fetch(found, order, turned, limit)


def _fetch(found: QuerySet[Customer], order: Order, backwards: bool, limit: int) -> list[Row]:
    values = found.order_by(*ordering(order, backwards=backwards)).values_list("pk", *(F(key.path) for key in order))
    return [(row[0], tuple(row[1:])) for row in values[:limit]]


def in_order(ids: Sequence[int], customers: QuerySet[Customer]) -> list[Customer]:
    """The customers of ``ids``, in that order."""
    held = {customer.pk: customer for customer in customers.filter(pk__in=ids)}
    return [held[pk] for pk in ids if pk in held]
