"""Activity by the customer's own rhythm at many days: g₀ and typical gaps recomputed at each (definitions, section 2).

Two passes over a bucket's facts: ``collect_gaps`` counts the mean gaps as they stood at each boundary day, and with
the g₀ of each boundary ``rhythm_movements`` counts the movements. Needed when the policy is rhythm or the data are
too young for a window policy.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numba import int8, int32, int64, njit, types, void
from numpy.typing import NDArray

from regulars.engine.counts import ValueCounts
from regulars.engine.facts import BucketFacts
from regulars.engine.fold import GAP_SHIFT, FoldTally, Plan, added
from regulars.engine.kernels import BRIDGE_COLUMNS, count_movement
from regulars.engine.rhythm import median_mean_gap

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class Boundaries:
    """Days at which activity is asked for, ascending and distinct: int32[b]; the month ends, the back day, the as-of
    day.
    """

    days: NDArray[np.int32]

    @classmethod
    def of(cls, plan: Plan) -> Boundaries:
        return cls(np.unique(np.concatenate([plan.over, [plan.back_day, plan.as_of]]).astype(np.int32)))


@dataclass(frozen=True)
class RhythmMovements:
    """Movement tallies by period (kernels.py names the columns), as in FoldTally."""

    month: Int64
    quarter: Int64
    year: Int64

    @classmethod
    def merged(cls, parts: list[RhythmMovements]) -> RhythmMovements:
        return cls(added([p.month for p in parts]), added([p.quarter for p in parts]), added([p.year for p in parts]))


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_COLLECT = void(
    int64, _read(int32), _read(int32), _read(int64), _read(int8), _read(int32), int64[:, ::1]
)  # fmt: skip


@njit(_COLLECT, cache=True, nogil=True)
def _collect(as_of: int, customer: Any, day: Any, amount: Any, status: Any, boundaries: Any, packed: Any) -> None:
    i, n = 0, len(customer)
    while i < n:
        c = customer[i]
        first = last = -1
        gaps = 0
        at = 0
        while i < n and customer[i] == c:
            if amount[i] > 0 and day[i] <= as_of and (len(status) == 0 or status[i] == 0) and day[i] != last:
                if last >= 0:
                    while at < len(boundaries) and boundaries[at] < day[i]:
                        if gaps > 0 and boundaries[at] >= last:
                            packed[at, c] = ((last - first) << GAP_SHIFT) + gaps
                        at += 1
                    gaps += 1
                else:
                    first = day[i]
                last = day[i]
            i += 1
        while gaps > 0 and at < len(boundaries):
            if boundaries[at] >= last:
                packed[at, c] = ((last - first) << GAP_SHIFT) + gaps
            at += 1


def collect_gaps(facts: BucketFacts, plan: Plan, boundaries: Boundaries) -> tuple[ValueCounts, ...]:
    """For every boundary the counts of (Σ gaps, n) over customers with a gap by then."""
    packed = np.zeros((len(boundaries.days), facts.size), np.int64)
    _collect(plan.as_of, facts.customer, facts.day, facts.amount, facts.status, boundaries.days, packed)
    return tuple(ValueCounts.of(row[row > 0]) for row in packed)


def population_gaps(parts: list[tuple[ValueCounts, ...]]) -> tuple[Fraction | None, ...]:
    """g₀ at every boundary from the counts of all buckets."""
    return tuple(median_mean_gap(ValueCounts.merged(column)) for column in zip(*parts, strict=True))


_MOVE = void(
    int64, _read(int32), _read(int32), _read(int64), _read(int8), _read(int32), _read(int64), _read(int64), int64,
    int64, int64, int64, int64[:, ::1], int64[:, ::1], int64[::1],
)  # fmt: skip


@njit(_MOVE, cache=True, nogil=True)
def _activity(
    window: int, customer: Any, day: Any, amount: Any, status: Any, boundaries: Any, g_num: Any, g_den: Any, prior: int,
    k_num: int, k_den: int, as_of: int, active: Any, spend: Any, first: Any,
) -> None:  # fmt: skip
    """For every boundary and customer: active or not, money of purchases in the window; the first purchase day."""
    i, n = 0, len(customer)
    while i < n:
        c = customer[i]
        begin = i
        while i < n and customer[i] == c:
            i += 1
        low = high = begin
        start = last = -1
        gaps = total = 0
        for b in range(len(boundaries)):
            edge = boundaries[b]
            while high < i and day[high] <= edge:
                if amount[high] > 0 and day[high] <= as_of and (len(status) == 0 or status[high] == 0):
                    total += amount[high]
                    if start < 0:
                        start = day[high]
                    elif day[high] != last:
                        gaps += 1
                    last = day[high]
                high += 1
            while low < high and day[low] <= edge - window:
                if amount[low] > 0 and day[low] <= as_of and (len(status) == 0 or status[low] == 0):
                    total -= amount[low]
                low += 1
            spend[b, c] = total
            if start < 0:
                continue
            if g_den[b] == 0:
                active[b, c] = 1  # no gap known anywhere: null is not late
            else:
                weight = g_den[b] * (prior + gaps)
                whole = prior * g_num[b] + g_den[b] * (last - start)
                active[b, c] = (edge - last) * weight * k_den <= k_num * whole
        first[c] = start


_COUNT = void(int64[:, ::1], int64[:, ::1], int64[::1], int64, int64, int64[:, ::1], int64)


@njit(_COUNT, cache=True, nogil=True)
def _count_between(active: Any, spend: Any, first: Any, before: int, after: int, table: Any, at: int) -> None:
    """Movements between two boundaries; first purchase after the earlier one is marked in ``first`` as 1, else 0 or
    −1.
    """
    for c in range(active.shape[1]):
        if first[c] >= 0:
            was = before >= 0 and active[before, c] == 1
            count_movement(table, at, was, spend[before, c] if before >= 0 else 0, active[after, c] == 1, first[c] == 1)


def rhythm_movements(
    facts: BucketFacts, plan: Plan, boundaries: Boundaries, g0s: tuple[Fraction | None, ...], prior: int, k: Fraction
) -> RhythmMovements:
    """Movements of one bucket under rhythm(k)."""
    calendar, days = plan.calendar, boundaries.days
    shape = (len(days), facts.size)
    active, spend = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    first = np.full(facts.size, -1, np.int64)
    _activity(
        plan.window, facts.customer, facts.day, facts.amount, facts.status, days,
        np.array([g.numerator if g is not None else 0 for g in g0s], np.int64),
        np.array([g.denominator if g is not None else 0 for g in g0s], np.int64),
        prior, k.numerator, k.denominator, plan.as_of, active, spend, first,
    )  # fmt: skip
    empty = FoldTally.empty(calendar)
    result = RhythmMovements(empty.movement_month, empty.movement_quarter, np.zeros((1, BRIDGE_COLUMNS), np.int64))
    place = {int(d): i for i, d in enumerate(days)}

    def count(before_day: int, after_day: int, table: Int64, at: int) -> None:
        arrived = np.where(first < 0, -1, (first > before_day) & (first <= after_day)).astype(np.int64)
        arrived[first > after_day] = -1
        _count_between(active, spend, arrived, place.get(before_day, -1), place[after_day], table, at)

    for month in range(calendar.months_over):
        start, end = calendar.month_bounds(month)
        count(start - 1, end, result.month, month)
    for quarter in range(calendar.quarters_over):
        start, end = calendar.quarter_bounds(quarter)
        count(start - 1, end, result.quarter, quarter)
    count(plan.back_day, plan.as_of, result.year, 0)
    return result
