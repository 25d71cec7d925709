"""Scores of every customer, for a group of buckets at a time, as their customers share histories.

Groups follow from the number of customers alone, so that the same histories are predicted together wherever a run
happens, and the last digit does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.calendar import day_of
from regulars.engine.parameters import Parameters
from regulars.engine.probability import PurchaseFit, SpendFit, score
from regulars.engine.probability.score import Scores
from regulars.engine.probability.value import MarginPrior
from regulars.runners.keeping import Keeper, Kept

GROUP = 250_000  # customers scored at once
Columns = dict[str, NDArray[Any]]


def grouped(buckets: Sequence[int], customers: int) -> list[list[int]]:
    """Neighbouring buckets of at least GROUP customers together."""
    size = max(1, round(GROUP * len(buckets) / max(customers, 1)))
    return [list(buckets[at : at + size]) for at in range(0, len(buckets), size)]


@dataclass(frozen=True)
class Scorer:
    """Scores customers from their footing."""

    fit: PurchaseFit
    spend: SpendFit | None
    prior: MarginPrior
    as_of: int
    parameters: Parameters
    minor: int

    def columns(self, members: Sequence[Kept]) -> Columns:
        """Score columns, one row a customer with a purchase, bucket after bucket in position order."""
        footings = [kept.footing for kept in members if kept.footing is not None]
        x, last, age, value, year = (
            np.concatenate([getattr(f, name) for f in footings])
            for name in ("frequency", "recency", "age", "value", "profit_year")
        )
        if not len(x):
            return {}
        profit, amount = (
            np.concatenate([getattr(kept.state, name)[kept.state.buyer] for kept in members])
            for name in ("profit_total", "amount_total")
        )
        p = self.parameters
        scores = score(
            {"frequency": x, "recency": last, "T": age, "monetary_value": value / self.minor},
            self.fit,
            self.spend,
            as_of=day_of(self.as_of),
            level=float(p.forecast_interval),
            margin=self.prior.shrink(profit, amount),
            profit_12m=year / self.minor,
            months=p.clv_months,
            yearly_rate=float(p.discount_rate),
            risk_days=p.risk_days,
        )
        return {**scores.table(), "known": _known(scores)}


def _known(scores: Scores) -> NDArray[np.bool_]:
    return scores.known if scores.spend is not None else np.zeros(len(scores), np.bool_)


class Scoring:
    """Hands out kept states with their scores, bucket by bucket; a group is scored when its first bucket is asked for
    and forgotten with its last.
    """

    def __init__(self, scorer: Scorer, groups: Sequence[Sequence[int]], keeper: Keeper) -> None:
        self._scorer, self._keeper = scorer, keeper
        self._groups = {bucket: tuple(group) for group in groups for bucket in group}
        self._ready: dict[int, tuple[Kept, Columns]] = {}
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return Scoring, (self._scorer, sorted(set(self._groups.values())), self._keeper)

    def take(self, bucket: int) -> tuple[Kept, Columns]:
        """State of a bucket and score columns of its customers with a purchase; no columns where there are none."""
        with self._lock:
            if bucket not in self._ready:
                self._ready |= self._scored(self._groups[bucket])
            return self._ready.pop(bucket)

    def _scored(self, group: Sequence[int]) -> dict[int, tuple[Kept, Columns]]:
        members = [self._keeper.take(bucket) for bucket in group]
        return dict(zip(group, zip(members, _shares(self._scorer.columns(members), members), strict=True), strict=True))


def _shares(columns: Columns, members: Sequence[Kept]) -> Iterator[Columns]:
    """The rows of each bucket."""
    begin = 0
    for kept in members:
        end = begin + (len(kept.footing) if kept.footing is not None else 0)
        yield {name: values[begin:end] for name, values in columns.items()} if end > begin else {}
        begin = end
