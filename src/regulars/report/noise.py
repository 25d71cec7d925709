"""Whether a difference is more than chance: what a title must pass before it may call something a finding."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from regulars.engine.intervals import newcombe, normal_quantile

CONFIDENCE = 0.95
SPREAD_OF_AN_ORDER = 2.0


def shares_differ(hits_a: int, n_a: int, hits_b: int, n_b: int, *, least: float = 0.0, comparisons: int = 1) -> bool:
    """Whether two shares differ by ``least`` or more and outside Newcombe's interval of the difference.

    The interval widens with ``comparisons`` (Bonferroni): the best of ten is better than the rest even by chance.
    """
    between = newcombe(hits_a, n_a, hits_b, n_b, 1 - (1 - CONFIDENCE) / max(1, comparisons))
    if between is None:
        return False
    outside = between[0] > 0 or between[1] < 0
    return outside and abs(hits_a / n_a - hits_b / n_b) >= least


def counts_differ(a: float, b: float) -> bool:
    """Whether two counts of independent arrivals differ by more than chance (difference of two Poisson counts)."""
    return abs(a - b) > normal_quantile(CONFIDENCE) * sqrt(a + b)


def means_differ(mean_a: float, n_a: float, mean_b: float, n_b: float, *, least: float = 0.1) -> bool:
    """Whether two mean amounts differ by ``least`` of the smaller one and by more than chance.

    Without the variances at hand an order's amount is taken to scatter by twice its mean, which is a lot: the test errs
    on the side of silence.
    """
    if n_a < 1 or n_b < 1 or mean_a <= 0 or mean_b <= 0:
        return False
    error = SPREAD_OF_AN_ORDER * sqrt(mean_a**2 / n_a + mean_b**2 / n_b)
    gap = abs(mean_a - mean_b)
    return gap > normal_quantile(CONFIDENCE) * error and gap >= least * min(mean_a, mean_b)


def stands_out(hits: Sequence[int], bases: Sequence[int], *, least_base: int = 100) -> int | None:
    """The one of several shares that is the highest, and higher than all others together beyond chance; or None.

    Only members with ``least_base`` take part. The interval allows for having looked at every one of them.
    """
    taking_part = [index for index, base in enumerate(bases) if base >= least_base]
    if len(taking_part) < 2:
        return None
    best = max(taking_part, key=lambda index: hits[index] / bases[index])
    others = [index for index in taking_part if index != best]
    rest_hits, rest_base = sum(hits[index] for index in others), sum(bases[index] for index in others)
    differs = shares_differ(hits[best], bases[best], rest_hits, rest_base, least=0.03, comparisons=len(taking_part))
    return best if differs else None
