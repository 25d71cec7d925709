"""What the models take from one bucket: the footing that its scores stand on, and the dated purchases of a sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from regulars.engine.calendar import month_number
from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts, Status
from regulars.engine.fold import BucketState, Plan
from regulars.engine.probability.purchases import Purchases, summarize_sorted

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
MOST_ROWS = 5_000_000  # purchases that the backtest looks at
YEAR = 365
QUARTER_SHIFT, WAIT_SHIFT = 32, 1


@dataclass(frozen=True)
class Footing:
    """Histories of the customers with a purchase, in position order: x, t_x and T (int32 days), the mean value of a
    repeat purchase day and the profit of the last 365 days (minor units); (n,) each.
    """

    frequency: Int32
    recency: Int32
    age: Int32
    value: NDArray[np.float64]
    profit_year: Int64

    def __len__(self) -> int:
        return len(self.frequency)


def footing_of(facts: BucketFacts, plan: Plan) -> Footing:
    """Footing of one bucket up to the as-of day; cancelled and unpaid orders count nowhere."""
    counts = _counts(facts, plan)
    summary = summarize_sorted(_rows(facts, counts), plan.as_of)
    recent = counts & (facts.day > plan.as_of - YEAR)
    year = np.zeros(facts.size, np.int64)
    np.add.at(year, facts.customer[recent], facts.profit[recent])
    return Footing(summary.frequency, summary.recency, summary.T, summary.monetary_value, year[summary.customer])


def _counts(facts: BucketFacts, plan: Plan) -> NDArray[np.bool_]:
    counts = facts.day <= plan.as_of
    if len(facts.status):
        counts &= (facts.status == Status.VALID) | (facts.status == Status.DATED_REFUND)
    return counts


def _rows(facts: BucketFacts, counts: NDArray[np.bool_]) -> Purchases:
    return Purchases(
        facts.customer[counts].astype(np.int64), facts.day[counts], facts.amount[counts].astype(np.float64)
    )


def waits_of(state: BucketState, plan: Plan) -> ValueCounts:
    """Days to the second purchase day, or to the as-of day where there was none, by quarter of the first purchase.

    Packed: quarter since 1970 · 2³² + days · 2 + (1 with a second purchase day).
    """
    who = np.flatnonzero(state.buyer)
    again = state.purchase_days[who] > 1
    wait = np.where(again, state.second[who], np.int32(plan.as_of)) - state.first[who]
    days, place = np.unique(state.first[who], return_inverse=True)
    quarter = np.array([month_number(int(day)) // 3 for day in days], np.int64)[place]
    return ValueCounts.of((quarter << QUARTER_SHIFT) + (wait.astype(np.int64) << WAIT_SHIFT) + again)


@dataclass(frozen=True)
class Watched:
    """One bucket of the sample, whose dated purchases the backtest and the look-alikes see.

    ``first_channel`` is the code on the first purchase day, −1 none; the other columns are those of the footing, of the
    customers with a purchase; ``rows`` are numbered by position in the bucket.
    """

    bucket: int
    rows: Purchases
    frequency: Int32
    last_day: Int32
    first_channel: Int32


def watched_bucket(bucket: int, facts: BucketFacts, state: BucketState, plan: Plan) -> Watched:
    """Dated purchases of one bucket up to the as-of day."""
    rows = _rows(facts, _counts(facts, plan))
    summary = summarize_sorted(rows, plan.as_of)
    last_day = summary.first_day + summary.recency
    return Watched(bucket, rows, summary.frequency, last_day, _first_channel(facts, state)[summary.customer])


def _first_channel(facts: BucketFacts, state: BucketState) -> Int32:
    """The first channel by name on the first purchase day; −1 where none is told."""
    none = np.int32(2**31 - 1)
    found = np.full(facts.size, none, np.int32)
    if len(facts.channel):
        rows = (facts.day == state.first[facts.customer]) & (facts.channel >= 0) & (facts.amount > 0)
        np.minimum.at(found, facts.customer[rows], facts.channel[rows])
    return np.where(found == none, np.int32(-1), found)


def sampled(buckets: Sequence[int], orders: int) -> list[int]:
    """The buckets whose purchases are watched, up to a bound: whole ones are a random part of the customers."""
    share = MOST_ROWS * len(buckets) // max(orders, 1)
    return [bucket for bucket in buckets if bucket < max(share, 1)]


def joined_rows(sample: Sequence[Watched]) -> Purchases:
    """Purchases of the sample as one, customers numbered on."""
    parts, before = [], 0
    for one in sample:
        parts.append(Purchases(one.rows.customer + before, one.rows.day, one.rows.value))
        before += int(one.rows.customer[-1]) + 1 if len(one.rows.customer) else 0
    return Purchases(*(np.concatenate([getattr(p, name) for p in parts]) for name in ("customer", "day", "value")))
