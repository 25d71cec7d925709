"""Unique (x, T) of many customers: what is expected of one who is alive depends on them and the horizon alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, IntArray

_DENSE: Final = 1 << 25


@dataclass(frozen=True)
class Pairs:
    """``frequency`` and ``age`` float64[p], sorted by both; ``index`` int32[n] is the pair of each customer."""

    frequency: FloatArray
    age: FloatArray
    index: NDArray[np.int32]


@njit("boolean(int64[::1], float64[::1], int64, int32[::1])", cache=True, nogil=True, error_model="numpy")
def _mark(frequency, age, width, table):  # type: ignore[no-untyped-def]
    """Whether all ages are whole; marks the pairs there are."""
    for i in range(frequency.shape[0]):
        whole = int(age[i])
        if whole != age[i]:
            return False
        table[frequency[i] * width + whole] = 1
    return True


@njit("void(int64[::1], float64[::1], int64, int32[::1], int32[::1])", cache=True, nogil=True, error_model="numpy")
def _look_up(frequency, age, width, table, index):  # type: ignore[no-untyped-def]
    for i in range(frequency.shape[0]):
        index[i] = table[frequency[i] * width + int(age[i])]


def unique_pairs(frequency: IntArray, age: FloatArray) -> Pairs:
    """Pairs of customers; frequency int64[n], age float64[n]. Whole ages use a table, others a sort."""
    width = int(age.max()) + 1
    cells = (int(frequency.max()) + 1) * width
    table = np.zeros(cells if cells <= min(_DENSE, 64 * len(age) + 4096) else 0, dtype=np.int32)
    if len(table) and _mark(frequency, age, width, table):
        keys = np.flatnonzero(table)
        table[keys] = np.arange(len(keys), dtype=np.int32)
        index = np.empty(len(age), dtype=np.int32)
        _look_up(frequency, age, width, table, index)
        return Pairs((keys // width).astype(np.float64), (keys % width).astype(np.float64), index)
    ages, rank = np.unique(age, return_inverse=True)
    keys, place = np.unique(frequency * len(ages) + rank, return_inverse=True)
    return Pairs((keys // len(ages)).astype(np.float64), ages[keys % len(ages)], place.astype(np.int32))
