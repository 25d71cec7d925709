"""Purchase rhythm: typical gap, lateness, next purchase window (definitions, section 6).

Typical gap of a customer with n completed gaps of Σ days:  (κ·g₀ + Σ) ÷ (κ + n), κ = 2 — the customer's mean gap shrunk
towards g₀, the median over customers with a gap of their mean gap. Lateness ℓ = days since the last purchase ÷
typical gap.

Everything is compared as integers: with g₀ = p/q a ratio is  days·(κ+n)·q ÷ (κ·p + q·Σ).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numba import float64, int8, int16, int32, int64, njit, types, void
from numpy.typing import NDArray

from regulars.engine.counts import ValueCounts
from regulars.engine.fold import GAP_SHIFT, BucketState

Int64 = NDArray[np.int64]
STATES = ("on_rhythm", "due", "slipping", "dormant", "lost")
NO_STATE = -1
THOUSAND = 1000


def median_mean_gap(mean_gaps: ValueCounts) -> Fraction | None:
    """g₀: the median of Σ gaps ÷ n over customers with a gap, exact; None where nobody has one.

    Floats only order the fractions: two different ones with n below 2²⁰ and Σ below 2¹⁵ never round to the same double.
    """
    if not len(mean_gaps.values):
        return None
    days = mean_gaps.values >> GAP_SHIFT
    n = mean_gaps.values & ((1 << GAP_SHIFT) - 1)
    order = np.argsort(days / n, kind="stable")
    cumulated = np.cumsum(mean_gaps.counts[order])
    total = int(cumulated[-1])
    middle = [np.searchsorted(cumulated, rank, side="right") for rank in ((total - 1) // 2, total // 2)]
    low, high = (Fraction(int(days[order[m]]), int(n[order[m]])) for m in middle)
    return (low + high) / 2


@dataclass(frozen=True)
class GapRatios:
    """Histogram of all completed gaps ÷ typical gap of their customer, in whole thousandths (int64, index =
    thousandth).
    """

    histogram: Int64

    @classmethod
    def merged(cls, parts: list[GapRatios]) -> GapRatios:
        total = np.zeros(max((len(p.histogram) for p in parts), default=1), np.int64)
        for part in parts:
            total[: len(part.histogram)] += part.histogram
        return cls(total)

    @cached_property
    def total(self) -> int:
        return int(self.histogram.sum())

    @cached_property
    def shorter(self) -> Int64:
        """Number of gaps strictly shorter than i thousandths: int64[len + 1]; the last entry is the total."""
        return np.concatenate([[0], np.cumsum(self.histogram)])

    def quartile(self, quarter: int) -> int | None:
        """The ``quarter``-th quartile by linear interpolation, in 1/4000; None without a gap."""
        if not self.total:
            return None
        rank, rest = divmod((self.total - 1) * quarter, 4)
        low = int(np.searchsorted(self.shorter, rank, side="right")) - 1
        high = int(np.searchsorted(self.shorter, rank + 1, side="right")) - 1 if rest else low
        return 4 * low + rest * (high - low)

    def late_from(self, percentile: Fraction) -> int:
        """Least thousandth whose percentile reaches ``percentile``."""
        reached = self.shorter * percentile.denominator >= percentile.numerator * self.total
        return int(np.argmax(reached)) if reached.any() else len(self.shorter)


@dataclass(frozen=True)
class RhythmScale:
    """What lateness is measured with: g₀ (None without any completed gap), the prior weight κ, the ratios of
    everybody.
    """

    g0: Fraction | None
    prior: int
    ratios: GapRatios

    def quartile(self, quarter: int) -> Fraction | None:
        value = self.ratios.quartile(quarter)
        return None if value is None else Fraction(value, 4 * THOUSAND)


@dataclass(frozen=True)
class Rhythm:
    """Rhythm of the customers of one bucket; all empty of meaning (NaN, −1) where g₀ is None or there is no purchase.

    ``state`` indexes STATES, days are day numbers, ``late`` says whether the percentile reaches the decline threshold.
    """

    typical_gap: NDArray[np.float64]
    lateness: NDArray[np.float64]
    percentile: NDArray[np.float64]
    state: NDArray[np.int8]
    next_from: NDArray[np.int32]
    next_to: NDArray[np.int32]
    late: NDArray[np.int8]


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_RATIOS = void(_read(int32), _read(int32), _read(int32), _read(int16), int64, int64, int64, int64[::1])


@njit(_RATIOS, cache=True, nogil=True)
def _count_ratios(
    first: Any, last: Any, purchase_days: Any, gaps: Any, p: int, q: int, prior: int, histogram: Any
) -> None:
    at = 0
    for c in range(len(purchase_days)):
        n = purchase_days[c] - 1
        if n < 1:
            continue
        scale = THOUSAND * (prior + n) * q
        whole = prior * p + q * (last[c] - first[c])
        factor = scale / whole
        for j in range(at, at + n):
            product = gaps[j] * scale
            ratio = int64(gaps[j] * factor)  # a float guess, mended to the exact floor
            while ratio * whole > product:
                ratio -= 1
            while (ratio + 1) * whole <= product:
                ratio += 1
            histogram[ratio] += 1
        at += n


def gap_ratios(state: BucketState, g0: Fraction | None, prior: int) -> GapRatios:
    """Count the completed gaps of a bucket by their ratio to the customer's own typical gap."""
    if g0 is None or not len(state.gaps):
        return GapRatios(np.zeros(1, np.int64))
    histogram = np.zeros(THOUSAND * (prior + int(state.purchase_days.max())) + 1, np.int64)
    _count_ratios(
        np.ascontiguousarray(state.first), np.ascontiguousarray(state.last), state.purchase_days, state.gaps,
        g0.numerator, g0.denominator, prior, histogram,
    )  # fmt: skip
    filled = np.flatnonzero(histogram)
    return GapRatios(histogram[: filled[-1] + 1] if len(filled) else histogram[:1])


