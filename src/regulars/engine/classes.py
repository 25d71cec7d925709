"""ABC by profit contribution, and the frequency and amount classes (definitions, section 3).

A customer is A while the profit of all customers with strictly more profit is under 80 % of all positive profit, B
while under 90 %, else C. Low, mid and high are cut at 1/3 and 2/3 of the customers strictly below. Ties share a
class.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from regulars.engine.counts import ValueCounts

Codes = NDArray[np.int8]
ABC = ("A", "B", "C")
LEVELS = ("none", "low", "mid", "high")


@dataclass(frozen=True)
class ClassCuts:
    """Least values of the classes: money in minor units, frequency in orders."""

    abc: tuple[int, ...]
    frequency: tuple[int, ...]
    amount: tuple[int, ...]


def money_cut(threshold: Fraction, minor: int) -> int:
    """A threshold in units of currency as the least number of minor units that reaches it."""
    scaled = threshold * minor
    return -(-scaled.numerator // scaled.denominator)


def abc_codes(value: NDArray[np.int64], cuts: tuple[int, ...]) -> Codes:
    """Index into ABC for every customer; ``value`` is profit (or revenue) in the window."""
    return np.where(value >= cuts[0], 0, np.where(value >= cuts[1], 1, 2)).astype(np.int8)


def level_cuts(values: ValueCounts, shares: tuple[Fraction, ...], fixed: tuple[int, ...] | None) -> tuple[int, ...]:
    """Least values of mid and high: ``fixed`` ones where the user set them, else by shares of customers."""
    return fixed if fixed is not None else values.share_cuts(shares)


def level_codes(values: NDArray[np.integer], bought: NDArray[np.bool_], cuts: tuple[int, ...]) -> Codes:
    """Index into LEVELS; "none" without a purchase in the window."""
    levels = 1 + np.searchsorted(np.array(cuts, np.int64), values, side="right")
    return np.where(bought, levels, 0).astype(np.int8)
