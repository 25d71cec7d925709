"""The customers to contact: late by their own rhythm and worth it, the most profit in the window first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

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

    @property
    def order(self) -> tuple[Any, ...]:
        return (-self.profit, -self.lateness, self.customer_id)


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
    bucket: int, ids: pa.Array, state: BucketState, given: Assignment, plan: Plan, limit: int
) -> list[Contact]:
    """The bucket's best ``limit`` late customers with profit in the window."""
    late = np.flatnonzero((given.rhythm.state >= SLIPPING) & given.buyer & (state.profit_window > 0))
    if not limit or not len(late):
        return []
    best = late[np.argsort(-state.profit_window[late], kind="stable")]
    if len(best) > limit:  # ties at the edge stay in: the merge decides by lateness and id
        best = best[: int((state.profit_window[best] >= state.profit_window[best[limit - 1]]).sum())]
    starts = state.gap_starts()
    return [_contact(bucket, int(c), ids, state, given, plan, starts) for c in best]


def _contact(
    bucket: int, c: int, ids: pa.Array, state: BucketState, given: Assignment, plan: Plan, starts: Any
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
    )
