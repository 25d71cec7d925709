"""Active and dormant spells of the past (definitions, section 6).

An active spell is a run of purchase days no further apart than 2.5 typical gaps; the silences between two runs are
dormant spells. A spell's days count both its ends; a dormant spell begins the day after a purchase and ends the day
before the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numba import int8, int16, int32, int64, njit, types
from numpy.typing import NDArray

from regulars.engine.fold import BucketState
from regulars.engine.rhythm import RhythmScale

KINDS = ("active", "dormant")


@dataclass(frozen=True)
class Spells:
    """One row a spell, customers in position order, spells in time order; ``kind`` indexes KINDS."""

    customer: NDArray[np.int32]
    kind: NDArray[np.int8]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    purchases: NDArray[np.int32]

    @property
    def days(self) -> NDArray[np.int32]:
        return self.end - self.start + np.int32(1)


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_FIND = int64(
    _read(int32), _read(int32), _read(int32), _read(int16), _read(int32), int64, int64, int64, int64, int64,
    int32[::1], int8[::1], int32[::1], int32[::1], int32[::1],
)  # fmt: skip


@njit(_FIND, cache=True, nogil=True)
def _find(
    first: Any, last: Any, purchase_days: Any, gaps: Any, orders: Any,
    p: int, q: int, prior: int, factor_num: int, factor_den: int,
    customer: Any, kind: Any, start: Any, end: Any, purchases: Any,
) -> int:  # fmt: skip
    at = row = bought = 0  # positions among the gaps, the spells, the purchase days
    for c in range(len(purchase_days)):
        if purchase_days[c] == 0:
            continue
        n = purchase_days[c] - 1
        whole = prior * p + q * (last[c] - first[c])
        weight = q * (prior + n)
        day = first[c]
        customer[row], kind[row], start[row], end[row], purchases[row] = c, 0, day, day, orders[bought]
        for j in range(at, at + n):
            gap = int64(gaps[j])
            if gap * weight * factor_den > factor_num * whole:
                row += 1
                customer[row], kind[row], purchases[row] = c, 1, 0
                start[row], end[row] = day + 1, day + gap - 1
                row += 1
                customer[row], kind[row], start[row], purchases[row] = c, 0, day + gap, 0
            day += gap
            end[row] = day
            bought += 1
            purchases[row] += orders[bought]
        at += n
        bought += 1
        row += 1
    return row


def find_spells(state: BucketState, scale: RhythmScale, factor: Fraction) -> Spells:
    """Spells of every customer of the bucket; ``purchases`` counts orders, 0 in a dormant spell.

    The bucket must have been folded with ``day_orders``.
    """
    most = int((2 * state.purchase_days.astype(np.int64)).sum())
    numbers = np.empty((4, most), np.int32)
    kind = np.empty(most, np.int8)
    g0 = scale.g0 if scale.g0 is not None else Fraction(1)  # without a gap anywhere there is nothing to compare
    rows = _find(
        np.ascontiguousarray(state.first), np.ascontiguousarray(state.last), np.ascontiguousarray(state.purchase_days),
        state.gaps, state.day_orders, g0.numerator, g0.denominator, scale.prior, factor.numerator, factor.denominator,
        numbers[0], kind, numbers[1], numbers[2], numbers[3],
    )  # fmt: skip
    return Spells(numbers[0, :rows], kind[:rows], numbers[1, :rows], numbers[2, :rows], numbers[3, :rows])
