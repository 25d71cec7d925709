"""Section 3: ABC, thirds, RFM and quadrants, all on integers and fractions.

Plain reading taken here: the mean order value is the exact fraction amount of purchases / number of purchases; it is
never rounded before a comparison.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from tests.oracle.facts import Sums

RFM_GROUPS = tuple("".join(letters) for letters in product("HL", repeat=3))
QUADRANTS = ("b", "c", "d", "e", "dormant")
THIRDS = ("high", "mid", "low", "none")


class Means(NamedTuple):
    """Thresholds of the quadrants: mean frequency and mean of the mean order values (minor units)."""

    frequency: Fraction
    value: Fraction


def abc(profits: Mapping[str, int]) -> dict[str, str]:
    """Classes by profit: A while the share of all with strictly more profit is < 80 %, B while < 90 %, else C."""
    positive = sorted((value for value in profits.values() if value > 0), reverse=True)
    total, above, before = sum(positive), 0, {}
    for value in positive:
        before.setdefault(value, above)
        above += value
    return {key: _abc_class(before.get(value), total) for key, value in profits.items()}


def _abc_class(above: int | None, total: int) -> str:
    if above is None:
        return "C"
    if above * 100 < total * 80:
        return "A"
    return "B" if above * 100 < total * 90 else "C"


def thirds(values: Mapping[str, int]) -> dict[str, str]:
    """high, mid or low by the share of the population strictly below."""
    ordered = sorted(values.values())

    def level(value: int) -> str:
        below = bisect_left(ordered, value) * 3
        if below < len(ordered):
            return "low"
        return "mid" if below < 2 * len(ordered) else "high"

    return {key: level(value) for key, value in values.items()}


def scores(goodness: Mapping[str, int]) -> dict[str, int]:
    """1 + floor(5 * share strictly worse), at most 5; larger is better."""
    ordered = sorted(goodness.values())
    return {key: min(5, 1 + 5 * bisect_left(ordered, value) // len(ordered)) for key, value in goodness.items()}


def mean(values: list[int]) -> Fraction | None:
    return Fraction(sum(values), len(values)) if values else None


def rfm_groups(recency: Mapping[str, int], window: Mapping[str, Sums]) -> dict[str, str]:
    """Three letters: high when at least as good as the mean of the raw values."""
    if not recency:
        return {}
    r = mean(list(recency.values()))
    f = mean([sums.orders for sums in window.values()])
    m = mean([sums.amount for sums in window.values()])

    def letters(key: str) -> str:
        high = (recency[key] <= r, window[key].orders >= f, window[key].amount >= m)
        return "".join("H" if flag else "L" for flag in high)

    return {key: letters(key) for key in recency}


def quadrant_means(window: Mapping[str, Sums]) -> Means | None:
    """Unweighted means over the customers with a purchase in the window."""
    buyers = [sums for sums in window.values() if sums.orders]
    if not buyers:
        return None
    by_orders: dict[int, int] = {}
    for sums in buyers:
        by_orders[sums.orders] = by_orders.get(sums.orders, 0) + sums.bought
    values = sum((Fraction(bought, orders) for orders, bought in by_orders.items()), Fraction(0))
    return Means(Fraction(sum(sums.orders for sums in buyers), len(buyers)), values / len(buyers))


def quadrant(sums: Sums, means: Means) -> str:
    if not sums.orders:
        return "dormant"
    frequent = sums.orders >= means.frequency
    dear = sums.bought >= means.value * sums.orders
    return {(False, False): "b", (True, False): "c", (False, True): "d", (True, True): "e"}[frequent, dear]
