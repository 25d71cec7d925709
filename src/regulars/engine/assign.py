"""Assign: every customer's classes from the thresholds, and the sums of each class. The last step of every run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import int32, int64, njit, types, void
from numpy.typing import NDArray

from regulars.engine.classes import ABC, LEVELS, abc_codes, level_codes
from regulars.engine.fold import BucketState, Plan, added
from regulars.engine.lifecycle import STAGES, STEPS, stage_codes, step_codes
from regulars.engine.parameters import Parameters
from regulars.engine.population import X_BINS, Y_BINS, Thresholds
from regulars.engine.quadrants import NOT_YET, PLACES, QUADRANTS, quadrant_codes
from regulars.engine.rfm import GROUPS, group_codes
from regulars.engine.rhythm import STATES, Rhythm, measure

Int64 = NDArray[np.int64]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]
SLIPPING = STATES.index("slipping")
POINTS_SHOWN = 2000  # up to so many buyers the quadrant map draws single customers


@dataclass(frozen=True)
class Assignment:
    """Codes of every customer position of a bucket; ``buyer`` says which are rows of the customers table."""

    buyer: Flags
    active: Flags
    abc: Codes
    frequency: Codes
    amount: Codes
    r: Codes
    f: Codes
    m: Codes
    group: Codes
    quadrant: Codes
    stage: Codes
    step: Codes
    rhythm: Rhythm


@dataclass(frozen=True)
class AssignTally:
    """Sums by class: name → int64[classes, 3] of customers, amount and profit in the window (minor units)."""

    sums: Mapping[str, Int64]
    active: int

    @classmethod
    def merged(cls, parts: Iterable[AssignTally]) -> AssignTally:
        parts = list(parts)
        sums = {name: added([p.sums[name] for p in parts]) for name in parts[0].sums}
        return cls(sums, sum(p.active for p in parts))


def assign_bucket(state: BucketState, limits: Thresholds, plan: Plan, parameters: Parameters) -> Assignment:
    """Every class of every customer of the bucket."""
    as_of = plan.as_of
    buyer = state.buyer
    bought = state.orders_window > 0
    rhythm = measure(state, limits.rhythm, as_of, parameters.rhythm_cuts, parameters.late_percentile)
    active = _active(state, rhythm, limits, as_of, parameters)
    recency = state.last.astype(np.int64) - as_of
    base = state.profit_window if parameters.abc_base == "profit" else state.amount_window
    declining = (rhythm.late == 1) | (state.falling == 1)
    return Assignment(
        buyer=buyer,
        active=active,
        abc=abc_codes(base, limits.classes.abc),
        frequency=level_codes(state.orders_window, bought, limits.classes.frequency),
        amount=level_codes(state.amount_window, bought, limits.classes.amount),
        r=limits.rfm.recency.scores(recency),
        f=limits.rfm.frequency.scores(state.orders_window),
        m=limits.rfm.money.scores(state.amount_window),
        group=group_codes(limits.rfm, recency, state.orders_window, state.amount_window),
        quadrant=quadrant_codes(state.orders_window, state.spend_window, limits.quadrants),
        stage=stage_codes(state.purchase_days, active, declining, parameters.growth_max_days),
        step=step_codes(state.purchase_days, active, parameters.loyal_min_days),
        rhythm=rhythm,
    )


def _active(state: BucketState, rhythm: Rhythm, limits: Thresholds, as_of: int, parameters: Parameters) -> Flags:
    if parameters.policy.kind == "window":
        return state.buyer & (state.last > as_of - parameters.activity_days)
    g0 = limits.rhythm.g0
    if g0 is None:
        return state.buyer  # null is not late
    weight = g0.denominator * (limits.rhythm.prior + state.purchase_days.astype(np.int64) - 1)
    whole = limits.rhythm.prior * g0.numerator + g0.denominator * (state.last.astype(np.int64) - state.first)
    factor = parameters.activity_k
    days = as_of - state.last.astype(np.int64)
    return state.buyer & (days * weight * factor.denominator <= factor.numerator * whole)


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


@njit(void(_read(int32), _read(int64), _read(int64), int64[:, ::1]), cache=True, nogil=True)
def _add_by_code(codes: Any, amount: Any, profit: Any, total: Any) -> None:
    for i in range(len(codes)):
        if codes[i] >= 0:
            row = total[codes[i]]
            row[0] += 1
            row[1] += amount[i]
            row[2] += profit[i]


def tally_bucket(
    state: BucketState, given: Assignment, limits: Thresholds, plan: Plan, parameters: Parameters
) -> AssignTally:
    """Class sums of one bucket over the customers with a purchase up to the as-of day."""
    steps = parameters.rfm_scores
    late = (given.rhythm.state >= SLIPPING) & (given.abc == 0)
    coded: dict[str, tuple[NDArray[Any], int]] = {
        "abc": (given.abc, len(ABC)),
        "frequency_class": (given.frequency, len(LEVELS)),
        "amount_class": (given.amount, len(LEVELS)),
        "rfm_group": (given.group, len(GROUPS)),
        "quadrant": (given.quadrant, len(QUADRANTS)),
        "lifecycle": (given.stage, len(STAGES)),
        "lifecycle_b": (given.step, len(STEPS)),
        "rhythm": (given.rhythm.state, len(STATES)),
        "rfm_grid": ((given.r - 1).astype(np.int32) * steps + given.f - 1, steps * steps),
        "lifecycle_flow": (given.stage.astype(np.int32) * len(STEPS) + given.step, len(STAGES) * len(STEPS)),
        "migration": (_migration(state, limits, plan), len(PLACES) * len(QUADRANTS)),
        "quadrant_map": (map_cells(state, limits), X_BINS * Y_BINS),
        "late_valuable": (np.where(late, 0, -1), 1),
        "late": (np.where((given.rhythm.state >= SLIPPING) & (state.profit_window > 0), 0, -1), 1),
        "all": (np.zeros(state.size, np.int32), 1),
        "window": (np.where(state.orders_window > 0, 0, -1), 1),
    }
    amount = np.ascontiguousarray(state.amount_window)
    profit = np.ascontiguousarray(state.profit_window)
    sums = {}
    for name, (codes, n) in coded.items():
        sums[name] = np.zeros((n, 3), np.int64)
        _add_by_code(np.where(given.buyer, codes, -1).astype(np.int32), amount, profit, sums[name])
    return AssignTally(sums, int(given.active.sum()))


def _migration(state: BucketState, limits: Thresholds, plan: Plan) -> NDArray[np.int32]:
    """Place at the plan's back day × place at the as-of day; −1 without cuts."""
    before, after = migration_places(state, limits, plan)
    return np.where(before < 0, -1, before * len(QUADRANTS) + after).astype(np.int32)


