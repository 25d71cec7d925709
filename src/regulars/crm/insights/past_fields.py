"""Conditions over past periods: who was lost in which month, who bought in which month, who moved between quadrants.

They read the tracks of the run (engine/tracks.py): a movement is a test of bits, so the customers that a condition
finds are those that the figures counted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache, reduce
from operator import or_
from typing import Any

from django.db.models import F, Q
from django.db.models.lookups import Exact, GreaterThan
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from regulars.charts import numbers
from regulars.charts.reader import Reader
from regulars.crm.customers.filters.fields import Choice, Field, Kind
from regulars.crm.insights import metrics, reading
from regulars.crm.insights.metric_columns import quadrant_name
from regulars.crm.insights.metric_columns import reading as language
from regulars.crm.insights.models import Run
from regulars.engine.calendar import Calendar, day_number, day_of, month_number
from regulars.engine.quadrants import PLACES
from regulars.engine.tracks import MONTHS, YEAR_BACK, YEAR_NOW

MOVEMENTS = {
    "start": gettext_noop("active at its start"),
    "lost": gettext_noop("lost"),
    "stayed": gettext_noop("stayed"),
    "reactivated": gettext_noop("came back"),
    "new": gettext_noop("came new"),
    "end": gettext_noop("active at its end"),
    "new_and_lost": gettext_noop("came new and were gone again"),
}
NEEDED = ("track_active", "track_bought", "track_year", "track_before", "track_now", "track_cell")


def run_read() -> Run | None:
    """The run whose columns conditions read now."""
    return reading.chosen() or metrics.current()


def has_tracks(run: Run) -> bool:
    return all(name in run.columns for name in NEEDED)


@lru_cache(maxsize=64)
def calendar_of(run: str) -> Calendar | None:
    """The months of a run: from its first day with data to its as-of day."""
    found = Run.objects.filter(public_id=run).values_list("summary__input__first_day", "as_of").first()
    if found is None or not found[0] or found[1] is None:
        return None
    return Calendar(day_number(date.fromisoformat(found[0])), day_number(found[1]))


@lru_cache(maxsize=16)
def map_edges(run: str) -> dict[str, Any]:
    found = Run.objects.filter(public_id=run).values_list("summary__quadrants", flat=True).first()
    return found or {}


def forget() -> None:
    """Drop what is remembered of runs; for tests, which give ids out again."""
    calendar_of.cache_clear()
    map_edges.cache_clear()


def period_days(calendar: Calendar, step: str, period: str) -> tuple[int, int]:
    """Day before the period (D0) and its last day (D1)."""
    year, _dash, part = period.partition("-")
    number = int(part.removeprefix("Q"))
    month = (int(year) - 1970) * 12 + ((number - 1) * 3 if step == "quarter" else number - 1)
    last = month + (2 if step == "quarter" else 0)
    return Calendar(day_number(date(1970 + month // 12, month % 12 + 1, 1)), 0).first_day - 1, _month_end(last)


def _month_end(month: int) -> int:
    return day_number(date(1970 + (month + 1) // 12, (month + 1) % 12 + 1, 1)) - 1


def bit_of_end(calendar: Calendar, day: int) -> int | None:
    """The bit of ``track_active`` for the month that ends on ``day``; None outside the months that are kept."""
    last = calendar.first_month + calendar.months_over - 1
    bit = last - month_number(day)
    return bit if 0 <= bit < MONTHS else None


def period_is_kept(calendar: Calendar, step: str, period: str) -> bool:
    before, after = period_days(calendar, step, period)
    return bit_of_end(calendar, after) is not None and (bit_of_end(calendar, before) is not None)


def _bit(relation: str, column: str, mask: int) -> Any:
    return F(f"{relation}__{column}").bitand(mask)


def _on(relation: str, column: str, mask: int) -> Q:
    return Q(GreaterThan(_bit(relation, column, mask), 0))


def _off(relation: str, column: str, mask: int) -> Q:
    return Q(Exact(_bit(relation, column, mask), 0))


def _sides(relation: str, run: Run, value: str) -> tuple[str, Q, Q, Q, Q, int, int] | None:
    """Of a movement its name, active and not active at D0 and at D1, D0 and D1."""
    span, _dot, what = value.rpartition(".")
    calendar = calendar_of(run.public_id)
    if calendar is None or what not in MOVEMENTS:
        return None
    if span == "year":
        back = calendar.as_of - int(_parameter(run.public_id, "migration_days"))
        column, was, now, before, after = "track_year", YEAR_BACK, YEAR_NOW, back, calendar.as_of
    else:
        step, _dot, period = span.partition(".")
        before, after = period_days(calendar, step, period)
        first, last = bit_of_end(calendar, before), bit_of_end(calendar, after)
        if first is None or last is None:
            return None
        column, was, now = "track_active", 1 << first, 1 << last
    return (
        what, _on(relation, column, was), _off(relation, column, was), _on(relation, column, now),
        _off(relation, column, now), before, after,
    )  # fmt: skip


@lru_cache(maxsize=64)
def _parameter(run: str, name: str) -> Any:
    return Run.objects.filter(public_id=run).values_list(f"summary__parameters__{name}", flat=True).first() or 365


def movement_q(relation: str, run: Run, value: str) -> Q:
    """Customers of one movement: ``month.2026-03.lost``, ``quarter.2026-Q1.new``, ``year.stayed``."""
    sides = _sides(relation, run, value)
    if sides is None:
        return Q(pk__in=[])
    what, was, was_not, now, now_not, before, after = sides
    first = {f"{relation}__first_purchase__gt": day_of(before), f"{relation}__first_purchase__lte": day_of(after)}
    old = Q(**{f"{relation}__first_purchase__lte": day_of(before)})
    conditions = {
        "start": was,
        "end": now,
        "stayed": was & now,
        "lost": was & now_not,
        "new": now & Q(**first),
        "reactivated": was_not & now & old,
        "new_and_lost": now_not & Q(**first),
    }
    return conditions[what]


def bought_q(relation: str, run: Run, value: str) -> Q:
    """Customers with a purchase in a month (2026-03)."""
    calendar = calendar_of(run.public_id)
    bit = None if calendar is None else month_number(calendar.as_of) - _month(value)
    return _on(relation, "track_bought", 1 << bit) if bit is not None and 0 <= bit < MONTHS else Q(pk__in=[])


def _month(name: str) -> int:
    return (int(name[:4]) - 1970) * 12 + int(name[5:7]) - 1


def _place_q(column: str) -> Any:
    return lambda relation, _run, value: Q(**{f"{relation}__{column}": value})


def _cell_q(relation: str, _run: Run, value: str) -> Q:
    x, _dot, y = value.partition(".")
    return Q(**{f"{relation}__track_cell": int(x) * 25 + int(y)})


def _compiled(condition: Any) -> Any:
    def compile(_actor: Any, op: str, value: Any) -> Q:
        run = run_read()
        relation = metrics.current_relation()
        if run is None or relation is None or not has_tracks(run):
            return Q(pk__in=[])
        among = reduce(or_, (condition(relation, run, each) for each in value))
        return ~among if op == "is_not" else among

    return compile


def _months(run: Run) -> list[str]:
    calendar = calendar_of(run.public_id)
    if calendar is None:
        return []
    return [calendar.month_label(m) for m in range(calendar.months - 1, -1, -1)][:MONTHS]


def movements() -> list[Choice]:
    """Every movement of every period that can be opened, the latest first."""
    run = run_read()
    calendar = calendar_of(run.public_id) if run is not None else None
    if run is None or calendar is None or not has_tracks(run):
        return []
    reader = Reader(language())
    made = [(f"year.{key}", f"{_('the last year')}: {_(text)}") for key, text in MOVEMENTS.items()]
    quarters = [("quarter", calendar.quarter_label(q)) for q in range(calendar.quarters_over - 1, -1, -1)]
    months = [("month", calendar.month_label(m)) for m in range(calendar.months_over - 1, -1, -1)]
    for step, period in (*quarters, *months):
        if period_is_kept(calendar, step, period):
            name = reader.period(period)
            made += [(f"{step}.{period}.{key}", f"{name}: {_(text)}") for key, text in MOVEMENTS.items()]
    return made


def months() -> list[Choice]:
    run = run_read()
    reader = Reader(language())
    return [(name, reader.period(name)) for name in _months(run)] if run is not None and has_tracks(run) else []


def cells() -> list[Choice]:
    run = run_read()
    found = map_edges(run.public_id) if run is not None and has_tracks(run) else {}
    reader = Reader(language())
    made: list[Choice] = []
    for cell in found.get("cells") or ():
        x, y = cell["x"], cell["y"]
        low, high = (found["x_edges"][x] + 0.499999, found["x_edges"][x + 1] - 0.499999)
        orders = numbers.count(round(low)) if round(high) <= round(low) else f"{round(low)}–{round(high)}"
        value = f"{reader.each(found['y_edges'][y])}–{reader.each(found['y_edges'][y + 1])}"
        made.append((f"{x}.{y}", _("{orders} orders of {value}").format(orders=orders, value=value)))
    return made


def places() -> list[Choice]:
    return [(key, quadrant_name(key)) for key in PLACES]


def _week_ago_q(relation: str, run: Run, value: str) -> Q:
    from regulars.crm.insights.earlier import WEEK, run_before

    before = run_before(run, WEEK)
    if before is None:
        return Q(pk__in=[])
    metrics.model(before)
    return Q(**{f"{metrics.relation(before)}__abc": value})


def _field(key: str, label: Any, choices: Any, condition: Any) -> Field:
    return Field(
        f"metric.{key}", Kind.CHOICE, label, "metric", choices=choices, compile=_compiled(condition),
        needs="numbers.view", listable=False, operators=("is", "is_not"),
    )  # fmt: skip


FIELDS = (
    _field("movement", gettext_lazy("Movement"), movements, movement_q),
    _field("bought_in", gettext_lazy("Bought in"), months, bought_q),
    _field("moved_from", gettext_lazy("Quadrant a year ago"), places, _place_q("track_before")),
    _field("moved_to", gettext_lazy("Quadrant now, by the cuts of a year ago"), places, _place_q("track_now")),
    _field("abc_week_ago", gettext_lazy("Class a week ago"), [(letter, letter) for letter in "ABC"], _week_ago_q),
    _field("map_cell", gettext_lazy("Cell of the quadrant map"), cells, _cell_q),
)


def fields() -> Iterable[Field]:
    """For the registry of filters; none while no run with tracks is published."""
    run = run_read()
    return FIELDS if run is not None and has_tracks(run) else ()


def day_before_month(name: str) -> date:
    return day_of(day_number(date.fromisoformat(f"{name}-01"))) - timedelta(1)
