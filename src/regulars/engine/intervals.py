"""Intervals and tests for proportions.

Wilson, E. B. (1927), JASA 22; Newcombe, R. G. (1998), Statistics in Medicine 17, method 10; Holm, S. (1979), Scand. J.
Statist. 6.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import ndtr, ndtri


def normal_quantile(confidence: float) -> float:
    """z with ``confidence`` of the standard normal within ±z: 1.96 for 0.95."""
    return float(ndtri(0.5 + confidence / 2))


def wilson(hits: int, n: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Wilson score interval of hits/n; None for an empty base. 25 of 500 gives 3.4 %–7.3 %."""
    return _wilson(hits, n, normal_quantile(confidence)) if n else None


def _wilson(hits: float, n: float, z: float) -> tuple[float, float]:
    p, zz = hits / n, z * z
    centre = (p + zz / (2 * n)) / (1 + zz / n)
    half = z / (1 + zz / n) * math.sqrt(p * (1 - p) / n + zz / (4 * n * n))
    return (0.0 if hits == 0 else max(0.0, centre - half), 1.0 if hits == n else min(1.0, centre + half))


def newcombe(hits1: int, n1: int, hits2: int, n2: int, confidence: float = 0.95) -> tuple[float, float] | None:
    """Interval of hits1/n1 − hits2/n2 by Newcombe's hybrid score method; None when a base is empty."""
    return _newcombe(hits1, n1, hits2, n2, normal_quantile(confidence)) if n1 and n2 else None


def _newcombe(hits1: int, n1: int, hits2: int, n2: int, z: float) -> tuple[float, float]:
    p1, p2 = hits1 / n1, hits2 / n2
    (l1, u1), (l2, u2) = _wilson(hits1, n1, z), _wilson(hits2, n2, z)
    d = p1 - p2
    return d - math.hypot(p1 - l1, u2 - p2), d + math.hypot(u1 - p1, p2 - l2)


def newcombe_p_value(hits1: int, n1: int, hits2: int, n2: int) -> float:
    """The level at which Newcombe's interval just touches zero: two-sided p-value of "no difference"."""
    if not n1 or not n2 or hits1 * n2 == hits2 * n1:
        return 1.0
    low, high = 0.0, 40.0
    for _step in range(80):
        z = (low + high) / 2
        interval = _newcombe(hits1, n1, hits2, n2, z)
        if interval[0] > 0 or interval[1] < 0:
            low = z
        else:
            high = z
    return float(2 * ndtr(-low))


def holm(p_values: Sequence[float], alpha: float = 0.05) -> list[bool]:
    """Which hypotheses Holm's step-down procedure rejects, family-wise error at most ``alpha``."""
    rejected = [False] * len(p_values)
    for step, index in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[index] > alpha / (len(p_values) - step):
            break
        rejected[index] = True
    return rejected
