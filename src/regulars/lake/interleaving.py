"""Merging a small sorted run into a large one: find the few places, then copy what lies between them in blocks.

Every bucket with a tail goes through this on every reading, so its cost should be that of copying. Compiled, nogil,
cached; inputs are read-only views (``kernels.frozen``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from regulars.lake.kernels import frozen

Int32 = npt.NDArray[np.int32]
Numbers = npt.NDArray[Any]


@njit(nogil=True, cache=True)
def _places(keys: Int32, days: Int32, other_keys: Int32, other_days: Int32, out: Int32) -> None:
    low = 0
    for i in range(len(other_keys)):
        key, day = other_keys[i], other_days[i]
        step, high = 1, low
        while high < len(keys) and (keys[high] < key or (keys[high] == key and days[high] <= day)):
            low = high + 1
            high += step
            step *= 2
        high = min(high, len(keys))
        while low < high:
            middle = (low + high) // 2
            if keys[middle] < key or (keys[middle] == key and days[middle] <= day):
                low = middle + 1
            else:
                high = middle
        out[i] = low


def places(keys: Numbers, days: Numbers, other_keys: Numbers, other_days: Numbers) -> Int32:
    """For each row of the other sorted run, how many rows of the first go before it (in ties all of them do)."""
    out = np.empty(len(other_keys), np.int32)
    _places(frozen(keys), frozen(days), frozen(other_keys), frozen(other_days), out)
    return out


@njit(nogil=True, cache=True)
def _interleave(values: Numbers, other: Numbers, at: Int32, out: Numbers) -> None:
    done = 0
    for i in range(len(at)):
        for j in range(done, at[i]):
            out[j + i] = values[j]
        out[at[i] + i] = other[i]
        done = at[i]
    for j in range(done, len(values)):
        out[j + len(at)] = values[j]


def interleave(values: Numbers, other: Numbers, at: Int32) -> Numbers:
    """One column of the merge whose ``places`` are ``at``."""
    out = np.empty(len(values) + len(other), values.dtype)
    _interleave(frozen(values), frozen(other), frozen(at), out)
    return out
