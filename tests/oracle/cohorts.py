"""Section 7 and the migration of quadrants.

Plain readings taken here:

* A cohort is a month in which somebody bought first; months without one are no cohort. A return dated before the
  month of its customer's first purchase stands in no cell.
* The migration counts customers with a purchase up to D only (nobody goes from a to a).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from fractions import Fraction
from typing import Any

from tests.oracle import calendar_periods as periods
from tests.oracle.classes import quadrant, quadrant_means
from tests.oracle.facts import Facts
from tests.oracle.retention import PeriodMoney, share


def cohort_rows(facts: Facts) -> list[dict[str, Any]]:
    income = PeriodMoney(facts, "month")
    members: dict[int, set[str]] = defaultdict(set)
    for customer, month in income.first.items():
        members[month].add(customer)
    now = periods.month_of(facts.as_of)
    rows = []
    for cohort in sorted(members):
        for month in range(cohort, now + 1):
            rows.append(_cell(income, members[cohort], cohort, month))
            rows[-1]["complete"] = periods.last_day("month", month) <= facts.as_of
    return rows


def _cell(income: PeriodMoney, group: set[str], cohort: int, month: int) -> dict[str, Any]:
    money = income.value["amount"].get(month, {})
    buyers = len(group & income.buyers.get(month, set()))
    return {
        "cohort": periods.label("month", cohort),
        "month": periods.label("month", month),
        "offset": month - cohort,
        "cohort_size": len(group),
        "customers": buyers,
        "share": Fraction(buyers, len(group)),
        "amount": Fraction(sum(value for key, value in money.items() if key in group), 100),
    }


def second_purchases(facts: Facts, within: int, customers: set[str] | None = None) -> tuple[int, int]:
    """(with a second purchase day within N days, customers old enough), over all or some customers."""
    base = hits = 0
    group = facts.customers if customers is None else [facts.histories[customer] for customer in customers]
    for history in group:
        if facts.as_of - history.first < within:
            continue
        base += 1
        hits += len(history.purchase_days) > 1 and history.purchase_days[1] - history.first <= within
    return hits, base


def repurchase(facts: Facts, window: int, within: int) -> dict[str, Any]:
    hits, base = second_purchases(facts, within)
    days = [history.bought_in(facts.as_of - window, facts.as_of) for history in facts.customers]
    buyers = sum(count > 0 for count in days)
    return {
        "second_purchase_rate": share(hits, base),
        "second_purchase_days": within,
        "second_purchase_base": base,
        "repurchase_rate": share(sum(count > 1 for count in days), buyers),
        "repurchase_base": buyers,
    }


def migration(facts: Facts, window: int) -> dict[str, Any]:
    d1 = facts.as_of
    d0 = d1 - 365
    old = {h.customer: h.between(d0 - window, d0) for h in facts.customers if h.first <= d0}
    means = quadrant_means(old)
    cells: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for history in facts.customers if means else ():
        now = history.between(d1 - window, d1)
        origin = quadrant(old[history.customer], means) if history.customer in old else "a"
        cell = cells[origin, quadrant(now, means)]
        cell[0] += 1
        cell[1] += now.profit
    rows = [
        {"from": a, "to": b, "customers": count, "profit": Fraction(profit, 100)}
        for (a, b), (count, profit) in sorted(cells.items())
    ]
    return {"from": date.fromordinal(d0).isoformat(), "to": date.fromordinal(d1).isoformat(), "rows": rows}
