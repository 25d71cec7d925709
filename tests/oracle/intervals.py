"""Wilson's score interval, Newcombe's interval of a difference (his method 10) and Holm's correction."""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist

Z95 = NormalDist().inv_cdf(0.975)


def wilson(hits: int, base: int, z: float = Z95) -> tuple[float | None, float | None]:
    """Bounds of the share hits / base; nulls on an empty base."""
    if not base:
        return None, None
    share, squared = hits / base, z * z
    centre = (share + squared / (2 * base)) / (1 + squared / base)
    half = z / (1 + squared / base) * sqrt(share * (1 - share) / base + squared / (4 * base * base))
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    high = 1.0 if hits == base else min(1.0, centre + half)
    return low, high


def newcombe_excludes_zero(first: tuple[int, int], second: tuple[int, int], z: float) -> bool:
    """Whether the interval of first - second, at this z, leaves 0 outside."""
    p1, p2 = first[0] / first[1], second[0] / second[1]
    (l1, u1), (l2, u2) = wilson(*first, z), wilson(*second, z)
    difference = p1 - p2
    if difference > 0:
        return difference > sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    return -difference > sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)


def newcombe_p(first: tuple[int, int], second: tuple[int, int]) -> float:
    """The level at which the interval of the difference just touches 0 (the interval turned into a test)."""
    if first[0] * second[1] == second[0] * first[1]:
        return 1.0
    low, high = 0.0, 38.0
    for _ in range(200):
        middle = (low + high) / 2
        if newcombe_excludes_zero(first, second, middle):
            low = middle
        else:
            high = middle
    return 2 * NormalDist().cdf(-low)


def holm(p_values: list[float], level: float = 0.05) -> list[bool]:
    """Which hypotheses fall, step down."""
    fallen = [False] * len(p_values)
    for step, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        if p_values[place] > level / (len(p_values) - step):
            break
        fallen[place] = True
    return fallen
