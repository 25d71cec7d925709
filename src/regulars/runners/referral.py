"""Referral: new customers who were recommended, against the others (definitions, section 5)."""

from __future__ import annotations

from typing import Any

import numpy as np

from regulars.engine import kernels as k
from regulars.engine.fold import fold_bucket
from regulars.engine.retention import ratio
from regulars.runners.lake_source import LakeSource
from regulars.runners.local import Population

OTHERS, REFERRED = range(2)
CUSTOMERS, PROFIT, BASE, HITS = range(4)


def referral(source: LakeSource, run: Population) -> dict[str, Any] | None:
    """Share of new customers (first purchase in the window) with a referrer, value and second purchases of both groups.

    None when the data name no referrer of anybody. Value is the profit in the window per customer.
    """
    if not source.names_referrers:
        return None
    sums = np.zeros((2, 4), np.int64)
    for bucket in source.buckets:
        state, _tally = fold_bucket(source.facts(bucket), run.plan)
        new = state.buyer & (state.first > run.plan.as_of - run.plan.window)
        referred = source.referred(bucket)
        base = new & (run.plan.as_of - state.first.astype(np.int64) >= run.plan.second_days)
        second = state.second.astype(np.int64) - state.first
        hits = base & (state.second != k.NEVER) & (second <= run.plan.second_days)
        for group, members in ((REFERRED, referred), (OTHERS, ~referred)):
            sums[group] += [
                (new & members).sum(), state.profit_window[new & members].sum(), (base & members).sum(),
                (hits & members).sum(),
            ]  # fmt: skip
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
