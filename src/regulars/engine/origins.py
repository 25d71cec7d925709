"""Channels and campaigns: what each brought, and how the customers it brought first behave (definitions, section 11).

A customer's first channel is that of the earliest order of the first purchase day that names one (the first by name
among orders of one instant, or of the whole day where the source has no times).
Retention of a channel: of its customers active at the back day (a purchase in the window before), the share still
active at the as-of day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import int8, int32, int64, njit, types, void
from numpy.typing import NDArray

from regulars.engine.facts import BucketFacts
from regulars.engine.fold import BucketState, Plan, added
from regulars.engine.intervals import wilson
from regulars.engine.kernels import NEVER
from regulars.engine.parameters import Parameters
from regulars.engine.retention import ratio

Int64 = NDArray[np.int64]
(ORDERS, CUSTOMERS, AMOUNT, PROFIT, FIRST_BUYERS, SECOND_BASE, SECOND_HITS, START, STAYED, SEEN) = range(10)
COLUMNS = 10
MONTHS_SHOWN = 12


@dataclass(frozen=True)
class OriginTally:
    """Sums by code: int64[codes, COLUMNS], net amount of the last months int64[codes, 12]."""

    sums: Int64
    monthly: Int64

    @classmethod
    def merged(cls, parts: list[OriginTally]) -> OriginTally:
        return cls(added([p.sums for p in parts]), added([p.monthly for p in parts]))


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_TALLY = void(
    _read(int32), _read(int32), _read(int64), _read(int64), _read(int8), _read(int32), _read(int32), _read(int32),
    int64, int64, _read(int64), int32[::1], int64[:, ::1], int64[:, ::1],
)  # fmt: skip


@njit(_TALLY, cache=True, nogil=True)
def _tally(
    customer: Any, day: Any, amount: Any, profit: Any, status: Any, code: Any, first: Any, month_ends: Any, as_of: int,
    window: int, at: Any, first_code: Any, sums: Any, monthly: Any,
) -> None:  # fmt: skip
    first_at = np.zeros(len(first_code), np.int64)
    for i in range(len(customer)):
        s = status[i] if len(status) else 0
        if code[i] < 0 or day[i] > as_of or s == 1 or s == 2:
            continue
        c, row = customer[i], sums[code[i]]
        row[SEEN] += 1
        bought = amount[i] > 0 and s == 0
        if bought and day[i] == first[c]:
            instant = at[i] if len(at) else 0
            known = first_code[c] >= 0
            if not known or instant < first_at[c] or (instant == first_at[c] and code[i] < first_code[c]):
                first_code[c], first_at[c] = code[i], instant
        if day[i] > as_of - window:
            row[AMOUNT] += amount[i]
            row[PROFIT] += profit[i]
            if bought:
                row[ORDERS] += 1
        month = np.searchsorted(month_ends, day[i])
        if month > 0:
            monthly[code[i], month - 1] += amount[i]


def tally_origins(
    facts: BucketFacts, code: NDArray[np.int32], codes: int, state: BucketState | None, plan: Plan
) -> OriginTally:
    """Tally one bucket by ``code``, one per order (−1 none): its channels or its campaigns.

    ``state`` None: orders without a customer, which count in money and orders alone.
    """
    customer, day, amount, status = facts.customer, facts.day, facts.amount, facts.status
    sums, monthly = np.zeros((codes, COLUMNS), np.int64), np.zeros((codes, MONTHS_SHOWN), np.int64)
    nobody = np.full(1, NEVER, np.int32)
    first = np.ascontiguousarray(state.first) if state is not None else nobody
    first_code = np.full(len(first), -1, np.int32)
    _tally(
        customer, day, amount, facts.profit, status, code, first, shown_month_ends(plan), plan.as_of, plan.window,
        facts.at, first_code, sums, monthly,
    )  # fmt: skip
    if state is None:
        return OriginTally(sums, monthly)
    inside = (code >= 0) & (day > plan.as_of - plan.window) & (day <= plan.as_of) & (amount > 0)
    if len(status):
        inside &= status == 0
    pairs = np.unique(customer[inside].astype(np.int64) * codes + code[inside])
    sums[:, CUSTOMERS] += np.bincount(pairs % codes, minlength=codes) if len(pairs) else 0
    add_first_buyers(sums, first_code, np.arange(state.size), state, plan)
    return OriginTally(sums, monthly)


def shown_month_ends(plan: Plan) -> NDArray[np.int32]:
    """Ends of the month before the shown ones and of the shown months: int32[≤ 13]; index − 1 is the month's column."""
    ends = plan.calendar.month_ends
    before = plan.calendar.month_bounds(0)[0] - 1
    padded = np.concatenate([np.full(MONTHS_SHOWN, before, np.int32), ends])
    return np.ascontiguousarray(padded[-MONTHS_SHOWN - 1 :]).astype(np.int32)


def add_first_buyers(
    sums: Int64, code: NDArray[np.integer], who: NDArray[np.integer], state: BucketState, plan: Plan
) -> None:
    """Add second purchases and retention of the customers ``who`` to the row of the code each began with (−1 none)."""
    known = code >= 0
    code, who = code[known], who[known]
    first, second, last = state.first[who].astype(np.int64), state.second[who].astype(np.int64), state.last[who]
    base = plan.as_of - first >= plan.second_days
    hit = base & (state.purchase_days[who] > 1) & (second - first <= plan.second_days)
    started = state.back_orders[who] > 0
    stayed = started & (last > plan.as_of - plan.window)
    n = len(sums)
    columns = ((FIRST_BUYERS, np.ones(len(code), np.bool_)), (SECOND_BASE, base), (SECOND_HITS, hit), (START, started))
    for column, chosen in (*columns, (STAYED, stayed)):
        sums[:, column] += np.bincount(code[chosen], minlength=n)


def origin_rows(tally: OriginTally, names: list[str], parameters: Parameters, minor: int) -> list[dict[str, Any]]:
    """One row a channel (or campaign), by profit in the window, descending."""
    sums = tally.sums
    whole = int(sums[:, AMOUNT].sum())
    seen = np.flatnonzero(sums[:, SEEN]).tolist()  # a name that came later is not known yet
    order = sorted(seen, key=lambda i: (-int(sums[i, PROFIT]), names[i]))
    return [
        {
            "name": names[i],
            "orders": int(sums[i, ORDERS]),
            "customers": int(sums[i, CUSTOMERS]),
            "amount": int(sums[i, AMOUNT]) / minor,
            "profit": int(sums[i, PROFIT]) / minor,
            "share": ratio(int(sums[i, AMOUNT]), whole),
            **first_buyer_rates(sums[i], parameters),
            "monthly": [int(x) / minor for x in tally.monthly[i]],
        }
        for i in order
    ]


def first_buyer_rates(row: Int64, parameters: Parameters) -> dict[str, Any]:
    base, hits, start = int(row[SECOND_BASE]), int(row[SECOND_HITS]), int(row[START])
    low, high = wilson(hits, base, float(parameters.confidence)) or (None, None)
    return {
        "first_buyers": int(row[FIRST_BUYERS]),
        "second_purchase_rate": ratio(hits, base),
        "second_purchase_low": low,
        "second_purchase_high": high,
        "second_purchase_base": base,
        "retention_1y": ratio(int(row[STAYED]), start),
        "retention_1y_base": start,
    }
