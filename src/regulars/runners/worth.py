"""Who holds the predicted value: sums over scored customers, bucket by bucket. Money in units of currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.assign import Assignment
from regulars.engine.classes import ABC
from regulars.engine.fold import BucketState, Plan
from regulars.engine.rhythm import STATES

Float64 = NDArray[np.float64]
CUSTOMERS, AT_RISK, CLV = range(3)
RECENCY_EDGES = (0, 30, 60, 90, 180, 365)
FREQUENCY_EDGES = (1, 2, 3, 4, 6, 10)


@dataclass(frozen=True)
class WorthTally:
    """``by_abc`` float64[3, 3] and ``by_rhythm`` float64[5, 3]: customers, value at risk, CLV. ``alive`` float64[6,
    6, 2] by recency and purchase days: customers, Σ P(alive). ``clv`` and ``profit`` of the customers with a value,
    for the concentration. ``notes``: customers by code of clv_note. ``expected_90``: Σ expected purchase days."""

    by_abc: Float64
    by_rhythm: Float64
    alive: Float64
    clv: Float64
    profit: Float64
    notes: NDArray[np.int64]
    expected_90: float

    @classmethod
    def merged(cls, parts: Sequence[WorthTally]) -> WorthTally:
        return cls(
            np.add.reduce([p.by_abc for p in parts]), np.add.reduce([p.by_rhythm for p in parts]),
            np.add.reduce([p.alive for p in parts]),
            np.concatenate([p.clv for p in parts]), np.concatenate([p.profit for p in parts]),
            np.add.reduce([p.notes for p in parts]), float(sum(p.expected_90 for p in parts)),
        )  # fmt: skip


def worth_of_bucket(
    scores: Mapping[str, NDArray[Any]], state: BucketState, given: Assignment, plan: Plan, minor: int
) -> WorthTally:
    """Sums of one bucket; ``scores`` has one row a customer with a purchase, in position order."""
    who = np.flatnonzero(given.buyer)
    known = scores["known"]
    clv = np.where(known, scores.get("clv_12m", 0.0), 0.0)
    risk = np.where(known, scores.get("value_at_risk", 0.0), 0.0)
    money = np.stack([known.astype(np.float64), risk, clv], axis=1)
    recency = np.searchsorted(RECENCY_EDGES, plan.as_of - state.last[who], side="right") - 1
    frequency = np.searchsorted(FREQUENCY_EDGES, state.purchase_days[who], side="right") - 1
    alive = np.zeros((len(RECENCY_EDGES), len(FREQUENCY_EDGES), 2))
    cell = recency * len(FREQUENCY_EDGES) + frequency
    alive[..., 0] = np.bincount(cell, minlength=alive[..., 0].size).reshape(alive.shape[:2])
    alive[..., 1] = np.bincount(cell, scores["p_alive"], alive[..., 1].size).reshape(alive.shape[:2])
    return WorthTally(
        _sum_by(given.abc[who], money, len(ABC)),
        _sum_by(given.rhythm.state[who], money, len(STATES)),
        alive,
        clv[known],
        state.profit_window[who][known] / minor,
        np.bincount(scores["clv_note"], minlength=4) if "clv_note" in scores else np.zeros(4, np.int64),
        float(scores["expected_purchases_90"].sum()),
    )


def _sum_by(codes: NDArray[np.int8], money: Float64, classes: int) -> Float64:
    total = np.zeros((classes, 3))
    chosen = codes >= 0
    np.add.at(total, codes[chosen], money[chosen])
    return total
