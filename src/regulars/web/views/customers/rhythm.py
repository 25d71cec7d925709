"""The rhythm of one customer as a drawing: a bar a purchase day, its own window of return, the day of the data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.charts import numbers
from regulars.crm.insights.lake_access import OrderSeen
from regulars.language import Language
from regulars.web.templatetags import regulars as words

WIDTH, HEIGHT, BASE, TOP = 760, 150, 112, 26
SHOWN = timedelta(days=548)
SHORTEST = timedelta(days=180)
BAR = 4
MONTH = 30.44


@dataclass(frozen=True)
class Day:
    """A purchase day, or a day with returns alone (``amount`` below 0)."""

    day: date
    amount: Decimal


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    kind: str
    told: str


@dataclass(frozen=True)
class Strip:
    title: str
    bars: list[Bar]
    ticks: list[tuple[float, str]]
    window: tuple[float, float] | None
    window_label: float
    today: float
    today_label: str
    today_anchor: str
    estimated: bool
    days: list[Day] = field(default_factory=list)
    purchase_days: int = 0
    width: int = WIDTH
    height: int = HEIGHT
    base: int = BASE


def days_of(orders: Sequence[OrderSeen]) -> list[Day]:
    """Purchase days and days with returns alone, oldest first."""
    bought: dict[date, Decimal] = {}
    returned: dict[date, Decimal] = {}
    for order in orders:
        if order.is_purchase:
            bought[order.day] = bought.get(order.day, Decimal()) + order.amount
        elif order.status in ("valid", "refund") and order.amount < 0:
            returned[order.day] = returned.get(order.day, Decimal()) + order.amount
    made = [Day(day, amount) for day, amount in bought.items()]
    made += [Day(day, amount) for day, amount in returned.items() if day not in bought]
    return sorted(made, key=lambda each: each.day)


def strip(days: Sequence[Day], row: Any, as_of: date, currency: str, lang: Language) -> Strip | None:
    """The drawing; None without any purchase."""
    purchases = [each for each in days if each.amount > 0]
    if not purchases:
        return None
    span = (row.next_purchase_from, row.next_purchase_to) if row is not None and row.next_purchase_from else None
    end = max(as_of, span[1] if span else as_of) + timedelta(days=14)
    start = max(purchases[0].day - timedelta(days=7), as_of - SHOWN)
    start = min(start, end - SHORTEST)
    scale = _Scale(start, end)
    tallest = max(math.sqrt(abs(float(each.amount))) for each in days)
    bars = [_bar(each, scale, tallest, currency) for each in days if each.day >= start]
    window = (scale.x(span[0]), max(3.0, scale.x(span[1]) - scale.x(span[0]))) if span else None
    today = scale.x(as_of)
    return Strip(
        title=title([each.day for each in purchases], as_of),
        bars=bars,
        ticks=_ticks(start, end, scale, lang),
        window=window,
        window_label=window[0] + window[1] / 2 if window else 0,
        today=today,
        today_label=words.day_near(as_of),
        today_anchor="end" if today > WIDTH - 60 else "middle",
        estimated=len(purchases) < 2,
        days=list(reversed(days))[:60],
        purchase_days=len(purchases),
    )


@dataclass(frozen=True)
class _Scale:
    start: date
    end: date

    def x(self, day: date) -> float:
        return round((day - self.start).days / max(1, (self.end - self.start).days) * WIDTH, 1)


def _bar(each: Day, scale: _Scale, tallest: float, currency: str) -> Bar:
    height = round(max(4.0, math.sqrt(abs(float(each.amount))) / tallest * (BASE - TOP)), 1)
    told = f"{words.day(each.day)} {words.money_full(each.amount, currency)}"
    x = min(scale.x(each.day), WIDTH - BAR)
    if each.amount < 0:
        return Bar(x, BASE + 1, min(height, 14), "back", told)
    return Bar(x, round(BASE - height, 1), height, "bought", told)


def _ticks(start: date, end: date, scale: _Scale, lang: Language) -> list[tuple[float, str]]:
    months = max(1, round((end - start).days / MONTH))
    step = 1 if months <= 8 else 2 if months <= 14 else 3
    made: list[tuple[float, str]] = []
    year, month = start.year, start.month
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        first = date(year, month, 1)
        if first >= end:
            return made
        if (month - 1) % step == 0 and 20 < scale.x(first) < WIDTH - 24:
            made.append(
                (scale.x(first), numbers.month(f"{year}-{month:02d}", lang) if month == 1 else _month(first, lang))
            )


def _month(first: date, lang: Language) -> str:
    return f"{first.month}月" if lang == "zh" else f"{first:%b}"


def title(purchases: Sequence[date], as_of: date) -> str:
    """The finding: how long it has not been as quiet as now. Neutral while the silence is nothing special."""
    gaps = [(later - earlier).days for earlier, later in pairwise(purchases)]
    silence = (as_of - purchases[-1]).days
    if len(gaps) < 3:
        return _("Purchase rhythm")
    as_long = [at for at, gap in enumerate(gaps) if gap >= silence]
    if not as_long:
        return _("The longest silence so far")
    months = round((as_of - purchases[as_long[-1] + 1]).days / MONTH)
    usual = sorted(gaps)[len(gaps) // 2]
    if months >= 6 and silence > 1.5 * usual:
        return ngettext("The longest silence in {n} month", "The longest silence in {n} months", months).format(
            n=months
        )
    return _("Purchase rhythm")
