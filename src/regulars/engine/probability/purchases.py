"""Purchases to summaries: repeat purchase days x, recency t_x, age T and the mean value of a repeat purchase day.

A purchase has value > 0; all purchases of one local day are one purchase day. A return (value < 0) lowers the purchase
day it falls on, else the purchase day before it; before the first purchase day it counts nowhere. x = purchase days
minus one, t_x = last - first, T = as_of - first, in days; the mean value is over the repeat days alone, as the
Gamma-Gamma model wants it (definitions.md section 5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray, collapse, sorting_order
from regulars.errors import ModelError

Int32Array = NDArray[np.int32]
_KEY_BITS: Final = 62


@dataclass(frozen=True)
class PurchaseSummary:
    """One row per customer with a purchase up to ``as_of``, in ascending order of ``customer``.

    ``frequency`` repeat purchase days, ``recency`` and ``T`` days, all int32[n]; ``monetary_value`` mean value of a
    repeat purchase day (0 without one), ``total_value`` net value of all purchase days, float64[n] in the unit of the
    input; ``first_day`` int32[n]; ``log_gaps`` sum of ln(days between successive purchase days) over all customers.
    """

    customer: IntArray
    frequency: Int32Array
    recency: Int32Array
    T: Int32Array
    monetary_value: FloatArray
    total_value: FloatArray
    first_day: Int32Array
    log_gaps: float
    as_of: int

    def __len__(self) -> int:
        return len(self.customer)

    def histories(self) -> Histories:
        return collapse(self.frequency, self.recency, self.T, log_gaps=self.log_gaps)


@dataclass(frozen=True)
class Purchases:
    """Rows of one shop sorted by (customer, day): int64[n], int32[n], float64[n]; whole money sums stay exact."""

    customer: IntArray
    day: Int32Array
    value: FloatArray


def sorted_purchases(customer: NDArray[np.generic], day: NDArray[np.generic], value: NDArray[np.generic]) -> Purchases:
    """Rows in order of customer and day (and value, so that sums do not depend on the order of the rows)."""
    c = np.require(np.asarray(customer), dtype=np.int64, requirements=["C", "W"])
    d = np.require(np.asarray(day), dtype=np.int32, requirements=["C", "W"])
    v = np.require(np.asarray(value), dtype=np.float64, requirements=["C", "W"])
    if not len(c) == len(d) == len(v):
        raise ModelError(
            "lengths_differ",
            "customer, day and value have {customers}, {days} and {values} rows",
            "Give one row per purchase in all three.",
            customers=len(c),
            days=len(d),
            values=len(v),
        )
    if not np.isfinite(v).all():
        row = int(np.flatnonzero(~np.isfinite(v))[0])
        raise ModelError("value_missing", "the value in row {row} is not a number", "Leave such rows out.", row=row)
    if not _in_order(c, d):
        order = _order(c, d)
        c, d, v = c[order], d[order], v[order]
    elif np.shares_memory(v, value):
        v = v.copy()
    _order_values(c, d, v)
    return Purchases(c, d, v)


def _order(customer: IntArray, day: Int32Array) -> IntArray:
    low, first = int(customer.min()), int(day.min())
    day_bits = max(int(day.max()) - first, 1).bit_length()
    bits = day_bits + max(int(customer.max()) - low, 1).bit_length()
    if bits > _KEY_BITS:
        return np.lexsort((day, customer))
    return sorting_order(((customer - low) << day_bits) | (day.astype(np.int64) - first), bits)


@njit("boolean(int64[::1], int32[::1])", cache=True, nogil=True, error_model="numpy")
def _in_order(customer: IntArray, day: Int32Array) -> bool:
    for i in range(1, customer.shape[0]):
        if customer[i] < customer[i - 1] or (customer[i] == customer[i - 1] and day[i] < day[i - 1]):
            return False
    return True


@njit("void(int64[::1], int32[::1], float64[::1])", cache=True, nogil=True, error_model="numpy")
def _order_values(customer, day, value):  # type: ignore[no-untyped-def]
    """Sort the values of one customer's one day, in place; most days hold one row."""
    rows = customer.shape[0]
    start = 0
    for i in range(1, rows + 1):
        if i == rows or customer[i] != customer[start] or day[i] != day[start]:
            if i - start > 1:
                value[start:i].sort()
            start = i


