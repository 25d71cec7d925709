"""Exact counts of distinct values: what every rule of ranks and shares is decided on.

A rule such as "score 4 when at least 3/5 of the customers are strictly worse" becomes a cut value by integer
arithmetic on sorted distinct values and their counts. Counts of buckets merge, so the rule scales to any number of
customers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
UNREACHABLE = 2**63 - 1  # a cut that no value reaches


@dataclass(frozen=True)
class ValueCounts:
    """Distinct ``values`` (int64, ascending) and how many customers have each (``counts``, int64)."""

    values: Int64
    counts: Int64

    @classmethod
    def of(cls, values: NDArray[np.integer]) -> ValueCounts:
        if not len(values):
            return cls(np.empty(0, np.int64), np.empty(0, np.int64))
        low, high = int(values.min()), int(values.max())
        if high - low < 4 * len(values):  # a histogram beats sorting
            histogram = np.bincount((values - low).astype(np.int64))
            found = np.flatnonzero(histogram)
            return cls(found + low, histogram[found].astype(np.int64))
        return cls._of_sorted(np.sort(values.astype(np.int64)))

    @classmethod
    def merged(cls, parts: Iterable[ValueCounts]) -> ValueCounts:
        parts = list(parts)
        values = np.concatenate([p.values for p in parts] or [np.empty(0, np.int64)])
        counts = np.concatenate([p.counts for p in parts] or [np.empty(0, np.int64)])
        if not len(values):
            return cls(values, counts)
        if int(counts.sum()) < 2 * len(values):  # nearly all distinct: sorting plain numbers is many times faster
            return cls._of_sorted(np.sort(np.repeat(values, counts)))
        order = np.argsort(values, kind="stable")  # timsort: the parts are runs that are sorted already
        values, counts = values[order], counts[order]
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        return cls(values[starts], np.add.reduceat(counts, starts))

    @classmethod
    def _of_sorted(cls, values: Int64) -> ValueCounts:
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        return cls(values[starts], np.diff(np.append(starts, len(values))))

    @property
    def total(self) -> int:
        """Number of customers."""
        return int(self.counts.sum())

    @property
    def sum(self) -> int:
        """Σ value over the customers, exact."""
        if not len(self.values):
            return 0
        if int(np.abs(self.values).max()) * self.total < 2**62:
            return int((self.values * self.counts).sum())
        return sum(int(v) * int(c) for v, c in zip(self.values, self.counts, strict=True))

    def below(self) -> Int64:
        """For every distinct value, the number of customers strictly below it."""
        return np.cumsum(self.counts) - self.counts

    def share_cuts(self, shares: Iterable[Fraction]) -> tuple[int, ...]:
        """For every share, the least value that has at least that share of the customers strictly below it."""
        below, n = self.below(), self.total
        return tuple(self._first(below * s.denominator >= s.numerator * n) for s in shares)

    def _first(self, reached: NDArray[np.bool_]) -> int:
        hits = np.flatnonzero(reached)
        return int(self.values[hits[0]]) if len(hits) else UNREACHABLE

    def concentration_cuts(self, shares: Iterable[Fraction]) -> tuple[int, ...]:
        """Over the positive values: for every share, the least value for which the sum of all strictly greater values
        is under that share of the total (definitions, section 3: ABC)."""
        positive = self.values > 0
        values = self.values[positive][::-1]
        sums = _products(values, self.counts[positive][::-1])
        if not len(values):
            return tuple(UNREACHABLE for _ in shares)
        greater = np.cumsum(sums) - sums
        total = int(sums.sum())
        cuts = []
        for share in shares:
            # greater · q < p · total  ⇔  greater ≤ ⌈p · total / q⌉ - 1
            inside = values[greater <= -(-share.numerator * total // share.denominator) - 1]
            cuts.append(int(inside[-1]) if len(inside) else UNREACHABLE)
        return tuple(cuts)


def _products(values: Int64, counts: Int64) -> NDArray[Any]:
    """value × count; Python integers where int64 could overflow in their sum."""
    if len(values) and int(values.max()) * int(counts.sum()) >= 2**62:
        return values.astype(object) * counts.astype(object)
    return values * counts