def migration_places(state: BucketState, limits: Thresholds, plan: Plan) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Index into PLACES at the plan's back day and at the as-of day, both by the cuts of the back day; −1 without."""
    cuts = limits.quadrants_back
    if not cuts.known:
        nowhere = np.full(state.size, -1, np.int32)
        return nowhere, nowhere
    before = quadrant_codes(state.back_orders, state.back_spend, cuts).astype(np.int32)
    before = np.where(state.first > plan.back_day, NOT_YET, before).astype(np.int32)
    return before, quadrant_codes(state.orders_window, state.spend_window, cuts).astype(np.int32)


def map_cells(state: BucketState, limits: Thresholds) -> NDArray[np.int32]:
    """Cell x · Y_BINS + y of the quadrant map; −1 without a purchase in the window."""
    edges = limits.map_edges
    if edges is None:
        return np.full(state.size, -1, np.int32)
    bought = state.orders_window > 0
    mean = state.spend_window / np.maximum(state.orders_window, 1)
    x = np.clip(np.searchsorted(edges.x, state.orders_window, side="right") - 1, 0, X_BINS - 1)
    y = np.clip(np.searchsorted(edges.y, mean, side="right") - 1, 0, Y_BINS - 1)
    return np.where(bought, x * Y_BINS + y, -1).astype(np.int32)