_MEASURE = void(
    _read(int32), _read(int32), _read(int32), int64, int64, int64, int64, _read(int64), _read(int64), int64, int64,
    int64,
    float64[::1], float64[::1], float64[::1], int8[::1], int32[::1], int32[::1], int8[::1],
)  # fmt: skip


@njit(_MEASURE, cache=True, nogil=True, error_model="numpy")
def _measure(
    first: Any, last: Any, purchase_days: Any, as_of: int, p: int, q: int, prior: int, shorter: Any, cuts: Any,
    late_from: int, quartile1: int, quartile3: int,
    typical: Any, lateness: Any, percentile: Any, state: Any, next_from: Any, next_to: Any, late: Any,
) -> None:  # fmt: skip
    total = shorter[-1]
    for c in range(len(purchase_days)):
        if purchase_days[c] == 0:
            continue
        weight = q * (prior + purchase_days[c] - 1)
        whole = prior * p + q * (last[c] - first[c])
        days = as_of - last[c]
        typical[c] = whole / weight
        lateness[c] = (days * weight) / whole
        thousandths = min(THOUSAND * days * weight // whole, len(shorter) - 1)
        percentile[c] = shorter[thousandths] / total
        late[c] = thousandths >= late_from
        code = 0
        while 2 * code < len(cuts) and days * weight * cuts[2 * code + 1] > cuts[2 * code] * whole:
            code += 1
        state[c] = code
        doubled = 2 * 4 * THOUSAND * weight
        next_from[c] = last[c] + (2 * whole * quartile1 + 4 * THOUSAND * weight) // doubled
        next_to[c] = last[c] + (2 * whole * quartile3 + 4 * THOUSAND * weight) // doubled


def measure(
    state: BucketState, scale: RhythmScale, as_of: int, cuts: tuple[Fraction, ...], late_percentile: Fraction
) -> Rhythm:
    """Rhythm of every customer of the bucket at ``as_of``; ``cuts`` are the upper ends of the first four states."""
    n = state.size
    nan = np.full((3, n), np.nan)
    days = np.full((2, n), -1, np.int32)
    code, late = np.full(n, NO_STATE, np.int8), np.zeros(n, np.int8)
    if scale.g0 is not None and scale.ratios.total:
        q1, q3 = scale.ratios.quartile(1), scale.ratios.quartile(3)
        flat = [x for cut in cuts for x in (cut.numerator, cut.denominator)]
        _measure(
            np.ascontiguousarray(state.first), np.ascontiguousarray(state.last),
            np.ascontiguousarray(state.purchase_days), as_of, scale.g0.numerator, scale.g0.denominator, scale.prior,
            scale.ratios.shorter, np.array(flat, np.int64), scale.ratios.late_from(late_percentile), q1 or 0, q3 or 0,
            nan[0], nan[1], nan[2], code, days[0], days[1], late,
        )  # fmt: skip
    return Rhythm(nan[0], nan[1], nan[2], code, days[0], days[1], late)
