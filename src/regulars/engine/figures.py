"""Population figures from merged tallies: rows and sums as they stand in summary.json.

Money leaves as a float in units of currency, rates as fractions or None, days as ISO dates.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine import kernels as k
from regulars.engine.calendar import Calendar, day_of
from regulars.engine.classes import ABC, LEVELS
from regulars.engine.counts import ValueCounts
from regulars.engine.fold import FoldTally, Plan
from regulars.engine.lifecycle import STAGES, STEPS
from regulars.engine.parameters import Parameters
from regulars.engine.population import X_BINS, Y_BINS, Thresholds
from regulars.engine.quadrants import PLACES, QUADRANTS
from regulars.engine.retention import ratio
from regulars.engine.rfm import GROUPS
from regulars.engine.rhythm import STATES

Int64 = NDArray[np.int64]
Row = dict[str, Any]

CLASSES: dict[str, tuple[str, ...]] = {
    "abc": ABC,
    "rfm_group": GROUPS,
    "quadrant": QUADRANTS,
    "lifecycle": STAGES,
    "lifecycle_b": STEPS,
    "rhythm": STATES,
    "frequency_class": LEVELS,
    "amount_class": LEVELS,
}
CURVE_POINTS = 200


def sums_row(sums: Int64, minor: int) -> Row:
    customers, amount, profit = (int(x) for x in sums)
    return {"customers": customers, "amount": amount / minor, "profit": profit / minor}


def class_sums(sums: dict[str, Int64] | Any, minor: int) -> dict[str, dict[str, Row]]:
    """For every classification: class → customers, amount, profit in the window; classes without anybody included."""
    return {
        name: {label: sums_row(sums[name][i], minor) for i, label in enumerate(labels)}
        for name, labels in CLASSES.items()
    }


def cohort_rows(tally: FoldTally, calendar: Calendar, minor: int) -> list[Row]:
    """Month of first purchase × months since, every cell up to the as-of month (definitions, section 7)."""
    rows = []
    for cohort in range(calendar.months):
        size = int(tally.cohort_count[cohort, cohort])
        if not size:
            continue
        for month in range(cohort, calendar.months):
            customers = int(tally.cohort_count[cohort, month])
            rows.append(
                {
                    "cohort": calendar.month_label(cohort),
                    "month": calendar.month_label(month),
                    "offset": month - cohort,
                    "cohort_size": size,
                    "customers": customers,
                    "share": customers / size,
                    "amount": int(tally.cohort_amount[cohort, month]) / minor,
                    "complete": month < calendar.months_over,
                }
            )
    return rows


def repurchase(tally: FoldTally, parameters: Parameters) -> Row:
    counts = tally.counts
    base, buyers = int(counts[k.SECOND_BASE]), int(counts[k.WINDOW_BUYERS])
    return {
        "second_purchase_rate": ratio(int(counts[k.SECOND_HITS]), base),
        "second_purchase_days": parameters.second_purchase_days,
        "second_purchase_base": base,
        "repurchase_rate": ratio(int(counts[k.WINDOW_REPEAT]), buyers),
        "repurchase_base": buyers,
    }


def migration(sums: Int64, plan: Plan, minor: int) -> Row:
    """Quadrants at the back day → now, by the cuts of the back day; only cells with somebody."""
    rows = []
    for cell, (customers, _amount, profit) in enumerate(sums.tolist()):
        if customers:
            before, after = divmod(cell, len(QUADRANTS))
            row = {"from": PLACES[before], "to": QUADRANTS[after], "customers": customers, "profit": profit / minor}
            rows.append(row)
    return {"from": day_of(plan.back_day).isoformat(), "to": day_of(plan.as_of).isoformat(), "rows": rows}


def rhythm(limits: Thresholds, late_valuable: Int64, minor: int) -> Row:
    scale = limits.rhythm
    q1, median, q3 = (scale.quartile(i) for i in (1, 2, 3))
    return {
        "population_gap": None if scale.g0 is None else float(scale.g0),
        "ratio_q1": None if q1 is None else float(q1),
        "ratio_median": None if median is None else float(median),
        "ratio_q3": None if q3 is None else float(q3),
        "gaps": scale.ratios.total,
        "late_valuable": {"customers": int(late_valuable[0]), "profit": int(late_valuable[2]) / minor},
    }


def pareto(base: ValueCounts, customers: int, parameters: Parameters, minor: int) -> Row:
    """The concentration curve over customers with positive profit, best first, thinned to its shape."""
    values, counts = base.values[::-1], base.counts[::-1]
    people = np.cumsum(counts)
    money = np.cumsum((values * counts).astype(np.float64))
    n, total = (int(people[-1]), float(money[-1])) if len(people) else (0, 0.0)
    points = [[0.0, 0.0]]
    if n:
        wanted = np.unique(np.searchsorted(people, np.linspace(0, n, CURVE_POINTS)))
        shown = np.unique(np.append(np.minimum(wanted, len(people) - 1), len(people) - 1))
        points += [[float(people[i] / n), float(money[i] / total)] for i in shown]
    shares = [_needed(base, cut) / n if n else None for cut in parameters.abc_cuts]
    return {
        "base": parameters.abc_base,
        "customers_positive": n,
        "customers_other": customers - n,
        "total": total / minor,
        "points": points,
        "cuts": dict(zip(ABC, shares, strict=False)),
    }


def _needed(base: ValueCounts, share: Fraction) -> int:
    """The least number of customers, best first, who together hold ``share`` of the total."""
    values, counts = base.values[::-1].astype(object), base.counts[::-1].astype(object)
    sums = np.cumsum(values * counts)
    target = share * int(sums[-1])
    at = int(np.argmax(sums >= target))
    before = int(sums[at] - values[at] * counts[at])
    missing = (target - before) / int(values[at])
    return int(counts[:at].sum()) - (-missing.numerator // missing.denominator)


def rfm(limits: Thresholds, grid: Int64, steps: int, minor: int) -> Row:
    scales = limits.rfm
    recency, frequency, money = (
        None if s.mean is None else float(s.mean) for s in (scales.recency, scales.frequency, scales.money)
    )
    cells = [{"r": i // steps + 1, "f": i % steps + 1, **sums_row(grid[i], minor)} for i in range(steps * steps)]
    means = {
        "r": None if recency is None else -recency,
        "f": frequency,
        "m": None if money is None else money / minor,
    }
    return {"means": means, "grid": cells}


def quadrant_map(limits: Thresholds, cells: Int64, points: list[list[Any]] | None, minor: int) -> Row:
    cuts, edges = limits.quadrants, limits.map_edges
    return {
        "frequency_cut": None if cuts.frequency is None else float(cuts.frequency),
        "value_cut": None if cuts.value is None else float(cuts.value / minor),
        "x_edges": [] if edges is None else edges.x.tolist(),
        "y_edges": [] if edges is None else (edges.y / minor).tolist(),
        "cells": [
            {"x": cell // Y_BINS, "y": cell % Y_BINS, "customers": int(cells[cell, 0])}
            for cell in range(X_BINS * Y_BINS)
            if cells[cell, 0]
        ],
        "points": points,
    }


def lifecycle_flow(sums: Int64, minor: int) -> list[Row]:
    """Customers by stage of view A and step of view B, only cells with somebody."""
    return [
        {
            "a": STAGES[cell // len(STEPS)],
            "b": STEPS[cell % len(STEPS)],
            **sums_row(sums[cell], minor),
        }
        for cell in range(len(sums))
        if sums[cell, 0]
    ]


def tenure_margin(tenure: Int64, minor: int, *, with_discount: bool) -> Row:
    """Profit and discount per order of new against old customers in the window (definitions, section 5)."""
    result: Row = {}
    for name, at in (("new", k.OF_NEW), ("old", k.OF_OLD)):
        orders, amount, profit, discount = (int(x) for x in tenure[at])
        result[name] = {
            "orders": orders,
            "amount": amount / minor,
            "profit": profit / minor,
            "profit_per_order": profit / minor / orders if orders else None,
            "discount": discount / minor if with_discount else None,
            "discount_rate": ratio(discount, amount + discount) if with_discount else None,
        }
    return result
