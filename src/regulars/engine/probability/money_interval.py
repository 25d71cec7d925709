"""Interval of the money a customer brings in the next h days, from the predictive distribution, without draws.

N purchase days whose values are Gamma(p, nu) with nu | x, m ~ Gamma(px + q, v + xm) bring a beta-prime sum,

    P(money <= y | N = n) = I_w(pn, px + q),    w = y / (y + v + xm)

mixed over the distribution of N (counts.py). In units of v + xm it depends on the history alone; the incomplete beta
functions depend on x alone and are tabulated once for each x on a grid of ln y. Source: Fader and Hardie, "The
Gamma-Gamma Model of Monetary Value" (2013), sections 2 and 3.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from regulars.engine.probability.counts import grow_tails
from regulars.engine.probability.special import beta_share

GRID: Final = 64
EXACT: Final = 48
GROWTH: Final = 1.08
BLOCKS: Final = 96


@njit("int64(int64[::1])", cache=True, nogil=True, error_model="numpy")
def _blocks(edges):  # type: ignore[no-untyped-def]
    """Blocks of purchase counts: exact up to EXACT, then growing; edges[i] is the first count of block i."""
    n = 1
    i = 0
    while i < edges.shape[0]:
        edges[i] = n
        n += 1 if n < EXACT else max(1, int(n * (GROWTH - 1.0)))
        i += 1
    return i


@njit("void(float64, float64, float64, float64, int64, float64[::1])", cache=True, nogil=True, error_model="numpy")
def _shares(p, shape, low, step, days, out):  # type: ignore[no-untyped-def]
    """P(money / (v + xm) <= y) of ``days`` purchase days on the grid ln y = low + i step."""
    for i in range(out.shape[0]):
        y = low + i * step
        rest = -(max(y, 0.0) + math.log1p(math.exp(-abs(y))))
        out[i] = beta_share(p * days, shape, y + rest, rest)


@njit("float64(float64[::1], float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def _invert(above, rest, low, step):  # type: ignore[no-untyped-def]
    """y where the falling curve ``above`` passes ``rest``: cubic through four neighbours in ln y; 0 below the grid."""
    left, right = 0, above.shape[0] - 1
    if rest >= above[0]:
        return 0.0
    if rest <= above[right]:
        return math.exp(low + right * step)
    while right - left > 1:
        middle = (left + right) // 2
        if above[middle] > rest:
            left = middle
        else:
            right = middle
    drop = above[left] - above[right]
    before = 0.5 * (above[left - 1] - above[right]) if left > 0 else drop
    after = 0.5 * (above[left] - above[right + 1]) if right + 1 < above.shape[0] else drop
    before, after = min(before, 3.0 * drop), min(after, 3.0 * drop)
    lower, upper = 0.0, 1.0
    for _ in range(30):
        t = 0.5 * (lower + upper)
        fallen = t * (before + t * (3.0 * drop - 2.0 * before - after + t * (before + after - 2.0 * drop)))
        if above[left] - fallen > rest:
            lower = t
        else:
            upper = t
    return math.exp(low + (left + 0.5 * (lower + upper)) * step)


@njit(
    "void(int64, int64[::1], float64[::1], float64[::1], float64[::1], float64[:, ::1], float64, float64[::1],"
    " float64, float64, float64[::1], int64, int64, float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def money_quantiles(  # type: ignore[no-untyped-def]
    family, starts, frequency, age, alive, phase, days, levels, p, q, theta, k, after_first, out
):
    """out[history, level]: quantile of the money of the next ``days`` in units of v + xm (within 0.1 %)."""
    edges = np.empty(BLOCKS, dtype=np.int64)
    _blocks(edges)
    cap = edges[BLOCKS - 1]
    table = np.empty((k, cap + 1))
    shares = np.empty((BLOCKS, GRID))
    above = np.empty((k, GRID))
    mixed = np.empty(GRID)
    known, last_x, low, step, shape = 0, -1.0, 0.0, 0.0, 0.0
    for pair in range(starts.shape[0] - 1):
        first, last = starts[pair], starts[pair + 1]
        x = frequency[first]
        if x != last_x:
            last_x, known, shape = x, 0, p * x + q
            low = math.log(p / shape) - 3.0 - 6.0 / math.sqrt(min(p, 1.0))
            high = math.log(p * cap / shape) + 1.0 + 3.5 / min(shape, 1.0)
            step = (high - low) / (GRID - 1)
        best = 0.0
        for i in range(first, last):
            best = max(best, alive[i])
        need = 8
        have = 0
        while True:
            have = grow_tails(family, x, age[first], days, theta, k, after_first, table, have, need)
            reach = 0.0
            for j in range(k):
                reach = max(reach, table[j, have - 1])
            if have == cap + 1 or reach * best < 1e-3:
                break
            need = min(cap + 1, have + 8 + have // 2)
        above[:, :] = 0.0
        for block in range(BLOCKS):
            if edges[block] >= have:
                break
            if block >= known:
                end = edges[block + 1] - 1 if block + 1 < BLOCKS else edges[block]
                _shares(p, shape, low, step, (edges[block] + end) // 2, shares[block])
                known = block + 1
            until = edges[block + 1] if block + 1 < BLOCKS else have
            for j in range(k):
                mass = table[j, edges[block]] - (table[j, until] if until < have else 0.0)
                for g in range(GRID):
                    above[j, g] += mass * (1.0 - shares[block, g])
        for i in range(first, last):
            for g in range(GRID):
                mixed[g] = 0.0
                for j in range(k):
                    mixed[g] += phase[i, j] * above[j, g]
            for level in range(levels.shape[0]):
                out[i, level] = _invert(mixed, (1.0 - levels[level]) / max(alive[i], 1e-300), low, step)
