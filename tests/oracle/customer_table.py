"""customers.parquet without the probability models, and the totals by class.

Money is a ``Fraction`` of the currency's unit, days are dates, everything else is as outputs.md names it.

Plain reading taken here: customers whose rhythm is null stand in no rhythm state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle import classes
from tests.oracle.activity import Activity
from tests.oracle.facts import Facts, History, Sums
from tests.oracle.purchase_rhythm import STATES, Rhythm

STAGES = ("growth", "maturity", "decline", "churned")
VIEW_B = ("first", "repeat", "loyal")
LISTED = {
    "abc": ("A", "B", "C"),
    "frequency_class": classes.THIRDS,
    "amount_class": classes.THIRDS,
    "rfm_group": classes.RFM_GROUPS,
    "quadrant": classes.QUADRANTS,
    "lifecycle": STAGES,
    "lifecycle_b": VIEW_B,
    "rhythm": STATES,
}


def money(minor: int) -> Fraction:
    return Fraction(minor, 100)


def lifecycle(history: History, day: int, window: int, active: bool, percentile: Fraction | None) -> str:
    """View A, tested from the last stage to the first."""
    if not active:
        return "churned"
    half = window // 2
    newer = history.between(day - half, day).amount
    older = history.between(day - 2 * half, day - half).amount
    late = percentile is not None and percentile >= Fraction(4, 5)
    if late or (older > 0 and 2 * newer <= older):
        return "decline"
    return "maturity" if history.bought_by(day) >= 3 else "growth"


def lifecycle_b(purchase_days: int, active: bool) -> str:
    if purchase_days == 1:
        return "first"
    return "loyal" if purchase_days >= 4 and active else "repeat"


def customer_rows(facts: Facts, window: int, activity: Activity, rhythm: Rhythm) -> list[dict[str, Any]]:
    """One row per customer with a purchase up to the as-of day, by id."""
    day = facts.as_of
    histories = {history.customer: history for history in facts.customers}
    in_window = {key: h.between(day - window, day) for key, h in histories.items()}
    labels = _labels({key: day - h.last(day) for key, h in histories.items()}, in_window)
    active = activity.at(day)
    rows = []
    for key, history in histories.items():
        row = _own(history, day, in_window[key]) | {name: values[key] for name, values in labels.items()}
        row |= rhythm.row(history) | {"active": key in active}
        row["lifecycle"] = lifecycle(history, day, window, row["active"], row["lateness_percentile"])
        row["lifecycle_b"] = lifecycle_b(row["purchase_days"], row["active"])
        rows.append(row)
    return rows


def _own(history: History, day: int, sums: Sums) -> dict[str, Any]:
    """What depends on nobody else."""
    total = history.between(0, day)
    last = history.last(day)
    return {
        "customer_id": history.customer,
        "first_purchase": date.fromordinal(history.first),
        "last_purchase": date.fromordinal(last),
        "recency_days": day - last,
        "tenure_days": day - history.first,
        "orders": total.orders,
        "purchase_days": history.bought_by(day),
        "amount_total": money(total.amount),
        "profit_total": money(total.profit),
        "orders_window": sums.orders,
        "amount_window": money(sums.amount),
        "profit_window": money(sums.profit),
        "mean_order_value": money(sums.bought) / sums.orders if sums.orders else None,
    }


def _labels(recency: dict[str, int], window: dict[str, Sums]) -> dict[str, dict[str, Any]]:
    """Everything that places a customer among the others."""
    buyers = {key: sums for key, sums in window.items() if sums.orders}
    absent = dict.fromkeys(window, "none")
    means = classes.quadrant_means(window)
    quadrants = {key: classes.quadrant(sums, means) if means else "dormant" for key, sums in window.items()}
    return {
        "abc": classes.abc({key: sums.profit for key, sums in window.items()}),
        "frequency_class": absent | classes.thirds({key: sums.orders for key, sums in buyers.items()}),
        "amount_class": absent | classes.thirds({key: sums.amount for key, sums in buyers.items()}),
        "r_score": classes.scores({key: -days for key, days in recency.items()}),
        "f_score": classes.scores({key: sums.orders for key, sums in window.items()}),
        "m_score": classes.scores({key: sums.amount for key, sums in window.items()}),
        "rfm_group": classes.rfm_groups(recency, window),
        "quadrant": quadrants,
    }


def tally(rows: list[dict[str, Any]], chosen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Customers and their money in the window."""
    members = [row for row in rows if chosen(row)]
    return {
        "customers": len(members),
        "amount": sum((row["amount_window"] for row in members), Fraction(0)),
        "profit": sum((row["profit_window"] for row in members), Fraction(0)),
    }


def class_totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    totals: dict[str, Any] = {"total": len(rows), "active": sum(row["active"] for row in rows)}
    for column, names in LISTED.items():
        totals[column] = {name: tally(rows, lambda row, c=column, n=name: row[c] == n) for name in names}
    return totals
