"""How long until the second purchase, with those still waiting counted as waiting (censoring), not as never.

    S(t) = product over event times t_i <= t of (1 - d_i / n_i)

n_i customers whose wait is at least t_i, d_i of them buying again after exactly t_i days. Intervals are 95 %, from
Greenwood's variance on the scale of ln(-ln S). Sources: Kaplan and Meier, Journal of the American Statistical
Association 53 (1958) 457-481; Kalbfleisch and Prentice, "The Statistical Analysis of Failure Time Data" (2002), 1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, IntArray
from regulars.engine.probability.purchases import Purchases
from regulars.errors import ParameterError

_Z: Final = 1.959963984540054


@dataclass(frozen=True)
class Waits:
    """Days from the first to the second purchase day, or to the as-of day where there is none yet (``again`` False).

    One row per customer with a purchase up to the as-of day, in order of customer; (n,) each.
    """

    customer: IntArray
    wait: NDArray[np.int32]
    again: NDArray[np.bool_]
    first_day: NDArray[np.int32]


@dataclass(frozen=True)
class SurvivalCurve:
    """Share still without a second purchase after ``days`` (the event times, ascending), with 95 % limits.

    ``at_risk`` and ``events`` are the counts behind each step; ``n`` customers, ``median`` the first day at which at
    most half are left, None when it was not reached.
    """

    n: int
    days: IntArray
    waiting: FloatArray
    low: FloatArray
    high: FloatArray
    at_risk: IntArray
    events: IntArray

    @property
    def median(self) -> int | None:
        below = np.flatnonzero(self.waiting <= 0.5)
        return int(self.days[below[0]]) if len(below) else None

    def waiting_after(self, days: int) -> float:
        """S(days)."""
        position = int(np.searchsorted(self.days, days, side="right"))
        return 1.0 if position == 0 else float(self.waiting[position - 1])


def kaplan_meier(wait: NDArray[np.generic], again: NDArray[np.generic]) -> SurvivalCurve:
    """Curve of waits in whole days (n,) >= 0, ``again`` True where the second purchase came; n = 0 gives no steps."""
    days = np.asarray(wait, dtype=np.int64)
    event = np.asarray(again, dtype=bool)
    if len(days) and int(days.min()) < 0:
        raise ParameterError("wait_negative", "a wait is negative", "Waits count days from the first purchase.")
    size = int(days.max(initial=0)) + 1
    return curve_of_counts(np.bincount(days, minlength=size), np.bincount(days[event], minlength=size))


def curve_of_counts(ended: IntArray, bought: IntArray) -> SurvivalCurve:
    """The same from counts by days waited: waits that ended, one way or the other, and those with a purchase."""
    n_all = int(ended.sum())
    at_risk = n_all - np.append(0, np.cumsum(ended)[:-1])
    steps = np.flatnonzero(bought)
    d, n = bought[steps], at_risk[steps]
    waiting = np.cumprod(1.0 - d / n)
    low, high = _limits(waiting, d, n)
    return SurvivalCurve(n_all, steps.astype(np.int64), waiting, low, high, n.astype(np.int64), d.astype(np.int64))


def kaplan_meier_by_group(
    wait: NDArray[np.generic], again: NDArray[np.generic], group: NDArray[np.generic]
) -> dict[int, SurvivalCurve]:
    """One curve for each group code: cohort of the first purchase, first product, first channel…"""
    codes = np.asarray(group, dtype=np.int64)
    waits, events = np.asarray(wait), np.asarray(again)
    return {int(code): kaplan_meier(waits[codes == code], events[codes == code]) for code in np.unique(codes)}


def _limits(waiting: FloatArray, d: IntArray, n: IntArray) -> tuple[FloatArray, FloatArray]:
    low, high = np.zeros(len(waiting)), np.ones(len(waiting))
    inside = (waiting > 0.0) & (waiting < 1.0)
    if inside.any():
        with np.errstate(divide="ignore", invalid="ignore"):
            variance = np.cumsum(np.where(n > d, d / (n * (n - d).astype(np.float64)), 0.0))[inside]
        hazard = -np.log(waiting[inside])
        reach = _Z * np.sqrt(variance) / hazard
        low[inside] = np.exp(-hazard * np.exp(reach))
        high[inside] = np.exp(-hazard * np.exp(-reach))
    gone = waiting <= 0.0
    high[gone] = np.minimum.accumulate(high)[gone]
    return low, high


@njit(
    "int64(int64[::1], int32[::1], float64[::1], int64, int64[::1], int32[::1], boolean[::1], int32[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _waits(customer, day, value, as_of, who, wait, again, first):  # type: ignore[no-untyped-def]
    n = 0
    i = 0
    rows = customer.shape[0]
    while i < rows:
        start = customer[i]
        found = 0
        while i < rows and customer[i] == start:
            if value[i] > 0.0 and day[i] <= as_of:
                if found == 0:
                    who[n], first[n], found = start, day[i], 1
                elif found == 1 and day[i] > first[n]:
                    wait[n], found = day[i] - first[n], 2
            i += 1
        if found == 1:
            wait[n] = as_of - first[n]
        if found:
            again[n] = found == 2
            n += 1
    return n


def second_purchase_waits(purchases: Purchases, as_of: int) -> Waits:
    """Waits for the second purchase day as of day ``as_of``, from rows in order."""
    size = len(purchases.customer)
    who, again = np.empty(size, dtype=np.int64), np.empty(size, dtype=np.bool_)
    wait, first = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.int32)
    n = _waits(purchases.customer, purchases.day, purchases.value, as_of, who, wait, again, first)
    return Waits(who[:n], wait[:n], again[:n], first[:n])
