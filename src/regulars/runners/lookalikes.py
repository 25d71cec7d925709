"""New customers and the old ones they resemble, by name, with what became of those (definitions, section 5).

Compared is what was known on the first purchase day: its value, the number of purchases, channel and region. What
became of an old customer is the money of the 365 days after that day, times the population's margin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.engine.calendar import day_of
from regulars.engine.probability.lookalikes import (
    LookAlikes,
    Traits,
    Youth,
    backtest_look_alikes,
    find_look_alikes,
    youth,
)
from regulars.errors import ModelError
from regulars.runners.footing import Watched
from regulars.runners.forecast_figures import money_accuracy
from regulars.runners.lake_source import LakeSource
from regulars.runners.population import Population

NEW_DAYS = 60
NEW_SHOWN = 20
MATCHES_SHOWN = 3
STILL_ACTIVE_DAYS = 365


@dataclass(frozen=True)
class _Crowd:
    """Customers of the buckets the backtest sees, in order of id: one entry a customer."""

    ids: NDArray[Any]
    names: list[str | None]
    young: Youth
    traits: Traits
    purchase_days: NDArray[np.int64]
    last_day: NDArray[np.int64]


def look_alikes(source: LakeSource, run: Population) -> dict[str, Any] | None:
    """The new customers with the largest first purchase and their nearest old ones; None where there is too little."""
    if run.forecast is None:
        return None
    crowd = _crowd(source, run.forecast.sample, run.plan.as_of)
    as_of, margin = run.plan.as_of, run.forecast.margin / run.minor
    old = np.flatnonzero(crowd.young.grown_up(as_of))
    recent = np.flatnonzero(crowd.young.first_day > as_of - NEW_DAYS)
    new = recent[np.argsort(-crowd.young.first_value[recent], kind="stable")][:NEW_SHOWN]
    if not len(new):
        return None
    try:
        found = find_look_alikes(crowd.traits.take(new), crowd.traits.take(old), crowd.young.later[old])
    except ModelError:  # too few old customers to look like anybody
        return None
    return {
        "backtest": _proof(crowd, as_of, run.minor),
        "rows": [_row(crowd, int(c), i, found, old, margin, run) for i, c in enumerate(new)],
    }


def _proof(crowd: _Crowd, as_of: int, minor: int) -> dict[str, Any] | None:
    """How well such matches foretold value; None while the data are too young to know."""
    try:
        proof = backtest_look_alikes(crowd.young, crowd.traits, as_of)
    except ModelError:
        return None
    return {
        "customers": proof.look_alikes.n,
        "old": proof.old,
        "useful": proof.useful,
        "model": money_accuracy(proof.look_alikes, minor),
        "average": money_accuracy(proof.average, minor),
    }


def _crowd(source: LakeSource, sample: Sequence[Watched], as_of: int) -> _Crowd:
    parts = [youth(one.rows, as_of) for one in sample]
    ids, names, regions = [], [], []
    for one, young in zip(sample, parts, strict=True):
        told = source.snapshot.attributes(one.bucket).take(pa.array(young.customer))
        ids += told.column("customer_id").to_pylist()
        names += told.column("name").to_pylist()
        regions += told.column("region").to_pylist()
    order = np.argsort(np.array(ids, dtype=object), kind="stable")
    channel = np.concatenate([one.first_channel for one in sample]).astype(np.int64)
    days = np.concatenate([one.frequency for one in sample]).astype(np.int64) + 1
    last = np.concatenate([one.last_day for one in sample]).astype(np.int64)
    young = _in_order(parts, order)
    kinds = np.stack([channel[order], _codes(regions)[order]], axis=1)
    return _Crowd(
        np.array(ids, dtype=object)[order], [names[i] for i in order], young, Traits(young.numbers(), kinds),
        days[order], last[order],
    )  # fmt: skip


def _in_order(parts: Sequence[Youth], order: NDArray[np.int64]) -> Youth:
    columns = ("customer", "first_day", "days", "value", "first_value", "later")
    joined = {name: np.concatenate([getattr(p, name) for p in parts])[order] for name in columns}
    return Youth(**joined, age=parts[0].age, horizon=parts[0].horizon)


def _codes(texts: Sequence[str | None]) -> NDArray[np.int64]:
    """Ranks by name, −1 where nothing is told."""
    rank = {text: i for i, text in enumerate(sorted({t for t in texts if t is not None}))}
    return np.array([rank[t] if t is not None else -1 for t in texts], np.int64)


def _row(
    crowd: _Crowd, c: int, i: int, found: LookAlikes, old: NDArray[np.int64], margin: float, run: Population
) -> dict[str, Any]:
    near = found.neighbours[i, :MATCHES_SHOWN]
    return {
        "customer_id": crowd.ids[c],
        "name": crowd.names[c],
        "first_day": day_of(int(crowd.young.first_day[c])).isoformat(),
        "first_amount": float(crowd.young.first_value[c]) / run.minor,
        "foretold_12m": float(found.mean[i]) * margin,
        "foretold_low": float(found.lower[i]) * margin,
        "foretold_high": float(found.upper[i]) * margin,
        "matches": [
            {
                "customer_id": crowd.ids[o],
                "name": crowd.names[o],
                "similarity": 1 / (1 + float(distance)),
                "profit_12m": float(crowd.young.later[o]) * margin,
                "purchase_days": int(crowd.purchase_days[o]),
                "still_active": bool(crowd.last_day[o] > run.plan.as_of - STILL_ACTIVE_DAYS),
            }
            for o, distance in zip(old[near], found.distance[i, :MATCHES_SHOWN], strict=True)
        ],
    }
