"""Fold: one customer's history → state, one bucket's states → tallies. The first step of every run.

``fold_bucket`` is pure: facts and a plan in, frozen arrays out. Tallies of buckets add up (``FoldTally.merged``), in
bucket order, so that a laptop and a cluster give the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine import kernels as k
from regulars.engine.calendar import Calendar
from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Plan:
    """Everything the fold must know before it starts: days as numbers, windows in days.

    ``active_days`` is the window of the activity policy (movements by rhythm are counted in rhythm_activity.py beside
    those by window). ``back_day`` is the day the quadrants and the year's bridge are compared with.
    """

    calendar: Calendar
    window: int
    active_days: int
    back_day: int
    second_days: int
    falling_share: Fraction
    new_customer_days: int

    @property
    def as_of(self) -> int:
        return self.calendar.as_of

    @property
    def over(self) -> Int32:
        """Ends of the months that are over: int32[months_over]."""
        return self.calendar.month_ends[: self.calendar.months_over]

    @property
    def observable(self) -> bool:
        """Whether the window policy can lose anybody over the span to the back day: first day + W ≤ D0."""
        return self.calendar.first_day + self.active_days <= self.back_day

    def vector(self, longest: int) -> Int64:
        return np.array(
            [
                self.calendar.first_day, self.as_of, self.window, self.active_days, self.back_day, self.second_days,
                self.window // 2, self.falling_share.numerator, self.falling_share.denominator, longest,
                self.new_customer_days, self.calendar.months_over, self.calendar.quarters_over,
            ],
            dtype=np.int64,
        )  # fmt: skip


@dataclass(frozen=True)
class BucketState:
    """What one bucket's customers have become at the as-of day: one column a customer position.

    ``gaps`` holds the completed gaps of all customers one after another (int16 days), a customer's first purchase day
    and gaps give back all purchase days; ``day_orders`` the purchases on each purchase day, empty unless they were
    asked for.
    """

    whole: Int32
    money: Int64
    falling: NDArray[np.int8]
    gaps: NDArray[np.int16]
    day_orders: Int32

    @property
    def size(self) -> int:
        return self.whole.shape[1]

    @property
    def first(self) -> Int32:
        return self.whole[k.FIRST]

    @property
    def last(self) -> Int32:
        return self.whole[k.LAST]

    @property
    def second(self) -> Int32:
        """Second purchase day, ``kernels.NEVER`` where there is none."""
        return self.whole[k.SECOND]

    @property
    def orders(self) -> Int32:
        return self.whole[k.ORDERS_TOTAL]

    @property
    def purchase_days(self) -> Int32:
        return self.whole[k.PURCHASE_DAYS]

    @property
    def orders_window(self) -> Int32:
        return self.whole[k.ORDERS_WINDOW]

    @property
    def back_orders(self) -> Int32:
        """Purchases in the window that ends at the plan's ``back_day``."""
        return self.whole[k.BACK_ORDERS]

    @property
    def amount_total(self) -> Int64:
        return self.money[k.AMOUNT_TOTAL]

    @property
    def profit_total(self) -> Int64:
        return self.money[k.PROFIT_TOTAL]

    @property
    def amount_window(self) -> Int64:
        return self.money[k.AMOUNT_WINDOW]

    @property
    def profit_window(self) -> Int64:
        return self.money[k.PROFIT_WINDOW]

    @property
    def spend_window(self) -> Int64:
        """Money of purchases alone (returns not subtracted) in the window."""
        return self.money[k.SPEND_WINDOW]

    @property
    def back_spend(self) -> Int64:
        return self.money[k.BACK_SPEND]

    @property
    def buyer(self) -> NDArray[np.bool_]:
        """Customers with a purchase up to the as-of day: the rows of customers.parquet."""
        return self.first != k.NEVER

    def gap_starts(self) -> Int64:
        """Where each customer's gaps begin: int64[size + 1]."""
        counts = np.maximum(self.purchase_days.astype(np.int64) - 1, 0)
        return np.concatenate([[0], np.cumsum(counts)])


def added(parts: list[Int64]) -> Int64:
    """Element-wise sum of the tallies of buckets, all of one shape."""
    return np.add.reduce(parts, axis=0)


@dataclass(frozen=True)
class FoldTally:
    """Sums over customers that merge by addition; see kernels.py for the columns."""

    counts: Int64
    orders_month: Int64
    movement_month: Int64
    movement_quarter: Int64
    movement_year: Int64
    money_month: Int64
    money_quarter: Int64
    cohort_count: Int64
    cohort_amount: Int64
    tenure: Int64

    @classmethod
    def empty(cls, calendar: Calendar) -> FoldTally:
        m, q = calendar.months, calendar.quarters
        shapes = (
            (k.COUNTS,), (m,), (m, k.BRIDGE_COLUMNS), (q, k.BRIDGE_COLUMNS), (1, k.BRIDGE_COLUMNS),
            (m, k.MONEY_COLUMNS), (q, k.MONEY_COLUMNS), (m, m), (m, m),
            (2, k.TENURE_COLUMNS),
        )  # fmt: skip
        return cls(*(np.zeros(shape, np.int64) for shape in shapes))

    @classmethod
    def merged(cls, parts: Iterable[FoldTally]) -> FoldTally:
        parts = list(parts)
        return cls(*(added([getattr(p, f.name) for p in parts]) for f in fields(cls)))


