"""RFM scores and the eight groups (definitions, section 3), over all customers with a purchase up to the as-of day.

Score = 1 + ⌊5 × share of customers strictly worse⌋, so ties share a score and the worst get 1. A letter of the group
is H when the customer is at least as good as the mean of the population (the raw means, compared exactly).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from regulars.engine.counts import ValueCounts

Codes = NDArray[np.int8]
GROUPS = ("LLL", "LLH", "LHL", "LHH", "HLL", "HLH", "HHL", "HHH")


@dataclass(frozen=True)
class Scale:
    """One of R, F, M over the population: cuts of the scores 2 … and the exact mean; more is better."""

    cuts: tuple[int, ...]
    mean: Fraction | None

    @property
    def high_from(self) -> int:
        return 0 if self.mean is None else -(-self.mean.numerator // self.mean.denominator)

    def scores(self, values: NDArray[np.integer]) -> Codes:
        return (1 + np.searchsorted(np.array(self.cuts, np.int64), values, side="right")).astype(np.int8)

    def high(self, values: NDArray[np.integer]) -> NDArray[np.bool_]:
        return values >= self.high_from


def scale(values: ValueCounts, steps: int, fixed: tuple[int, ...] | None = None) -> Scale:
    """The scale of one measure; ``fixed`` least values of the scores 2 … replace the shares."""
    mean = Fraction(values.sum, values.total) if values.total else None
    cuts = fixed if fixed is not None else values.share_cuts(Fraction(s, steps) for s in range(1, steps))
    return Scale(cuts, mean)


@dataclass(frozen=True)
class RfmScales:
    recency: Scale  # of the negated days since the last purchase
    frequency: Scale
    money: Scale


def group_codes(
    scales: RfmScales, recency: NDArray[np.integer], frequency: NDArray[np.integer], money: NDArray[np.integer]
) -> Codes:
    """Index into GROUPS; ``recency`` negated."""
    high = (scales.recency.high(recency), scales.frequency.high(frequency), scales.money.high(money))
    return (4 * high[0] + 2 * high[1] + high[2]).astype(np.int8)
