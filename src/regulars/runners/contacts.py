"""The customers to contact: late by their own rhythm and worth it, the most at stake first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.engine.assign import SLIPPING, Assignment
from regulars.engine.classes import ABC
from regulars.engine.fold import BucketState, Plan
from regulars.engine.rhythm import STATES


@dataclass(frozen=True)
class Contact:
    """One late customer; days as numbers, money in minor units; ``purchases`` are days before the as-of day."""

    bucket: int
    position: int
    customer_id: str
    abc: str
    rhythm: str
    typical_gap: float
    lateness: float
    percentile: float
    last: int
    next_to: int
    profit: int
    amount: int
    orders: int
    purchases: tuple[int, ...]
    stake: float
    p_alive: float | None = None
    clv: float | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        return (-self.stake, -self.lateness, self.customer_id)


@dataclass(frozen=True)
class ContactList:
    limit: int
    rows: tuple[Contact, ...]

    @classmethod
    def empty(cls, limit: int) -> ContactList:
        return cls(limit, ())

    def merged(self, more: list[Contact]) -> ContactList:
        return ContactList(self.limit, tuple(sorted([*self.rows, *more], key=lambda c: c.order)[: self.limit]))


def contact_rows(
    bucket: int,
    ids: pa.Array,
    state: BucketState,
    given: Assignment,
    plan: Plan,
    limit: int,
    scores: Mapping[str, NDArray[Any]] | None = None,
) -> list[Contact]:
    """The best ``limit`` late customers: by value at risk where there are ``scores``, else by window profit."""
    stake = state.profit_window.astype(np.float64)
    row = np.cumsum(given.buyer) - 1  # scores have a row a buyer
    if scores is not None:
        at_risk = np.where(scores["known"], scores.get("value_at_risk", 0.0), 0.0)
        stake = np.where(given.buyer, at_risk[np.maximum(row, 0)] if len(at_risk) else 0.0, 0.0)
    late = np.flatnonzero((given.rhythm.state >= SLIPPING) & given.buyer & (stake > 0))
    if not limit or not len(late):
        return []
    best = late[np.argsort(-stake[late], kind="stable")]
    if len(best) > limit:  # ties at the edge stay in: the merge decides by lateness and id
        best = best[: int((stake[best] >= stake[best[limit - 1]]).sum())]
    starts = state.gap_starts()
    rows = [_contact(bucket, int(c), ids, state, given, plan, starts, float(stake[c])) for c in best]
    if scores is None:
        return rows
    return [
        replace(
            one, p_alive=float(scores["p_alive"][row[one.position]]), clv=float(scores["clv_12m"][row[one.position]])
        )
        for one in rows
    ]


def _contact(
    bucket: int, c: int, ids: pa.Array, state: BucketState, given: Assignment, plan: Plan, starts: Any, stake: float
) -> Contact:
    gaps = state.gaps[starts[c] : starts[c + 1]].astype(np.int64)
    days = int(state.first[c]) + np.concatenate([[0], np.cumsum(gaps)])
    rhythm = given.rhythm
    return Contact(
        bucket=bucket,
        position=c,
        customer_id=ids[c].as_py(),
        abc=ABC[given.abc[c]],
        rhythm=STATES[rhythm.state[c]],
        typical_gap=float(rhythm.typical_gap[c]),
        lateness=float(rhythm.lateness[c]),
        percentile=float(rhythm.percentile[c]),
        last=int(state.last[c]),
        next_to=int(rhythm.next_to[c]),
        profit=int(state.profit_window[c]),
        amount=int(state.amount_window[c]),
        orders=int(state.orders_window[c]),
        purchases=tuple(int(d) for d in plan.as_of - days[days > plan.as_of - 365]),
        stake=stake,
    )
