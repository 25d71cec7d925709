"""Separate fits for groups of customers (first channel, cohort year, kind), taken only where they win out of sample.

The customers of every group are split in halves; each half is judged under parameters fitted to the other half of its
own group, and under parameters fitted to the other half of all. The groups win when they gain more than one nat for
each of the four parameters that each of them spends: less can be luck. Groups whose halves have fewer than
FEW_REPEATS repeaters keep the common parameters either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability.choice import split_halves
from regulars.engine.probability.collapse import Histories, merge
from regulars.engine.probability.models import fit_model, log_likelihood
from regulars.engine.probability.results import FEW_REPEATS, PurchaseFit, PurchaseModel, TimeUnit
from regulars.engine.probability.summaries import SummaryColumns

PARAMETERS: Final = 4


@dataclass(frozen=True)
class GroupedFit:
    """``pooled`` for all, ``groups`` by code for those with enough repeaters; ``gain`` nats per customer out of sample.

    ``separate`` says whether the groups won; ``fit_of`` gives the fit to use for a code.
    """

    pooled: PurchaseFit
    groups: Mapping[int, PurchaseFit]
    gain: float

    @property
    def separate(self) -> bool:
        return bool(self.groups) and self.gain * self.pooled.n > PARAMETERS * len(self.groups)

    def fit_of(self, code: int) -> PurchaseFit:
        return self.groups.get(code, self.pooled) if self.separate else self.pooled


def fit_groups(
    columns: SummaryColumns,
    group: NDArray[np.generic],
    model: PurchaseModel,
    *,
    k: int | None = None,
    time_unit: TimeUnit = "day",
) -> GroupedFit:
    """Fits of ``model`` to all customers and to each group; ``group`` integer codes (n,)."""
    codes = np.asarray(group, dtype=np.int64)
    parts = {int(code): _members(columns, codes == code) for code in np.unique(codes)}
    pooled = fit_model(model, columns.histories(), k=k, time_unit=time_unit)
    halves = {code: split_halves(part) for code, part in parts.items()}
    gain = 0.0
    for side in (0, 1):
        common = fit_model(model, merge([pair[side] for pair in halves.values()]), k=pooled.k, time_unit=time_unit)
        for pair in halves.values():
            if min(pair[0].repeaters, pair[1].repeaters) < FEW_REPEATS:
                continue
            own = fit_model(model, pair[side], k=pooled.k, time_unit=time_unit)
            gain += log_likelihood(own, pair[1 - side]) - log_likelihood(common, pair[1 - side])
    fits = {
        code: fit_model(model, part, k=pooled.k, time_unit=time_unit)
        for code, part in parts.items()
        if min(half.repeaters for half in halves[code]) >= FEW_REPEATS
    }
    return GroupedFit(pooled, fits if len(parts) > 1 else {}, gain / pooled.n)


def _members(columns: SummaryColumns, chosen: NDArray[np.bool_]) -> Histories:
    return SummaryColumns(columns.frequency[chosen], columns.recency[chosen], columns.age[chosen]).histories()
