"""Referral: new customers who were recommended, against the others (definitions, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine import kernels as k
from regulars.engine.fold import Plan, fold_bucket
from regulars.engine.retention import ratio
from regulars.runners.buckets import BucketMap
from regulars.runners.lake_source import LakeSource
from regulars.runners.population import Population

OTHERS, REFERRED = range(2)
CUSTOMERS, PROFIT, BASE, HITS = range(4)


@dataclass(frozen=True)
class ReferralStep:
    """Counts of one bucket: int64[2, 4], others and referred by customers, profit, base and hits."""

    source: LakeSource
    plan: Plan

    def __call__(self, bucket: int) -> NDArray[np.int64]:
        plan, sums = self.plan, np.zeros((2, 4), np.int64)
        state, _tally = fold_bucket(self.source.facts(bucket), plan)
        new = state.buyer & (state.first > plan.as_of - plan.window)
        referred = self.source.referred(bucket)
        base = new & (plan.as_of - state.first.astype(np.int64) >= plan.second_days)
        second = state.second.astype(np.int64) - state.first
        hits = base & (state.second != k.NEVER) & (second <= plan.second_days)
        for group, members in ((REFERRED, referred), (OTHERS, ~referred)):
            sums[group] = [
                (new & members).sum(), state.profit_window[new & members].sum(), (base & members).sum(),
                (hits & members).sum(),
            ]  # fmt: skip
        return sums


def _added(parts: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.add.reduce(list(parts))


def referral(source: LakeSource, run: Population, map: BucketMap) -> dict[str, Any] | None:
    """Share of new customers (first purchase in the window) with a referrer, value and second purchases of both groups.

    None when the data name no referrer of anybody. Value is the profit in the window per customer.
    """
    if not source.names_referrers:
        return None
    sums = map.merged("referral", ReferralStep(source, run.plan), _added, source.buckets)
    everybody = int(sums[:, CUSTOMERS].sum())
    if not sums[REFERRED, CUSTOMERS]:
        return None
    values = [int(s[PROFIT]) / run.minor / int(s[CUSTOMERS]) if s[CUSTOMERS] else None for s in sums]
    rates = [ratio(int(s[HITS]), int(s[BASE])) for s in sums]
    return {
        "new_customers": everybody,
        "referred": int(sums[REFERRED, CUSTOMERS]),
        "share": ratio(int(sums[REFERRED, CUSTOMERS]), everybody),
        "referred_value": values[REFERRED],
        "other_value": values[OTHERS],
        "referred_second_purchase_rate": rates[REFERRED],
        "referred_second_purchase_base": int(sums[REFERRED, BASE]),
        "other_second_purchase_rate": rates[OTHERS],
        "other_second_purchase_base": int(sums[OTHERS, BASE]),
    }
