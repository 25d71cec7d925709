"""Tracks: where every customer stood at past month ends, as bits, so that a bar of a past period can be opened.

A movement of a period is a test of bits: active at D0 and not at D1 is *lost*, and so on (definitions, section 2); a
cell of the cohorts is the month of the first purchase and one bit of the months with a purchase. The same arithmetic as
the tallies of the fold, so that the number of customers with the bits is the number on the bar.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numba import int16, int32, int64, njit, types, void
from numpy.typing import NDArray

from regulars.engine.assign import map_cells, migration_places
from regulars.engine.calendar import Calendar
from regulars.engine.fold import BucketState, Plan
from regulars.engine.parameters import Parameters
from regulars.engine.population import Thresholds

Int64 = NDArray[np.int64]
MONTHS = 62  # bits of one integer column, the sign left out
YEAR_BACK, YEAR_NOW = 1, 2


@dataclass(frozen=True)
class ActivityRule:
    """How activity is judged at the boundaries of a run: ``window(days)``, or ``rhythm`` with the g₀ of every boundary
    (None where no gap was known by then: null is not late).
    """

    days: int
    prior: int = 0
    factor: Fraction = Fraction(0)
    g0s: dict[int, Fraction | None] | None = None

    def vectors(self, days: NDArray[np.int32]) -> tuple[Int64, Int64]:
        """Numerators and denominators of g₀ at ``days``; a denominator of 0 for none, −1 where the window rules."""
        if self.g0s is None:
            return np.zeros(len(days), np.int64), np.full(len(days), -1, np.int64)
        found = [self.g0s[int(day)] for day in days]
        numerators = np.array([0 if g is None else g.numerator for g in found], np.int64)
        return numerators, np.array([0 if g is None else g.denominator for g in found], np.int64)


@dataclass(frozen=True)
class Tracks:
    """Of the customers of one bucket, by position. Bit i of ``active`` (int64): active at the end of the i-th last
    month that is over. Bit i of ``bought``: a purchase in the month i before that of the as-of day. ``year``: bit 0
    active at the plan's back day, bit 1 at the as-of day. ``place_before`` and ``place_now`` (int8, index into
    quadrants.PLACES, −1 where nothing is known): quadrants by the cuts of the back day. ``cell`` (int16): x · 25 + y
    of the quadrant map, −1 without a purchase in the window.
    """

    active: Int64
    bought: Int64
    year: NDArray[np.int8]
    place_before: NDArray[np.int8]
    place_now: NDArray[np.int8]
    cell: NDArray[np.int16]


def track_bucket(
    state: BucketState, limits: Thresholds, plan: Plan, months: ActivityRule, year: ActivityRule
) -> Tracks:
    """Tracks of one bucket; ``months`` judges the month ends, ``year`` the two days of the year's bridge."""
    calendar = plan.calendar
    over = plan.over[-MONTHS:].astype(np.int32)
    ends = calendar.month_ends[-MONTHS:].astype(np.int32)
    sides = np.array([plan.back_day, plan.as_of], np.int32)
    active, bought = np.zeros(state.size, np.int64), np.zeros(state.size, np.int64)
    of_year, unused = np.zeros(state.size, np.int64), np.zeros(state.size, np.int64)
    starts = state.gap_starts()
    history = (np.ascontiguousarray(state.first), np.ascontiguousarray(state.purchase_days), state.gaps, starts)
    opens = calendar.month_bounds(calendar.months - len(ends))[0]
    _bits(*history, over, *_rule(months, over, opens), ends, active, bought)
    _bits(*history, sides, *_rule(year, sides, opens), sides[:0], of_year, unused)
    before, now = migration_places(state, limits, plan)
    # The bit of the later day is the lower one: turn the two around into the names of the class.
    years = ((of_year >> 1) & 1) * YEAR_BACK + (of_year & 1) * YEAR_NOW
    cell = map_cells(state, limits).astype(np.int16)
    return Tracks(active, bought, years.astype(np.int8), before.astype(np.int8), now.astype(np.int8), cell)


def rules(
    plan: Plan, parameters: Parameters, g0s: dict[int, Fraction | None] | None, bridge_observed: bool
) -> tuple[ActivityRule, ActivityRule]:
    """The rules that lead months and the year: rhythm where it is the policy or the window cannot be observed yet."""
    window = ActivityRule(plan.active_days)
    if g0s is None:
        return window, window
    by_rhythm = ActivityRule(plan.active_days, parameters.gap_prior, Fraction(parameters.activity_k), g0s)
    leads = parameters.policy.kind == "rhythm" or not plan.observable
    return (by_rhythm if leads else window), (by_rhythm if leads or not bridge_observed else window)


def month_of_bit(calendar: Calendar, bit: int) -> str:
    """The month (2026-03) whose end bit ``bit`` of ``active`` belongs to."""
    return calendar.month_label(calendar.months_over - 1 - bit)


def _rule(rule: ActivityRule, days: NDArray[np.int32], opens: int) -> tuple[Int64, Int64, Int64]:
    numerators, denominators = rule.vectors(days)
    factor = rule.factor
    made = [rule.days, rule.prior, factor.numerator, factor.denominator, opens]
    return numerators, denominators, np.array(made, np.int64)


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_BITS = void(
    _read(int32), _read(int32), _read(int16), _read(int64), _read(int32),
    _read(int64), _read(int64), _read(int64), _read(int32), int64[::1], int64[::1],
)  # fmt: skip


@njit(_BITS, cache=True, nogil=True)
def _bits(
    first: Any, purchase_days: Any, gaps: Any, starts: Any, edges: Any, g_num: Any, g_den: Any, rule: Any, ends: Any,
    active: Any, bought: Any,
) -> None:  # fmt: skip
    """One pass over the purchase days of every customer, which its first day and its gaps give back."""
    window, prior, k_num, k_den = rule[0], rule[1], rule[2], rule[3]
    n_edges, n_ends = len(edges), len(ends)
    for c in range(len(first)):
        days = purchase_days[c]
        if days == 0:
            continue
        day = first[c]
        at = starts[c]
        seen = 0
        last = -1
        edge = month = 0
        bits = months = 0
        while True:
            # every boundary before this purchase is judged by what was known at it
            while edge < n_edges and (seen == days or edges[edge] < day):
                if last >= 0:
                    silent = edges[edge] - last
                    if g_den[edge] < 0:
                        on = silent < window
                    elif g_den[edge] == 0:
                        on = True
                    else:
                        weight = g_den[edge] * (prior + seen - 1)
                        on = silent * weight * k_den <= k_num * (prior * g_num[edge] + g_den[edge] * (last - first[c]))
                    if on:
                        bits |= 1 << (n_edges - 1 - edge)
                edge += 1
            if seen == days:
                break
            while month < n_ends and ends[month] < day:
                month += 1
            if month < n_ends and day >= rule[4]:
                months |= 1 << (n_ends - 1 - month)
            last = day
            seen += 1
            if seen < days:
                day += gaps[at]
                at += 1
        active[c] = bits
        bought[c] = months
