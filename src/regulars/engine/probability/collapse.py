"""Collapse customers to unique histories (x, t_x, T) with weights: ten million customers become two million rows.

The order of the rows (frequency, then age, then recency) depends on the values alone, so every sum made over them is
the same whatever order the customers came in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
_BITS: Final = 63


@dataclass(frozen=True)
class Histories:
    """Unique purchase histories, sorted by (frequency, age, recency).

    ``frequency`` int64[u] repeat purchase days x; ``recency`` float64[u] t_x = last - first; ``age`` float64[u]
    T = as-of - first; ``weight`` int64[u] customers with this history. ``log_gaps`` is the sum over all customers of
    ln(gap between successive purchase days), or None where only the summary is known.
    """

    frequency: IntArray
    recency: FloatArray
    age: FloatArray
    weight: IntArray
    log_gaps: float | None = None

    @property
    def n(self) -> int:
        return int(self.weight.sum())

    @property
    def repeaters(self) -> int:
        return int(self.weight[self.frequency > 0].sum())

    def pairs(self) -> tuple[IntArray, IntArray]:
        """Runs of equal (frequency, age): where each begins, int64[p + 1], and the run of each row, int64[u]."""
        new = np.ones(len(self.weight), dtype=bool)
        new[1:] = (np.diff(self.frequency) != 0) | (np.diff(self.age) != 0)
        starts = np.append(np.flatnonzero(new), len(new)).astype(np.int64)
        return starts, np.cumsum(new, dtype=np.int64) - 1


def _codes(*columns: FloatArray) -> tuple[list[IntArray], FloatArray | None]:
    """Times as integers that sort alike: themselves when whole, else their rank among all values."""
    if all(np.array_equal(column, np.floor(column)) for column in columns):
        return [column.astype(np.int64) for column in columns], None
    levels, rank = np.unique(np.concatenate(columns), return_inverse=True)
    return np.split(rank.astype(np.int64), len(columns)), levels


def sorting_order(key: IntArray, bits: int) -> IntArray:
    """Stable order of keys >= 0 that need ``bits`` bits: one sort of key and row number together, where they fit."""
    index_bits = max(int(len(key) - 1).bit_length(), 1)
    if bits + index_bits <= _BITS:
        packed = np.sort((key << index_bits) | np.arange(len(key)))
        return packed & ((1 << index_bits) - 1)
    return np.argsort(key, kind="stable")


def collapse(
    frequency: NDArray[np.generic],
    recency: NDArray[np.generic],
    age: NDArray[np.generic],
    *,
    weight: NDArray[np.generic] | None = None,
    log_gaps: float | None = None,
) -> Histories:
    """Unique histories of n customers; arrays of shape (n,), times in one unit of the caller's choice."""
    key, bits, columns = _pack(frequency, recency, age)
    if weight is None:
        unique, first, counts = _runs(np.sort(key))
        return _unpack(unique, counts, columns, log_gaps)
    order = sorting_order(key, bits)
    unique, first, _ = _runs(key[order])
    summed = np.add.reduceat(np.asarray(weight, dtype=np.int64)[order], first)
    return _unpack(unique, summed, columns, log_gaps)


def collapse_indexed(
    frequency: NDArray[np.generic], recency: NDArray[np.generic], age: NDArray[np.generic]
) -> tuple[Histories, NDArray[np.int32]]:
    """Unique histories, and for each customer the row of its history, int32[n]."""
    key, bits, columns = _pack(frequency, recency, age)
    order = sorting_order(key, bits)
    unique, first, counts = _runs(key[order])
    rows = np.repeat(np.arange(len(first), dtype=np.int32), counts)
    index = np.empty(len(key), dtype=np.int32)
    index[order] = rows
    return _unpack(unique, counts, columns, None), index


def merge(parts: Sequence[Histories]) -> Histories:
    """Histories of several disjoint sets of customers as one."""
    gaps = [part.log_gaps for part in parts]
    known = [gap for gap in gaps if gap is not None]
    return collapse(
        np.concatenate([part.frequency for part in parts]),
        np.concatenate([part.recency for part in parts]),
        np.concatenate([part.age for part in parts]),
        weight=np.concatenate([part.weight for part in parts]),
        log_gaps=float(np.sum(known)) if len(known) == len(gaps) else None,
    )


@dataclass(frozen=True)
class _Packing:
    time_bits: int
    levels: FloatArray | None


def _pack(
    frequency: NDArray[np.generic], recency: NDArray[np.generic], age: NDArray[np.generic]
) -> tuple[IntArray, int, _Packing]:
    x = np.asarray(frequency, dtype=np.int64)
    (last, total), levels = _codes(np.asarray(recency, dtype=np.float64), np.asarray(age, dtype=np.float64))
    time_bits = max(int(total.max(initial=0)).bit_length(), int(last.max(initial=0)).bit_length(), 1)
    bits = 2 * time_bits + max(int(x.max(initial=0)).bit_length(), 1)
    if bits > _BITS:
        raise OverflowError("histories do not fit a 63-bit key")
    return (x << (2 * time_bits)) | (total << time_bits) | last, bits, _Packing(time_bits, levels)


def _runs(ordered: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    first = np.flatnonzero(new).astype(np.int64)
    return ordered[first], first, np.diff(first, append=len(ordered))


def _unpack(unique: IntArray, counts: IntArray, packing: _Packing, log_gaps: float | None) -> Histories:
    mask = (1 << packing.time_bits) - 1
    last, total = unique & mask, (unique >> packing.time_bits) & mask
    levels = packing.levels
    return Histories(
        frequency=unique >> (2 * packing.time_bits),
        recency=last.astype(np.float64) if levels is None else levels[last],
        age=total.astype(np.float64) if levels is None else levels[total],
        weight=counts.astype(np.int64),
        log_gaps=log_gaps,
    )
