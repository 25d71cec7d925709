"""From a number to its people: what a mark of a figure stands for, as a filter of the customer list.

``who`` is the key of a datum (charts/drawing.py): ``abc:A``, ``move:month.2026-03.lost``, ``cohort:2025-11.4``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from regulars.charts.words import LATE
from regulars.crm.customers.filters.tree import Condition, Group
from regulars.crm.insights import past_fields
from regulars.crm.insights.models import Run
from regulars.engine.calendar import Calendar, month_number
from regulars.engine.tracks import MONTHS

Summary = Mapping[str, Any]
ORDER = {"default": "-metric.profit_window", "risk": "-metric.value_at_risk"}
NEEDS_TRACKS = ("move", "moved", "moved_from", "moved_to", "cell", "abc_moved")
NEAREST = ("b", "c", "d", "e")


def conditions(who: str, summary: Summary, run: Run) -> Group | None:
    """The filter behind ``who``; None where the run cannot name those customers."""
    kind, _colon, value = who.partition(":")
    made = _KINDS.get(kind)
    if made is None or (kind in NEEDS_TRACKS and not past_fields.has_tracks(run)):
        return None
    try:
        found = made(value, summary, run)
    except (ValueError, IndexError, OverflowError):  # a value that no figure makes
        return None
    return Group("all", tuple(found)) if found else None


def door(who: str, summary: Summary, run: Run) -> str | None:
    """The address that leads to the customers behind ``who``; None where they cannot be named."""
    return (
        f"/numbers/people/?{urlencode({'who': who}, safe=':')}" if conditions(who, summary, run) is not None else None
    )


def _is(field: str, *values: str) -> Condition:
    return Condition(f"metric.{field}", "is", list(values))


def _equals(field: str, value: str) -> Condition:
    return Condition(f"metric.{field}", "equals", value)


def _named(*fields: str) -> Callable[[str, Summary, Run], list[Condition]]:
    """Values joined by dots, one a field."""

    def made(value: str, _summary: Summary, _run: Run) -> list[Condition]:
        parts = value.split(".")
        return [_is(f, part) for f, part in zip(fields, parts, strict=True)] if len(parts) == len(fields) else []

    return made


def _scores(value: str, _summary: Summary, _run: Run) -> list[Condition]:
    r, _dot, f = value.partition(".")
    return [_equals("r_score", r), _equals("f_score", f)]


def _late(value: str, _summary: Summary, _run: Run) -> list[Condition]:
    """The late: of a class, or all of the contact list, who brought a profit in the window."""
    late = _is("rhythm", *LATE)
    return [_is("abc", value), late] if value else [late, Condition("metric.profit_window", "above", "0")]


def _cell(value: str, _summary: Summary, _run: Run) -> list[Condition]:
    return [_is("map_cell", value)]


def _point(value: str, _summary: Summary, _run: Run) -> list[Condition]:
    orders, _dot, cents = value.partition(".")
    return [_equals("orders_window", orders), _equals("mean_order_value", f"{int(cents) / 100:.2f}")]


def _moved_end(field: str, other: str) -> Callable[[str, Summary, Run], list[Condition]]:
    """One side of the flows that are drawn: without those who stayed quiet and those who first bought since."""

    def made(value: str, _summary: Summary, _run: Run) -> list[Condition]:
        beside = NEAREST if value == "dormant" else (*NEAREST, "dormant")
        return [_is(field, value), _is(other, *beside)]

    return made


def _movement(value: str, _summary: Summary, run: Run) -> list[Condition]:
    calendar = past_fields.calendar_of(run.public_id)
    span, _dot, what = value.rpartition(".")
    if calendar is None or what not in past_fields.MOVEMENTS:
        return []
    step, _dot, period = span.partition(".")
    if step != "year" and not past_fields.period_is_kept(calendar, step, period):
        return []
    return [_is("movement", value)]


def _cohort(value: str, _summary: Summary, run: Run) -> list[Condition]:
    month, _dot, offset = value.partition(".")
    first = date.fromisoformat(f"{month}-01")
    following = (first + timedelta(31)).replace(day=1)
    members = Condition("metric.first_purchase", "between", [first.isoformat(), (following - timedelta(1)).isoformat()])
    if not offset:
        return [members]
    calendar = past_fields.calendar_of(run.public_id)
    number = (first.year - 1970) * 12 + first.month - 1 + int(offset)
    if calendar is None or not past_fields.has_tracks(run) or not _month_is_kept(calendar, number):
        return []
    return [members, _is("bought_in", f"{1970 + number // 12:04d}-{number % 12 + 1:02d}")]


def _month_is_kept(calendar: Calendar, month: int) -> bool:
    return 0 <= month_number(calendar.as_of) - month < MONTHS


def _alive(value: str, summary: Summary, _run: Run) -> list[Condition]:
    found = (summary.get("value") or {}).get("alive") or {}
    recency, _dot, frequency = value.partition(".")
    pairs = (("recency_days", "recency_edges", recency), ("purchase_days", "frequency_edges", frequency))
    return [_range(column, found.get(edges) or (), int(place)) for column, edges, place in pairs]


def _range(column: str, edges: Any, place: int) -> Condition:
    low = int(edges[place])
    if place + 1 >= len(edges):
        return Condition(f"metric.{column}", "at_least", str(low))
    return Condition(f"metric.{column}", "between", [str(low), str(int(edges[place + 1]) - 1)])


def _worth(field: str) -> Callable[[str, Summary, Run], list[Condition]]:
    return lambda value, _summary, _run: [_is(field, value), Condition("metric.clv_12m", "filled")]


def _everybody(_value: str, _summary: Summary, _run: Run) -> list[Condition]:
    return [Condition("metric.first_purchase", "since", "1970-01-01")]


_KINDS: dict[str, Callable[[str, Summary, Run], list[Condition]]] = {
    "all": _everybody,
    "active": lambda _value, _summary, _run: [Condition("metric.active", "yes")],
    "abc": _named("abc"),
    "frequency_class": _named("frequency_class"),
    "amount_class": _named("amount_class"),
    "rfm": _scores,
    "rfm_group": _named("rfm_group"),
    "quadrant": lambda value, _summary, _run: [_is("quadrant", value)] if value != "a" else [],
    "cell": _cell,
    "point": _point,
    "moved": _named("moved_from", "moved_to"),
    "moved_from": _moved_end("moved_from", "moved_to"),
    "moved_to": _moved_end("moved_to", "moved_from"),
    "move": _movement,
    "stage": _named("lifecycle"),
    "step": _named("lifecycle_b"),
    "cycle": _named("lifecycle", "lifecycle_b"),
    "rhythm": _named("rhythm"),
    "late": _late,
    "late_risk": lambda _value, _summary, _run: [_is("rhythm", *LATE), Condition("metric.value_at_risk", "above", "0")],
    "cohort": _cohort,
    "alive": _alive,
    "abc_moved": _named("abc_week_ago", "abc"),
    "worth_abc": _worth("abc"),
    "worth_rhythm": _worth("rhythm"),
}
