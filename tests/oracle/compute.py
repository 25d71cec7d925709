"""The complete set of figures of one analysis, from an order table to customers, summary and spells.

``orders`` has one row per order: customer_id (null = unattributed), day (date), amount (int, minor units), profit
(int or null), status (valid, cancelled, unpaid, refund); optional: order_id, at, channel, campaign_id, discount. The
result keeps money and rates as exact fractions; only interval bounds are floats.

Plain readings taken here:

* ``retention`` is under the chosen activity policy, ``retention_rhythm`` under rhythm(k) with the k of the policy or
  else 3; ``bridge`` holds both, its window side with the P of the policy or else W.
* Window churn is *observable* once the first day + W <= D - 365, the D0 of the bridge; until then rhythm leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

import pandas as pd

from tests.oracle import pictures
from tests.oracle.activity import Activity, Policy
from tests.oracle.cohorts import cohort_rows, migration, repurchase
from tests.oracle.customer_table import class_totals, customer_rows
from tests.oracle.facts import Facts, gather
from tests.oracle.offers import channel_rows, product_rows
from tests.oracle.purchase_rhythm import Rhythm
from tests.oracle.retention import movement, retention_rows

SPELL_COLUMNS = ("customer_id", "kind", "start", "end", "days", "purchases")


@dataclass(frozen=True)
class OracleResult:
    customers: pd.DataFrame
    summary: dict[str, Any]
    spells: pd.DataFrame


def compute(
    orders: pd.DataFrame,
    as_of: date | None = None,
    *,
    window: int = 365,
    policy: Policy | None = None,
    margin: float | str | None = None,
    timezone: str = "Asia/Shanghai",
    second_purchase_days: int = 90,
    profit_column: str | None = None,
    lines: pd.DataFrame | None = None,
    counters: dict[str, Any] | None = None,
) -> OracleResult:
    """Every figure at ``as_of``; ``counters`` are the reader's, ``policy`` is ("window", days) or ("rhythm", k)."""
    chosen = policy or ("window", window)
    facts = gather(orders, as_of, margin=margin, profit_column=profit_column)
    activity = Activity(facts, chosen, window)
    other = Activity(facts, ("rhythm", 3) if chosen[0] == "window" else ("window", window), window)
    by_rule = {activity.name: activity, other.name: other}
    rhythm = Rhythm(facts, facts.as_of)
    rows = customer_rows(facts, window, activity, rhythm)
    summary = {
        "as_of": date.fromordinal(facts.as_of).isoformat(),
        "timezone": timezone,
        "profit_basis": facts.profit_basis,
        "input": facts.counters | (counters or {}),
        "customers": class_totals(rows),
        "activity": _lead(facts, by_rule["window"].window, chosen),
        "retention": _both_kinds(facts, activity),
        "retention_rhythm": _both_kinds(facts, by_rule["rhythm"]),
        "bridge": {name: movement(facts, rule, facts.as_of - 365, facts.as_of) for name, rule in by_rule.items()},
        "cohorts": cohort_rows(facts),
        "repurchase": repurchase(facts, window, second_purchase_days),
        "migration": migration(facts, window),
        "rhythm": rhythm.summary() | {"late_valuable": pictures.late_valuable(rows)},
        "pareto": pictures.pareto(rows),
        "rfm": pictures.rfm(rows),
        "quadrants": pictures.quadrant_cuts(facts, window),
        "lifecycle_flow": pictures.lifecycle_flow(rows),
        "lifecycle_history": pictures.lifecycle_history(facts, window, activity),
        "window_totals": pictures.window_totals(rows),
        "tenure_margin": pictures.tenure_margin(facts, list(orders["discount"]) if "discount" in orders else None),
    }
    if lines is not None:
        found = product_rows(facts, lines, window, second_purchase_days, margin)
        summary["products"] = found if found["rows"] else None  # nothing sold in the window
    for column, key in (("channel", "channels"), ("campaign_id", "campaigns")):
        if column in orders:
            found = channel_rows(facts, orders, column, window, second_purchase_days)
            summary[key] = found if found["rows"] else None
    spells = [spell for history in facts.customers for spell in rhythm.spells(history)]
    return OracleResult(
        pd.DataFrame(rows, dtype=object), summary, pd.DataFrame(spells, columns=list(SPELL_COLUMNS), dtype=object)
    )


def _both_kinds(facts: Facts, activity: Activity) -> dict[str, Any]:
    return {kind: retention_rows(facts, activity, kind) for kind in ("month", "quarter")}


def _lead(facts: Facts, window: int, chosen: Policy) -> dict[str, Any]:
    observable = facts.first_day + window <= facts.as_of - 365
    return {
        "policy": chosen[0],
        "lead": "window" if observable and chosen[0] == "window" else "rhythm",
        "observable": observable,
        "observable_from": date.fromordinal(facts.first_day + window).isoformat(),
    }


def exact(value: Any) -> Fraction:
    """A number of the result as a fraction."""
    return value if isinstance(value, Fraction) else Fraction(value)
