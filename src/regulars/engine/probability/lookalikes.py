"""Look-alikes: the old customers nearest to a new one by what was known of them at the same age, and what they became.

Numbers (first basket, amount and purchase days so far, usually as logarithms) are divided by their standard deviation
among the old customers; a category that differs (channel, region, source, first product) adds ``MISMATCH`` squared, an
unknown one half of it. The k nearest in this distance are shown by name; the mean and the quartiles of what became of
them are the forecast. The backtest stands on an earlier day: customers who were new then, judged by those who were old
then, against the forecast that everybody becomes the average old customer. Source of the method: Fix and Hodges (1951).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, IntArray
from regulars.engine.probability.metrics import Accuracy, accuracy
from regulars.engine.probability.purchases import Int32Array, Purchases
from regulars.errors import ModelError

NEIGHBOURS: Final = 25
MISMATCH: Final = 1.0
FEWEST_OLD: Final = 100


@dataclass(frozen=True)
class Traits:
    """What was known of n customers at one age: ``numbers`` float64[n, f], ``categories`` int64[n, g], -1 unknown.

    Rows should be in a fixed order (of customer id): equally near neighbours are taken in that order.
    """

    numbers: FloatArray
    categories: IntArray

    def take(self, rows: NDArray[np.generic]) -> Traits:
        return Traits(self.numbers[rows], self.categories[rows])


@dataclass(frozen=True)
class LookAlikes:
    """For n new customers: rows of the nearest old ones int64[n, k], the nearest first, and their distances.

    ``mean``, ``lower``, ``median`` and ``upper`` (quartiles) are those of the neighbours' outcomes, float64[n].
    """

    neighbours: IntArray
    distance: FloatArray
    mean: FloatArray
    lower: FloatArray
    median: FloatArray
    upper: FloatArray


@dataclass(frozen=True)
class LookAlikeProof:
    """How well look-alikes foretold: their forecast beside that of the average old customer."""

    look_alikes: Accuracy
    average: Accuracy
    old: int

    @property
    def useful(self) -> bool:
        """Whether they beat the average customer in RMSE and rank better than chance."""
        return self.look_alikes.rmse < self.average.rmse and (self.look_alikes.gini or 0.0) > 0.0


@njit(
    "void(float64[:, ::1], int64[:, ::1], float64[:, ::1], int64[:, ::1], float64, int64[:, ::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _nearest(new, new_kinds, old, old_kinds, mismatch, index, distance):  # type: ignore[no-untyped-def]
    """Nearest rows of ``old``, which must ascend in column 0: outwards from there until that column is too far."""
    k = index.shape[1]
    rows, f, g = old.shape[0], old.shape[1], old_kinds.shape[1]
    column = old[:, 0].copy()
    for i in range(new.shape[0]):
        for slot in range(k):
            distance[i, slot], index[i, slot] = np.inf, -1
        right = np.searchsorted(column, new[i, 0])
        left = right - 1
        while left >= 0 or right < rows:
            ahead = column[right] - new[i, 0] if right < rows else np.inf
            behind = new[i, 0] - column[left] if left >= 0 else np.inf
            if min(ahead, behind) ** 2 > distance[i, k - 1]:
                break
            if ahead < behind:
                row, right = right, right + 1
            else:
                row, left = left, left - 1
            d = 0.0
            for c in range(f):
                d += (new[i, c] - old[row, c]) ** 2
            for c in range(g):
                mine, theirs = new_kinds[i, c], old_kinds[row, c]
                if mine < 0 or theirs < 0:
                    d += 0.5 * mismatch * mismatch
                elif mine != theirs:
                    d += mismatch * mismatch
            if d > distance[i, k - 1] or (d == distance[i, k - 1] and row > index[i, k - 1] >= 0):
                continue
            slot = k - 1
            while slot > 0 and (distance[i, slot - 1] > d or (distance[i, slot - 1] == d and index[i, slot - 1] > row)):
                distance[i, slot], index[i, slot] = distance[i, slot - 1], index[i, slot - 1]
                slot -= 1
            distance[i, slot], index[i, slot] = d, row


def find_look_alikes(new: Traits, old: Traits, outcome: FloatArray, *, k: int = NEIGHBOURS) -> LookAlikes:
    """The k nearest old customers of each new one; ``outcome`` float64[old] is what became of the old ones.

    ModelError below 100 old customers: too few to look like anybody.
    """
    if len(outcome) < max(FEWEST_OLD, k):
        raise ModelError(
            "too_few_old_customers",
            "{old} customers are old enough to compare with: not enough for look-alikes",
            "It takes {needed} customers whose outcome is known.",
            old=len(outcome),
            needed=max(FEWEST_OLD, k),
        )
    spread = old.numbers.std(axis=0)
    scale = np.where(spread > 0.0, spread, 1.0)
    order = np.lexsort((np.arange(len(outcome)), old.numbers[:, 0]))
    index = np.empty((len(new.numbers), k), dtype=np.int64)
    distance = np.empty((len(new.numbers), k))
    _nearest(
        np.ascontiguousarray(new.numbers / scale), np.ascontiguousarray(new.categories),
        np.ascontiguousarray((old.numbers / scale)[order]), np.ascontiguousarray(old.categories[order]),
        MISMATCH, index, distance,
    )  # fmt: skip
    rows = order[index]
    became = outcome[rows]
    lower, median, upper = np.quantile(became, (0.25, 0.5, 0.75), axis=1)
    return LookAlikes(rows, np.sqrt(distance), became.mean(axis=1), lower, median, upper)


@dataclass(frozen=True)
class Youth:
    """What purchases say of n customers at ``age`` days, and the net value of the ``horizon`` days after that.

    In order of customer: int64[n], first day int32[n], purchase days and net value within [first, first + age], value
    of the first purchase day, ``later`` the net value of (first + age, first + age + horizon].
    """

    customer: IntArray
    first_day: Int32Array
    days: FloatArray
    value: FloatArray
    first_value: FloatArray
    later: FloatArray
    age: int
    horizon: int

    def numbers(self) -> FloatArray:
        """Traits that every shop has: ln(1 + value so far), ln(1 + first value), ln purchase days; float64[n, 3]."""
        money = np.log1p(np.maximum(np.stack([self.value, self.first_value], axis=1), 0.0))
        return np.column_stack([money, np.log(self.days)])

    def grown_up(self, as_of: int) -> NDArray[np.bool_]:
        """Whose later value is known in full at ``as_of``."""
        return np.asarray(self.first_day.astype(np.int64) + self.age + self.horizon <= as_of)


@njit(
    "int64(int64[::1], int32[::1], float64[::1], int64, int64, int64, int64[::1], int32[::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _youth(customer, day, value, as_of, age, horizon, who, first, out):  # type: ignore[no-untyped-def]
    n = 0
    i = 0
    rows = customer.shape[0]
    while i < rows:
        start = customer[i]
        found = False
        last = -1
        while i < rows and customer[i] == start:
            if not found and value[i] > 0.0 and day[i] <= as_of:
                found = True
                who[n], first[n], last = start, day[i], day[i] - 1
                out[n, :] = 0.0
            if found and day[i] <= as_of:
                since = day[i] - first[n]
                if since <= age:
                    out[n, 1] += value[i]
                    if value[i] > 0.0 and day[i] > last:
                        out[n, 0] += 1.0
                        last = day[i]
                elif since <= age + horizon:
                    out[n, 3] += value[i]
                if since == 0:
                    out[n, 2] += value[i]
            i += 1
        if found:
            n += 1
    return n


def youth(purchases: Purchases, as_of: int, *, age: int = 0, horizon: int = 365) -> Youth:
    """Traits at ``age`` days and outcome of every customer who had reached that age at ``as_of``; rows in order."""
    size = len(purchases.customer)
    who, first, out = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.int32), np.empty((size, 4))
    n = _youth(purchases.customer, purchases.day, purchases.value, as_of, age, horizon, who, first, out)
    old_enough = np.flatnonzero(first[:n].astype(np.int64) + age <= as_of)
    days, value, first_value, later = out[old_enough].T
    return Youth(who[old_enough], first[old_enough], days, value, first_value, later, age, horizon)


def backtest_look_alikes(
    youths: Youth, traits: Traits, as_of: int, *, origin: int | None = None, k: int = NEIGHBOURS
) -> LookAlikeProof:
    """Proof on day ``origin`` (default: the horizon before ``as_of``), rows of ``traits`` as in ``youths``.

    Judged are customers who reached the age in the ``horizon`` days up to the origin and whose outcome is known at
    ``as_of``, by those whose outcome was known at the origin.
    """
    day = as_of - youths.horizon if origin is None else origin
    reached = youths.first_day.astype(np.int64) + youths.age
    old = np.flatnonzero(youths.grown_up(day))
    new = np.flatnonzero((reached > day - youths.horizon) & (reached <= day) & youths.grown_up(as_of))
    if not len(new):
        raise ModelError(
            "too_few_new_customers",
            "no customer was new on the day of the backtest",
            "Take an earlier origin or a shorter horizon.",
        )
    found = find_look_alikes(traits.take(new), traits.take(old), youths.later[old], k=k)
    actual = youths.later[new]
    average = np.full(len(new), float(np.sort(youths.later[old]).mean()))
    return LookAlikeProof(accuracy(found.mean, actual), accuracy(average, actual), len(old))
