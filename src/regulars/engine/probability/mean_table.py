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
    "void(float64, float64[::1], float64[::1], float64[::1], int64, int64, float64[::1], float64[::1], int64[::1],"
    " float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _evaluate(x, scales, days, theta, k, after_first, stay, total, filled, out):  # type: ignore[no-untyped-def]
    """E at each scale = alpha + T: out[scale, phase, horizon]."""
    leave = theta[3] + x + after_first
    for i in range(scales.shape[0]):
        for j in range(k):
            shape = theta[0] + k * x + j
            for h in range(days.shape[0]):
                ratio = days[h] / scales[i]
                out[i, j, h] = mean_if_alive(shape, ratio, j, k, theta[2], leave, stay, total, filled)


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[:, :, ::1], float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _interpolate(points, nodes, weights, exact, out):  # type: ignore[no-untyped-def]
    """exp of the barycentric interpolant of ``exact`` (logarithms at the nodes) at each point."""
    count = nodes.shape[0]
    share = np.empty(count)
    for i in range(points.shape[0]):
        whole = 0.0
        hit = -1
        for c in range(count):
            gap = points[i] - nodes[c]
            if gap == 0.0:
                hit = c
                break
            share[c] = weights[c] / gap
            whole += share[c]
        if hit >= 0:
            out[i] = np.exp(exact[hit])
            continue
        out[i] = 0.0
        for c in range(count):
            part = share[c] / whole
            for j in range(out.shape[1]):
                for h in range(out.shape[2]):
                    out[i, j, h] += part * exact[c, j, h]
        for j in range(out.shape[1]):
            for h in range(out.shape[2]):
                out[i, j, h] = math.exp(out[i, j, h])


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], int64, int64, float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def mean_table(frequency, age, days, theta, k, after_first, out):  # type: ignore[no-untyped-def]
    """Expected purchases if alive: out[pair, phase, horizon]; pairs sorted by frequency, then age."""
    stay, total, filled = np.empty(SHARES), np.empty(SHARES), np.zeros(1, dtype=np.int64)
    exact = np.empty((_MOST_NODES, k, days.shape[0]))
    first = 0
    while first < frequency.shape[0]:
        x, last = frequency[first], first
        while last < frequency.shape[0] and frequency[last] == x:
            last += 1
        filled[0] = 0
        scales = theta[1] + age[first:last]
        points = np.log(scales)
        middle, half = 0.5 * (points[0] + points[-1]), 0.5 * (points[-1] - points[0])
        count = _node_count(half) if last - first > 8 and half > 0.0 else _MOST_NODES + 1
        if count > _MOST_NODES or count * _WORTH > last - first:
            _evaluate(x, scales, days, theta, k, after_first, stay, total, filled, out[first:last])
        else:
            angles = (2.0 * np.arange(count) + 1.0) * math.pi / (2.0 * count)
            nodes, weights = np.cos(angles), np.sin(angles) * (1.0 - 2.0 * (np.arange(count) % 2))
            at_nodes = np.exp(middle + half * nodes)
            _evaluate(x, at_nodes, days, theta, k, after_first, stay, total, filled, exact[:count])
            logs = np.log(exact[:count])
            _interpolate((points - middle) / half, nodes, weights, logs, out[first:last])
        first = last
