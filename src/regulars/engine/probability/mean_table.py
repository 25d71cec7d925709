"""Expected purchases for many (x, T) at once: exact at Chebyshev points of ln(alpha + T), interpolated between them.

For a given x and horizon, ln E is analytic in tau = ln(alpha + T) within |Im tau| < pi / 2, where E has a positive real
part: |(1 + p h e^-tau)^-S| <= 1 there. So the interpolant at N Chebyshev points of an interval of half-width w falls
short by rho^-N, rho = q + sqrt(1 + q^2), q = pi / (2 w), and a dozen or two points give full precision (Trefethen,
"Approximation Theory and Approximation Practice" (2019), theorem 8.2; barycentric formula, Berrut and Trefethen 2004).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from regulars.engine.probability.dropout_mean import SHARES, mean_if_alive

_DIGITS: Final = 31.0
_WORTH: Final = 1.3
_MOST_NODES: Final = 128


@njit("int64(float64)", cache=True, nogil=True, error_model="numpy")
def _node_count(half: float) -> int:
    q = 0.45 * math.pi / half
    return int(_DIGITS / math.log(q + math.sqrt(1.0 + q * q))) + 3


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], int64, int64, float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def mean_table(frequency, age, days, theta, k, after_first, out):  # type: ignore[no-untyped-def]
    """Expected purchases if alive: out[pair, phase, horizon]; pairs sorted by frequency, then age."""
    r, alpha, a, b = theta[0], theta[1], theta[2], theta[3]
    stay, total = np.empty(SHARES), np.empty(SHARES)
    filled = np.zeros(1, dtype=np.int64)
    nodes, weights, share = np.empty(_MOST_NODES), np.empty(_MOST_NODES), np.empty(_MOST_NODES)
    exact = np.empty((_MOST_NODES, k, days.shape[0]))
    first = 0
    while first < frequency.shape[0]:
        x = frequency[first]
        last = first
        while last < frequency.shape[0] and frequency[last] == x:
            last += 1
        filled[0] = 0
        leave = b + x + after_first
        low, high = math.log(alpha + age[first]), math.log(alpha + age[last - 1])
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        count = _node_count(half) if last - first > 8 and half > 0.0 else _MOST_NODES + 1
        if count > _MOST_NODES or count * _WORTH > last - first:
            for i in range(first, last):
                for j in range(k):
                    for h in range(days.shape[0]):
                        ratio = days[h] / (alpha + age[i])
                        out[i, j, h] = mean_if_alive(r + k * x + j, ratio, j, k, a, leave, stay, total, filled)
            first = last
            continue
        for c in range(count):
            angle = (2 * c + 1) * math.pi / (2 * count)
            nodes[c] = math.cos(angle)
            weights[c] = math.sin(angle) if c % 2 == 0 else -math.sin(angle)
            scale = math.exp(middle + half * nodes[c])
            for j in range(k):
                for h in range(days.shape[0]):
                    value = mean_if_alive(r + k * x + j, days[h] / scale, j, k, a, leave, stay, total, filled)
                    exact[c, j, h] = math.log(value)
        for i in range(first, last):
            at = (math.log(alpha + age[i]) - middle) / half
            whole = 0.0
            hit = -1
            for c in range(count):
                gap = at - nodes[c]
                if gap == 0.0:
                    hit = c
                    break
                share[c] = weights[c] / gap
                whole += share[c]
            for j in range(k):
                for h in range(days.shape[0]):
                    if hit >= 0:
                        out[i, j, h] = math.exp(exact[hit, j, h])
                        continue
                    value = 0.0
                    for c in range(count):
                        value += share[c] * exact[c, j, h]
                    out[i, j, h] = math.exp(value / whole)
        first = last