@njit(
    "int64(int64[::1], int32[::1], float64[::1], int64, int64[::1], int32[::1], int32[::1], int32[::1], float64[::1],"
    " float64[::1], int64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _summarize(  # type: ignore[no-untyped-def]
    customer, day, value, as_of, out_customer, first, last, repeats, first_value, repeat_value, gaps
):
    """Fill the out arrays (one slot per customer at most), the histogram of gaps; returns the number of customers."""
    rows = customer.shape[0]
    n = 0
    i = 0
    while i < rows:
        who = customer[i]
        bought = -1
        while i < rows and customer[i] == who:
            today = day[i]
            net = 0.0
            purchase = False
            while i < rows and customer[i] == who and day[i] == today:
                net += value[i]
                purchase = purchase or value[i] > 0.0
                i += 1
            if today > as_of:
                continue
            if not purchase:
                if bought == 0:
                    first_value[n] += net
                elif bought > 0:
                    repeat_value[n] += net
                continue
            bought += 1
            if bought == 0:
                out_customer[n] = who
                first[n] = today
                first_value[n] = net
                repeat_value[n] = 0.0
            else:
                repeat_value[n] += net
                gaps[today - last[n]] += 1
            last[n] = today
            repeats[n] = bought
        if bought >= 0:
            n += 1
    return n


def summarize(
    customer: NDArray[np.generic], day: NDArray[np.generic], value: NDArray[np.generic], as_of: int
) -> PurchaseSummary:
    """Summary as of day ``as_of`` (inclusive) of purchase rows in any order.

    ``customer`` integer codes, ``day`` days since 1970-01-01, ``value`` money in any one unit; all (n,).
    """
    return summarize_sorted(sorted_purchases(customer, day, value), as_of)


def summarize_sorted(purchases: Purchases, as_of: int) -> PurchaseSummary:
    """Summary of rows that are in order already."""
    customers = _distinct(purchases.customer)
    span = int(purchases.day.max(initial=0)) - int(purchases.day.min(initial=0)) + 1 if len(purchases.day) else 1
    who = np.empty(customers, dtype=np.int64)
    first, last, repeats = (np.empty(customers, dtype=np.int32) for _ in range(3))
    first_value, repeat_value = np.empty(customers), np.empty(customers)
    gaps = np.zeros(span + 1, dtype=np.int64)
    n = _summarize(
        purchases.customer, purchases.day, purchases.value, as_of, who, first, last, repeats, first_value,
        repeat_value, gaps,
    )  # fmt: skip
    x = repeats[:n]
    repeat_sum = repeat_value[:n]
    return PurchaseSummary(
        customer=who[:n],
        frequency=x,
        recency=last[:n] - first[:n],
        T=np.int32(as_of) - first[:n],
        monetary_value=repeat_sum / np.maximum(x, 1),
        total_value=first_value[:n] + repeat_sum,
        first_day=first[:n],
        log_gaps=float(gaps[1:] @ np.log(np.arange(1, len(gaps)))),
        as_of=as_of,
    )


def _distinct(customer: IntArray) -> int:
    return int((np.diff(customer) != 0).sum()) + 1 if len(customer) else 0


@njit(
    "int64(int64[::1], int32[::1], float64[::1], int64, int64, int32[::1], float64[::1], int32[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _after(customer, day, value, origin, until, days, money, wait):  # type: ignore[no-untyped-def]
    rows = customer.shape[0]
    n = 0
    i = 0
    while i < rows:
        who = customer[i]
        known = False
        count = 0
        total = 0.0
        next_in = -1
        last = origin
        while i < rows and customer[i] == who:
            if day[i] <= origin:
                known = known or value[i] > 0.0
            elif day[i] <= until:
                total += value[i]
                if value[i] > 0.0 and day[i] > last:
                    count += 1
                    last = day[i]
                    if next_in < 0:
                        next_in = day[i] - origin
            i += 1
        if known:
            days[n], money[n], wait[n] = count, total, next_in
            n += 1
    return n


@dataclass(frozen=True)
class Outcome:
    """What customers did in (origin, until]: purchase days, net value, days until the first (-1: none); (n,) each."""

    days: Int32Array
    value: FloatArray
    wait: Int32Array


def outcome(purchases: Purchases, origin: int, until: int) -> Outcome:
    """Outcome of the customers that ``summarize_sorted(purchases, origin)`` lists, in its order."""
    customers = _distinct(purchases.customer)
    days, wait = np.empty(customers, dtype=np.int32), np.empty(customers, dtype=np.int32)
    money = np.empty(customers)
    n = _after(purchases.customer, purchases.day, purchases.value, origin, until, days, money, wait)
    return Outcome(days[:n], money[:n], wait[:n])
