"""The next h days of a Pareto/NBD customer: alive, active, expected, at least n purchases.

With S = r + x, A = alpha + T, B = beta + T and J of lapse_integral:

    P(alive)          = 1 / (1 + s / (beta + t_x) * ((alpha + T) / (alpha + t_x))^S ((beta + T) / (beta + t_x))^s J)
    E[N | alive]      = S B / A * (1 - (B / (B + h))^(s - 1)) / (s - 1)
    P(N >= n | alive) = integral over 0 < t < h of the density of the n-th purchase * (B / (B + t))^s

Source: Fader and Hardie (2005), equations 36 and 41; the last line says in one positive integral what "Deriving the
Conditional PMF of the Pareto/NBD Model" (2014) writes as an alternating sum.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from regulars.engine.probability.lapse_integral import lapse_integral
from regulars.engine.probability.special import GAUSS_NODES, GAUSS_WEIGHTS, expm1_ratio, logistic

NODES: Final = 2048
_FALL: Final = 9.0


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def pareto_alive(frequency, recency, age, theta, alive):  # type: ignore[no-untyped-def]
    """P(alive) of each history."""
    r, alpha, s, beta = theta[0], theta[1], theta[2], theta[3]
    for i in range(frequency.shape[0]):
        silence = age[i] - recency[i]
        if silence <= 0.0:
            alive[i] = 1.0
            continue
        a0, b0, shape = alpha + recency[i], beta + recency[i], r + frequency[i]
        integral = lapse_integral(shape, s + 1.0, a0, b0, silence)
        odds = math.log(s / b0 * integral) + shape * math.log1p(silence / a0) + s * math.log1p(silence / b0)
        alive[i] = logistic(-odds)


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def pareto_means(frequency, age, days, theta, out):  # type: ignore[no-untyped-def]
    """Expected purchases if alive: out[pair, 0, horizon]."""
    r, alpha, s, beta = theta[0], theta[1], theta[2], theta[3]
    for i in range(frequency.shape[0]):
        rate = (r + frequency[i]) * (beta + age[i]) / (alpha + age[i])
        for h in range(days.shape[0]):
            span = math.log1p(days[h] / (beta + age[i]))
            out[i, 0, h] = rate * span * expm1_ratio(-(s - 1.0) * span)


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def pareto_active(frequency, age, days, theta, out):  # type: ignore[no-untyped-def]
    """P(at least one purchase | alive): out[pair, 0, horizon]."""
    r, alpha, s, beta = theta[0], theta[1], theta[2], theta[3]
    for i in range(frequency.shape[0]):
        shape, a = r + frequency[i], alpha + age[i]
        for h in range(days.shape[0]):
            share = shape / a * lapse_integral(shape + 1.0, s, a, beta + age[i], days[h])
            out[i, 0, h] = min(share, 1.0)


@njit("float64(float64, float64, float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def _slope(y: float, n: float, shape: float, s: float, shift: float) -> float:
    """Slope in y = ln(t / A) of the logarithm of the integrand of ``pareto_tail``; it falls with y."""
    return n - (n + shape) * logistic(y) - s * logistic(y + shift)


@njit(
    "float64(float64, float64, float64, float64, float64, float64, float64, float64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _run(start, direction, stop, n, shape, s, shift, log_front):  # type: ignore[no-untyped-def]
    """Integral from ``start`` in ``direction`` until ``stop`` or until nothing is left, by Gauss-Legendre panels."""
    at, total = start, 0.0
    while (stop - at) * direction > 0.0:
        slope = abs(_slope(at, n, shape, s, shift))
        bend = (n + shape) * logistic(at) * logistic(-at) + s * logistic(at + shift) * logistic(-at - shift)
        length = min(1.5, _FALL / max(slope, 1e-3), 3.0 / math.sqrt(max(bend, 0.25)))
        length = min(length, (stop - at) * direction)
        part = 0.0
        for i in range(GAUSS_NODES.shape[0]):
            y = at + direction * length * GAUSS_NODES[i]
            fall = (n + shape) * (max(y, 0.0) + math.log1p(math.exp(-abs(y))))
            leave = s * (max(y + shift, 0.0) + math.log1p(math.exp(-abs(y + shift))))
            part += GAUSS_WEIGHTS[i] * math.exp(log_front + n * y - fall - leave)
        total += part * length
        at += direction * length
        if part * length <= 1e-17 * total:
            break
    return total


@njit("float64(float64, float64, float64, float64, float64[::1])", cache=True, nogil=True, error_model="numpy")
def pareto_tail(n, frequency, age, days, theta):  # type: ignore[no-untyped-def]
    """P(N >= n | alive) for any n >= 1."""
    shape, s = theta[0] + frequency, theta[2]
    a, b = theta[1] + age, theta[3] + age
    shift, top = math.log(a / b), math.log(days / a)
    front = math.lgamma(n + shape) - math.lgamma(n) - math.lgamma(shape)
    low, high = -60.0, max(top, -59.0)
    if _slope(top, n, shape, s, shift) >= 0.0:
        value = _run(top, -1.0, -1e9, n, shape, s, shift, front)
        return min(value, 1.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        if _slope(middle, n, shape, s, shift) > 0.0:
            low = middle
        else:
            high = middle
        if high - low < 1e-3:
            break
    value = _run(low, -1.0, -1e9, n, shape, s, shift, front) + _run(low, 1.0, top, n, shape, s, shift, front)
    return min(value, 1.0)


@njit("void(float64, float64, float64, float64[::1], float64[::1])", cache=True, nogil=True, error_model="numpy")
def pareto_tails(frequency, age, days, theta, out):  # type: ignore[no-untyped-def]
    """P(N >= n | alive) for n = 0 .. len(out) - 1: one set of nodes over the time of leaving serves every n.

    P(N = n) = integral over the time t of leaving of P(n purchases by t) + P(n purchases by h) P(not left by h).
    """
    shape, s = theta[0] + frequency, theta[2]
    a, b = theta[1] + age, theta[3] + age
    end = math.log1p(days / a)
    out[0] = 1.0
    if shape * end > 600.0:
        for n in range(1, out.shape[0]):
            out[n] = pareto_tail(float(n), frequency, age, days, theta)
        return
    mass, reach = np.empty(NODES), np.empty(NODES)
    nodes = 1
    mass[0] = math.exp(-s * math.log1p(days / b) - shape * end)
    reach[0] = -math.expm1(-end)
    at = 0.0
    while at < end and nodes + GAUSS_NODES.shape[0] <= NODES:
        steep = (s + 1.0) * a * math.exp(at) / (b + a * math.expm1(at))
        narrow = max(6.0 / shape, 2.5 * math.sqrt(at / shape))
        length = min(end - at, 1.0, _FALL / steep, narrow, 2.0 * (b / a + at))
        for i in range(GAUSS_NODES.shape[0]):
            v = at + length * GAUSS_NODES[i]
            t = a * math.expm1(v)
            leave = s / b * math.exp(-(s + 1.0) * math.log1p(t / b)) * (a + t)
            mass[nodes] = GAUSS_WEIGHTS[i] * length * leave * math.exp(-shape * v)
            reach[nodes] = -math.expm1(-v)
            nodes += 1
        at += length
        if end - at < 1e-15 * end:
            break
    above = 1.0
    for n in range(1, out.shape[0]):
        grow = (shape + n - 1.0) / n
        for i in range(nodes):
            above -= mass[i]
            mass[i] *= grow * reach[i]
        out[n] = max(above, 0.0)