@dataclass(frozen=True)
class RankTally:
    """Counts of distinct values that the thresholds are cut from. Money in minor units, recency negated (more is
    better).

    The ``…_by_orders`` sums have one entry a number of purchases in the window: an exact sum of mean order values is a
    short sum of fractions.
    """

    recency: ValueCounts
    orders: ValueCounts
    amount: ValueCounts
    buyer_orders: ValueCounts
    buyer_amount: ValueCounts
    base: ValueCounts
    mean_gaps: ValueCounts
    spend_by_orders: Int64
    customers_by_orders: Int64
    back_spend_by_orders: Int64
    back_customers_by_orders: Int64
    mean_value_range: tuple[float, float]

    @classmethod
    def merged(cls, parts: Iterable[RankTally]) -> RankTally:
        parts = list(parts)
        merged: dict[str, Any] = {}
        for f in fields(cls):
            columns = [getattr(p, f.name) for p in parts]
            if isinstance(columns[0], ValueCounts):
                merged[f.name] = ValueCounts.merged(columns)
            elif isinstance(columns[0], tuple):
                merged[f.name] = (min(c[0] for c in columns), max(c[1] for c in columns))
            else:
                merged[f.name] = _padded_sum(columns)
        return cls(**merged)


def _padded_sum(columns: list[Int64]) -> Int64:
    total = np.zeros(max(len(c) for c in columns), np.int64)
    for column in columns:
        total[: len(column)] += column
    return total


def fold_bucket(facts: BucketFacts, plan: Plan, *, day_orders: bool = False) -> tuple[BucketState, FoldTally]:
    """Fold the histories of one bucket up to the plan's as-of day; later rows are passed over.

    ``day_orders`` keeps the number of purchases of every purchase day, which only spells.py needs.
    """
    calendar = plan.calendar
    whole = np.zeros((k.STATE32, facts.size), np.int32)
    for column in (k.FIRST, k.LAST, k.SECOND, k.BACK_LAST):
        whole[column] = k.NEVER
    money = np.zeros((k.STATE64, facts.size), np.int64)
    falling = np.zeros(facts.size, np.int8)
    gaps = np.empty(len(facts), np.int16)
    tally = FoldTally.empty(calendar)
    per_day = np.zeros(len(facts) if day_orders else 0, np.int32)
    spend_by_day = np.zeros(len(calendar.month_of_day), np.int64)
    longest = int(np.bincount(facts.customer, minlength=1).max()) if len(facts) else 1
    written = k.fold_bucket_kernel(
        facts.customer, facts.day, facts.amount, facts.profit, facts.status, facts.discount,
        plan.vector(max(longest, 1)),
        calendar.month_of_day, plan.over, calendar.quarter_ends, calendar.quarter_of_month, calendar.ends_quarter,
        whole, money, falling, gaps,
        tally.movement_month, tally.movement_quarter, tally.money_month, tally.money_quarter,
        tally.cohort_count, tally.cohort_amount, tally.orders_month, tally.counts, tally.movement_year,
        tally.tenure, spend_by_day, per_day,
    )  # fmt: skip
    _finish_movement(tally.movement_month, spend_by_day, plan.over, plan)
    _finish_movement(tally.movement_quarter, spend_by_day, calendar.quarter_ends[: calendar.quarters_over], plan)
    days = int(whole[k.PURCHASE_DAYS].sum()) if day_orders else 0
    return BucketState(whole, money, falling, gaps[:written].copy(), per_day[:days]), tally


def _finish_movement(table: Int64, spend_by_day: Int64, ends: Int32, plan: Plan) -> None:
    """Differences → E and S of every period; who spent in the activity window is active, so their spend is the spend
    of S.
    """
    np.cumsum(table[:, k.END], out=table[:, k.END])
    table[len(ends) :, k.END] = 0
    table[1:, k.START] = table[:-1, k.END]
    table[len(ends) :, k.START] = 0
    upto = np.concatenate([[0], np.cumsum(spend_by_day)])
    last = ends - plan.calendar.first_day + 1
    spend = upto[last] - upto[np.maximum(last - plan.active_days, 0)]
    table[1 : len(ends), k.SPEND_START] = spend[:-1]


GAP_SHIFT = 20  # Σ gaps and their number travel as one integer: days · 2²⁰ + n


def rank_bucket(state: BucketState, as_of: int, *, base: str = "profit") -> RankTally:
    """Value counts of one bucket; ``base`` names the money of the ABC classes (profit or revenue)."""
    buyer = state.buyer
    bought = state.orders_window > 0
    several = buyer & (state.purchase_days > 1)
    n_gaps = (state.purchase_days[several] - 1).astype(np.int64)
    days = (state.last[several] - state.first[several]).astype(np.int64)
    orders, back = state.orders_window, state.back_orders
    money = state.profit_window if base == "profit" else state.amount_window
    return RankTally(
        recency=ValueCounts.of(state.last[buyer] - np.int32(as_of)),
        orders=ValueCounts.of(orders[buyer]),
        amount=ValueCounts.of(state.amount_window[buyer]),
        buyer_orders=ValueCounts.of(orders[bought]),
        buyer_amount=ValueCounts.of(state.amount_window[bought]),
        base=ValueCounts.of(money[buyer & (money > 0)]),
        mean_gaps=ValueCounts.of((days << GAP_SHIFT) + n_gaps),
        spend_by_orders=_sum_by(orders, state.spend_window),
        customers_by_orders=np.bincount(orders[bought]).astype(np.int64),
        back_spend_by_orders=_sum_by(back, state.back_spend),
        back_customers_by_orders=np.bincount(back[back > 0]).astype(np.int64),
        mean_value_range=_range(state.spend_window[bought] / orders[bought]),
    )


def _range(values: NDArray[np.float64]) -> tuple[float, float]:
    return (float(values.min()), float(values.max())) if len(values) else (np.inf, -np.inf)


def _sum_by(keys: Int32, values: Int64) -> Int64:
    total = np.zeros(int(keys.max()) + 1 if len(keys) else 1, np.int64)
    np.add.at(total, keys, values)
    return total
