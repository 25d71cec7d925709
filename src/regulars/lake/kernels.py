"""The loops over rows: checking, ordering and merging buckets, and hashing order ids. Compiled, nogil, cached.

All inputs are handed over as read-only views (``frozen``), because pyarrow's arrays are read-only and a kernel would
otherwise be compiled once for each mixture of the two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Int32 = npt.NDArray[np.int32]
Int64 = npt.NDArray[np.int64]
Numbers = npt.NDArray[Any]

SORTED, UNSORTED, FOREIGN = 0, 1, 2
_COUNTING_SLACK = 1 << 20
_HASH_SEED = 0xCBF29CE484222325
_HASH_PRIME = 0x100000001B3


def frozen(values: Numbers) -> Numbers:
    """A read-only contiguous view (or copy, when it was strided)."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


@njit(nogil=True, cache=True)
def _positions(keys: Int32, days: Int32, buckets: int, bucket: int, out: Int32) -> int:
    state = 0
    last_key, last_day, position = np.int32(-1), np.int32(0), np.int32(0)
    for i in range(len(keys)):
        key, day = keys[i], days[i]
        if key != last_key or i == 0:
            if bucket >= 0 and (key < 0 or key % buckets != bucket):
                return 2
            if key < last_key:
                state = 1
            position = np.int32(key // buckets) if bucket >= 0 else np.int32(0)
            last_key = key
        elif day < last_day:
            state = 1
        last_day = day
        out[i] = position
    return state


def positions(keys: Numbers, days: Numbers, buckets: int, bucket: int) -> tuple[Int32, int]:
    """Position in the bucket of every row, and whether the rows are SORTED by (key, day), UNSORTED or FOREIGN."""
    out = np.empty(len(keys), np.int32)
    return out, _positions(frozen(keys), frozen(days), buckets, bucket, out)


@njit(nogil=True, cache=True)
def _counting_index(values: Int32, low: int, size: int, previous: Int32, out: Int32) -> None:
    starts = np.zeros(size + 1, np.int32)
    for i in range(len(values)):
        starts[values[i] - low + 1] += 1
    for i in range(size):
        starts[i + 1] += starts[i]
    for i in range(len(values)):
        row = previous[i]
        slot = values[row] - low
        out[starts[slot]] = row
        starts[slot] += 1


def sort_index(major: Numbers, minor: Numbers) -> Int32:
    """Row numbers in (major, minor) order, stable. Counting sort: linear, since keys and days are dense."""
    n = len(major)
    index = np.arange(n, dtype=np.int32)
    if n < 2:
        return index
    for values in (minor, major):
        low, high = int(values.min()), int(values.max())
        if high - low > 4 * n + _COUNTING_SLACK:
            return np.lexsort((minor, major)).astype(np.int32)
        if values is minor and bool((values[1:] >= values[:-1]).all()):
            continue
        ordered = np.empty(n, np.int32)
        _counting_index(frozen(values), low, high - low + 1, frozen(index), ordered)
        index = ordered
    return index


@njit(nogil=True, cache=True)
def _gather(values: Numbers, index: Int32, out: Numbers) -> None:
    for i in range(len(index)):
        out[i] = values[index[i]]


def gather(values: Numbers, index: Int32, dtype: Any = None) -> Numbers:
    """``values[index]``, several times as fast as NumPy's for a 32-bit index."""
    out = np.empty(len(index), dtype or values.dtype)
    _gather(frozen(values), frozen(index), out)
    return out


@njit(nogil=True, cache=True)
def _partition(keys: Int32, buckets: int, starts: Int64, destination: Int32) -> int:
    """Fill ``starts`` (buckets + 2 entries; the last bucket holds key -1) and each row's place; -1 for a bad key."""
    for i in range(len(keys)):
        key = keys[i]
        if key < -1:
            return -1
        starts[(key % buckets if key >= 0 else buckets) + 1] += 1
    for i in range(buckets + 1):
        starts[i + 1] += starts[i]
    fill = starts.copy()
    for i in range(len(keys)):
        key = keys[i]
        slot = key % buckets if key >= 0 else buckets
        destination[i] = fill[slot]
        fill[slot] += 1
    return 0


def partition(keys: Numbers, buckets: int) -> tuple[Int64, Int32]:
    """Where each bucket starts when rows are grouped by bucket, and the place of each row. ValueError for keys < -1."""
    starts = np.zeros(buckets + 2, np.int64)
    destination = np.empty(len(keys), np.int32)
    if _partition(frozen(keys), buckets, starts, destination) < 0:
        raise ValueError("negative key")
    return starts, destination


@njit(nogil=True, cache=True)
def _scatter(values: Numbers, destination: Int32, out: Numbers) -> None:
    for i in range(len(values)):
        out[destination[i]] = values[i]


def scatter(values: Numbers, destination: Int32, dtype: Any) -> Numbers:
    """``out[destination] = values`` in a narrower or equal ``dtype`` that holds every value."""
    out = np.empty(len(values), dtype)
    _scatter(frozen(values), frozen(destination), out)
    return out


@njit(nogil=True, cache=True)
def _hashes(offsets: Int64, text: npt.NDArray[np.uint8], keys: Int32, source: int, out: Int64) -> None:
    prime = np.uint64(_HASH_PRIME)
    for i in range(len(keys)):
        value = np.uint64(_HASH_SEED) ^ (np.uint64(np.int64(keys[i])) * prime) ^ np.uint64(source)
        for j in range(offsets[i], offsets[i + 1]):
            value = (value ^ np.uint64(text[j])) * prime
        value ^= value >> np.uint64(32)
        value *= np.uint64(0x9E3779B97F4A7C15)
        value ^= value >> np.uint64(29)
        out[i] = np.int64(value)


def hashes(offsets: Numbers, text: Numbers, keys: Numbers, source: int) -> Int64:
    """64 bits (FNV-1a, mixed) of source, customer and order id: a filter for candidates, never a proof of equality.

    ``text[offsets[i]:offsets[i + 1]]`` is the UTF-8 order id of row i.
    """
    out = np.empty(len(keys), np.int64)
    _hashes(frozen(offsets), frozen(text), frozen(keys), source, out)
    return out
