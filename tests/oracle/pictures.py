"""Figures behind the charts: Pareto, RFM grid and means, flows between the two lifecycle views, history, tenure.

Plain readings taken here:

* Pareto cuts: the fewest customers, best first, whose profit reaches 80 % (A) or 90 % (B) of the positive profit, as
  a share of the customers with positive profit; null without any.
* New orders are those at most 365 days after the first purchase. Purchases of attributed customers to date count,
  returns and zero amounts do not. The discount rate is discount / (amount + discount); without a discount column it
  is null.
* Lifecycle history: every month end from the month of the first order on, not after D, the last 24 of them.
* Window totals are sums over the attributed customers with a purchase to date: net amount and profit, purchases as
  orders.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import accumulate
from typing import Any

from tests.oracle import calendar_periods as periods
from tests.oracle.activity import Activity
from tests.oracle.classes import quadrant_means
from tests.oracle.customer_table import STAGES, lifecycle, tally
from tests.oracle.facts import Facts, Order, missing
from tests.oracle.purchase_rhythm import Rhythm
from tests.oracle.retention import share

Rows = list[dict[str, Any]]


def pareto(rows: Rows) -> dict[str, Any]:
    profits = sorted((row["profit_window"] for row in rows if row["profit_window"] > 0), reverse=True)
    total = sum(profits, Fraction(0))

    def needed(percent: int) -> Fraction | None:
        for count, reached in enumerate(accumulate(profits), start=1):
            if reached * 100 >= total * percent:
                return Fraction(count, len(profits))
        return None

    return {
        "customers_positive": len(profits),
        "customers_other": len(rows) - len(profits),
        "total": total,
        "cuts": {"A": needed(80), "B": needed(90)},
    }


def rfm(rows: Rows) -> dict[str, Any]:
    columns = {"r": "recency_days", "f": "orders_window", "m": "amount_window"}
    means = {name: share(sum(row[column] for row in rows), len(rows)) for name, column in columns.items()}
    if rows:
        means["m"] = sum(row["amount_window"] for row in rows) / Fraction(len(rows))
    grid = [
        {"r": r, "f": f, **tally(rows, lambda row, r=r, f=f: (row["r_score"], row["f_score"]) == (r, f))}
        for r in range(1, 6)
        for f in range(1, 6)
    ]
    return {"means": means, "grid": grid}


def quadrant_cuts(facts: Facts, window: int) -> dict[str, Any]:
    means = quadrant_means({h.customer: h.between(facts.as_of - window, facts.as_of) for h in facts.customers})
    return {"frequency_cut": means and means.frequency, "value_cut": means and means.value / 100}


def lifecycle_flow(rows: Rows) -> Rows:
    pairs = sorted({(row["lifecycle"], row["lifecycle_b"]) for row in rows})
    return [
        {"a": a, "b": b, **tally(rows, lambda row, a=a, b=b: (row["lifecycle"], row["lifecycle_b"]) == (a, b))}
        for a, b in pairs
    ]


def lifecycle_history(facts: Facts, window: int, activity: Activity) -> Rows:
    months = range(periods.month_of(facts.first_day), periods.month_of(facts.as_of) + 1)
    over = [month for month in months if periods.last_day("month", month) <= facts.as_of]
    rows = []
    for month in over[-24:]:
        day = periods.last_day("month", month)
        rhythm, active = Rhythm(facts, day), activity.at(day)
        stages = Counter(lifecycle(h, day, window, h.customer in active, rhythm.percentile(h)) for h in rhythm.members)
        rows.append({"month": periods.label("month", month), **{stage: stages[stage] for stage in STAGES}})
    return rows


def window_totals(rows: Rows) -> dict[str, Any]:
    return {
        "customers": sum(row["orders_window"] > 0 for row in rows),
        "amount": sum((row["amount_window"] for row in rows), Fraction(0)),
        "profit": sum((row["profit_window"] for row in rows), Fraction(0)),
        "orders": sum(row["orders_window"] for row in rows),
    }


def late_valuable(rows: Rows) -> dict[str, Any]:
    late = tally(rows, lambda row: row["abc"] == "A" and row["rhythm"] in ("slipping", "dormant", "lost"))
    return {"customers": late["customers"], "profit": late["profit"]}


def tenure_margin(facts: Facts, discounts: list[Any] | None) -> dict[str, Any]:
    """``discounts`` holds minor units (or nulls) by row of the order table."""
    first = {history.customer: history.first for history in facts.customers}
    bought = [o for o in facts.orders if o.customer in first and o.status == "valid" and o.amount > 0]
    new = [order for order in bought if order.day - first[order.customer] <= 365]
    old = [order for order in bought if order.day - first[order.customer] > 365]
    return {"new": _margin(new, discounts), "old": _margin(old, discounts)}


def _margin(orders: list[Order], discounts: list[Any] | None) -> dict[str, Any]:
    amount, profit = sum(o.amount for o in orders), sum(o.profit for o in orders)
    given = None
    if discounts is not None:
        given = sum(int(discounts[o.row]) for o in orders if not missing(discounts[o.row]))
    return {
        "orders": len(orders),
        "amount": Fraction(amount, 100),
        "profit": Fraction(profit, 100),
        "profit_per_order": Fraction(profit, 100) / len(orders) if orders else None,
        "discount": None if given is None else Fraction(given, 100),
        "discount_rate": None if given is None else share(given, amount + given),
    }
