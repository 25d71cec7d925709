"""Movement bridge, retention and churn by period (definitions, section 2).

E = S + N + Ra − L must hold exactly. Retention (E − N) / S · strict retention (S − L) / S · absolute churn L / S ·
relative churn = spend of the lost ÷ spend of all S in the window that ends at D0. Revenue and profit retention of a
period are on the net money of attributed customers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine import kernels as k
from regulars.engine.alarms import Observed, find_alarms
from regulars.engine.calendar import Calendar, day_of
from regulars.engine.intervals import wilson
from regulars.engine.parameters import Parameters
from regulars.errors import ReconciliationError

Int64 = NDArray[np.int64]
Row = dict[str, Any]


def ratio(part: int, whole: int) -> float | None:
    """part ÷ whole; None on a zero or negative base."""
    return part / whole if whole > 0 else None


@dataclass(frozen=True)
class Periods:
    """The periods of one kind (months or quarters) and their tallies, row i = period i of the calendar."""

    movement: Int64
    money: Int64
    orders: Int64
    over: int
    label: Callable[[int], str]
    bounds: Callable[[int], tuple[int, int]]
    seasons: int  # periods in a year: 12 or 4
    season_of_first: int

    def listed(self) -> range:
        """From the second period with any order to the last one that is over."""
        with_orders = np.flatnonzero(self.orders)
        return range(int(with_orders[1]), self.over) if len(with_orders) > 1 else range(0)


def months(movement: Int64, money: Int64, orders: Int64, calendar: Calendar) -> Periods:
    return Periods(
        movement, money, orders, calendar.months_over, calendar.month_label, calendar.month_bounds, 12,
        calendar.first_month % 12,
    )  # fmt: skip


def quarters(movement: Int64, money: Int64, orders_month: Int64, calendar: Calendar) -> Periods:
    orders = np.bincount(calendar.quarter_of_month, weights=orders_month, minlength=calendar.quarters).astype(np.int64)
    return Periods(
        movement, money, orders, calendar.quarters_over, calendar.quarter_label, calendar.quarter_bounds, 4,
        calendar.first_month // 3 % 4,
    )  # fmt: skip


def retention_rows(periods: Periods, first_day: int, parameters: Parameters, minor: int) -> list[Row]:
    """One row a period; money in units of currency."""
    rows, observed = [], []
    for p in periods.listed():
        start, end = periods.bounds(p)
        row = {
            "period": periods.label(p),
            **movement_row(periods.movement[p], start - 1, end, first_day, parameters, minor),
        }
        row.update(_money_rates(periods.money[p], periods.money[p - 1], minor))
        rows.append(row)
        season = (periods.season_of_first + p) % periods.seasons
        observed.append(Observed(season, row["S"] - row["lost"], row["S"], row["fully_observed"]))
    for row, alarm in zip(rows, find_alarms(observed, parameters), strict=True):
        row["alarm"] = alarm
    return rows


def movement_row(counts: Int64, before: int, end: int, first_day: int, parameters: Parameters, minor: int) -> Row:
    """The bridge from day ``before`` (D0) to day ``end`` (D1) with its rates; raises when it does not reconcile."""
    s, e, n, back, lost, gone, spend_start, spend_lost = (int(x) for x in counts)
    if e != s + n + back - lost:
        raise ReconciliationError(
            "bridge_does_not_reconcile",
            "The movement bridge to {day} does not reconcile: {S} + {N} + {Ra} − {L} is not {E}.",
            "This is a defect of Regulars: please report it with the file's shape.",
            day=day_of(end), S=s, N=n, Ra=back, L=lost, E=e,
        )  # fmt: skip
    confidence = float(parameters.confidence)
    churn = wilson(lost, s, confidence) or (None, None)
    strict = wilson(s - lost, s, confidence) or (None, None)
    return {
        "start": day_of(before + 1).isoformat(),
        "end": day_of(end).isoformat(),
        "S": s, "E": e, "N": n, "reactivated": back, "lost": lost, "new_and_lost": gone,
        "retention_rate": ratio(e - n, s),
        "strict_retention_rate": ratio(s - lost, s),
        "strict_retention_low": strict[0],
        "strict_retention_high": strict[1],
        "absolute_churn": ratio(lost, s),
        "absolute_churn_low": churn[0],
        "absolute_churn_high": churn[1],
        "relative_churn": _relative_churn(s, lost, spend_lost, spend_start),
        "fully_observed": before - parameters.activity_days + 1 >= first_day,
        "spend_start": spend_start / minor,
        "spend_lost": spend_lost / minor,
    }  # fmt: skip


def _relative_churn(s: int, lost: int, spend_lost: int, spend_start: int) -> float | None:
    if not s:
        return None
    return ratio(spend_lost, spend_start) if lost else 0.0


def _money_rates(now: Int64, before: Int64, minor: int) -> Row:
    row: Row = {}
    for name, at in (("revenue", 0), ("profit", k.PROFIT)):
        value, from_new, from_previous, smaller = (int(x) for x in now[at : at + 4])
        base, positive = int(before[at + k.VALUE]), int(before[at + k.POSITIVE])
        row[f"{name}_retention"] = ratio(value - from_new, base)
        row[f"net_{name}_retention"] = ratio(from_previous, base)
        row[f"gross_{name}_retention"] = ratio(smaller, positive)
        total = "value" if name == "revenue" else "profit_value"
        row[total] = value / minor
        row["value_previous" if name == "revenue" else "profit_previous"] = base / minor
    return row
