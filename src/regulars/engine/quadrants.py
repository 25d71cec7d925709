"""Quadrants a–e: order frequency × mean order value in the window (definitions, section 3).

b low/low, c frequent and low value, d rare and high value, e frequent and high value; high means at or above the mean
over customers with a purchase in the window (unweighted), or a set threshold. Who bought before but not in the window
is dormant; who never bought is a (and no row of the customers table).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from regulars.engine.counts import UNREACHABLE

Int64 = NDArray[np.int64]
Codes = NDArray[np.int8]
QUADRANTS = ("b", "c", "d", "e", "dormant")
DORMANT = 4
PLACES = (*QUADRANTS, "a")  # where a customer can stand in the migration
NOT_YET = 5


@dataclass(frozen=True)
class QuadrantCuts:
    """The exact cuts: ``frequency`` in orders, ``value`` in minor units an order; None when nobody bought in the
    window.
    """

    frequency: Fraction | None
    value: Fraction | None

    @property
    def known(self) -> bool:
        return self.frequency is not None and self.value is not None

    def least_spend(self, most_orders: int) -> Int64:
        """For every number of orders, the least spend that makes the mean order value high: int64[most_orders + 1]."""
        if self.value is None:
            return np.full(most_orders + 1, UNREACHABLE, np.int64)
        p, q = self.value.numerator, self.value.denominator
        return np.array([min(-(-p * n // q), UNREACHABLE) for n in range(most_orders + 1)], np.int64)


def quadrant_cuts(
    customers_by_orders: Int64, spend_by_orders: Int64, frequency: Fraction | None, value: Fraction | None
) -> QuadrantCuts:
    """Means over buyers in the window, exact, from sums by number of orders; set thresholds take their place."""
    n = int(customers_by_orders.sum())
    if not n:
        return QuadrantCuts(frequency, value)
    if frequency is None:
        orders = sum(count * int(c) for count, c in enumerate(customers_by_orders))
        frequency = Fraction(orders, n)
    if value is None:
        means = sum((Fraction(int(s), count) for count, s in enumerate(spend_by_orders) if count), Fraction(0))
        value = means / n
    return QuadrantCuts(frequency, value)


def quadrant_codes(orders: NDArray[np.int32], spend: Int64, cuts: QuadrantCuts) -> Codes:
    """Index into QUADRANTS from purchases and their money in the window."""
    if cuts.frequency is None:
        return np.full(len(orders), DORMANT, np.int8)
    least_orders = -(-cuts.frequency.numerator // cuts.frequency.denominator)
    least_spend = cuts.least_spend(int(orders.max()) if len(orders) else 0)
    codes = (orders >= least_orders) + 2 * (spend >= least_spend[orders])
    return np.where(orders > 0, codes, DORMANT).astype(np.int8)
