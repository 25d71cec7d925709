"""Conditions that nobody can meet together, found in the tree alone and named to the reader."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.crm.customers.filters.compiling import days_asked
from regulars.crm.customers.filters.fields import Field, Kind, Registry
from regulars.crm.customers.filters.reading import said
from regulars.crm.customers.filters.tree import Condition, Group
from regulars.language import Language

_SINGLE = (Kind.TEXT, Kind.CHOICE, Kind.PERSON)


def contradictions(tree: Group, registry: Registry, lang: Language) -> list[str]:
    """A sentence for each pair of conditions that must hold together and cannot."""
    found = []
    required = list(_required(tree))
    for place, (first, denied) in enumerate(required):
        for second, other_denied in required[place + 1 :]:
            if _clash(first, denied, second, other_denied, registry):
                told = [said(first, registry, lang), said(second, registry, lang)]
                pattern = _("Nobody can meet both: {first}; {second}.")
                if denied != other_denied:
                    pattern = _("Nobody can meet both: {first}; none of {second}.")
                    told = told if other_denied else told[::-1]
                found.append(pattern.format(first=told[0], second=told[1]))
    return list(dict.fromkeys(found))


def _required(group: Group, denied: bool = False) -> Iterator[tuple[Condition, bool]]:
    """Conditions that every match meets (or, denied, meets not)."""
    if group.join == "any" and len(group.parts) > 1:
        return
    for part in group.parts:
        inside = denied or group.join == "none"
        if isinstance(part, Condition):
            yield part, inside
        elif not inside:
            yield from _required(part, inside)


def _clash(first: Condition, denied: bool, second: Condition, other_denied: bool, registry: Registry) -> bool:
    field = registry.get(first.field)
    if first.field != second.field or field is None or (denied and other_denied):
        return False
    if denied != other_denied:
        return _same_question(first, second, denied)
    ops = {first.op, second.op}
    if "empty" in ops:
        return ops != {"empty"}
    if ops == {"yes", "no"}:
        return True
    if ops == {"within", "not_within"}:
        inner = first if first.op == "within" else second
        outer = second if inner is first else first
        return bool(inner.value <= outer.value)
    if field.kind in _SINGLE:
        return _values_clash(first, second)
    return _ranges_clash(field, first, second)


def _same_question(first: Condition, second: Condition, first_denied: bool) -> bool:
    """A required condition whose every answer the denied one covers."""
    wanted, refused = (second, first) if first_denied else (first, second)
    if wanted == refused:
        return True
    return wanted.op == refused.op == "is" and set(wanted.value) <= set(refused.value)


def _values_clash(first: Condition, second: Condition) -> bool:
    if first.op == second.op == "is":
        return not set(first.value) & set(second.value)
    if {first.op, second.op} == {"is", "is_not"}:
        wanted, refused = (first, second) if first.op == "is" else (second, first)
        return set(wanted.value) <= set(refused.value)
    return False


def _ranges_clash(field: Field, first: Condition, second: Condition) -> bool:
    if field.kind in (Kind.DATE, Kind.MOMENT):
        if "filled" in (first.op, second.op):
            return False
        today = timezone.localdate()
        lows, highs = zip(*(days_asked(each.op, each.value, today) for each in (first, second)), strict=True)
        low = max((day for day in lows if day is not None), default=date.min)
        return low > min((day for day in highs if day is not None), default=date.max)
    if field.kind not in (Kind.NUMBER, Kind.MONEY, Kind.SHARE) or "filled" in (first.op, second.op):
        return False
    low, high = max(_low(first), _low(second)), min(_high(first), _high(second))
    return low > high or (low[0] == high[0] and (low[1] > 0 or high[1] < 0))


_Bound = tuple[Decimal, int]  # the value, and whether it is itself left out (1 above, -1 below)


def _low(condition: Condition) -> _Bound:
    if condition.op in ("at_least", "equals"):
        return Decimal(condition.value), 0
    if condition.op == "between":
        return Decimal(condition.value[0]), 0
    return (Decimal(condition.value), 1) if condition.op == "above" else (Decimal("-Infinity"), 0)


def _high(condition: Condition) -> _Bound:
    if condition.op in ("at_most", "equals"):
        return Decimal(condition.value), 0
    if condition.op == "between":
        return Decimal(condition.value[1]), 0
    return (Decimal(condition.value), -1) if condition.op == "below" else (Decimal("Infinity"), 0)
