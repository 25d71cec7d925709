"""Expected purchases of a customer who may leave after each of them, in positive arithmetic only.

Given the history and that the customer is alive, the stages of the gap clock that pass in the next h days are a
negative binomial count M with shape S = r + kx + j (j stages passed since the last purchase) and ratio u = h / (alpha +
T); the chance of leaving is p ~ Beta(a, b'). The purchases are floor((M + j) / k) until the customer leaves, so that

    E = sum over m of P(M = m) W_n,   n = floor((m + j) / k),   W_n = sum over i <= n of (b')_(i-1) / (a + b')_(i-1)

All terms are positive: nothing cancels. For k = 1 this is equation 10 of Fader, Hardie and Lee 2005 without its
singularity at a = 1. Where the sum is long the same expectation is taken over p instead,

    E = E_p[(1 - G(p)) / p],   G(p) = E[(1 - p)^n] = (1 + p u)^-S for k = 1,

by the trapezoidal rule in the logit of p, which converges exponentially (Trefethen and Weideman 2014).
For k > 1, G is a sum over the k-th roots of unity.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

_LONG: Final = 3000.0
_VERY_LONG: Final = 40000.0
SHARES: Final = 40064
_UNDERFLOW: Final = 600.0


@njit("int64(float64[::1], float64[::1], int64, int64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def extend_shares(stay, total, filled, need, a, b):  # type: ignore[no-untyped-def]
    """Fill stay[n] = (b)_(n-1) / (a + b)_(n-1) and total[n] = W_n up to ``need``; returns how far they are filled."""
    if filled < 1:
        stay[0], total[0] = 1.0, 0.0
        stay[1], total[1] = 1.0, 1.0
        filled = 1
    for n in range(filled, need):
        stay[n + 1] = stay[n] * (b + (n - 1)) / (a + b + (n - 1))
        total[n + 1] = total[n] + stay[n + 1]
    return max(filled, need)


@njit("float64(float64, float64)", cache=True, nogil=True, error_model="numpy")
def _length(shape: float, ratio: float) -> float:
    return (shape + 10.0 * math.sqrt(shape) + 45.0) * ratio + 40.0


@njit(
    "float64(float64, float64, int64, int64, float64, float64, float64[::1], float64[::1], int64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _from_zero(shape, ratio, phase, k, a, b, stay, total, filled):  # type: ignore[no-untyped-def]
    z = ratio / (1.0 + ratio)
    mass = math.exp(-shape * math.log1p(ratio))
    value = 0.0
    n, left = phase // k, k - phase % k
    m = 0.0
    while True:
        if n + 1 > filled[0]:
            filled[0] = extend_shares(stay, total, filled[0], min(2 * n + 32, SHARES - 1), a, b)
        part = mass * total[n]
        value += part
        ratio_next = (shape + m) / (m + 1.0) * z
        if ratio_next < 1.0 and part <= 1e-17 * value * (1.0 - ratio_next) and n > 0:
            return value
        if mass == 0.0 or n >= SHARES - 2:
            return value
        mass *= ratio_next
        m += 1.0
        left -= 1
        if left == 0:
            n += 1
            left = k


@njit(
    "float64(float64, float64, int64, int64, float64, float64, float64[::1], float64[::1], int64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _from_mode(shape, ratio, phase, k, a, b, stay, total, filled):  # type: ignore[no-untyped-def]
    """The same sum outwards from the most likely count, for shapes whose P(M = 0) underflows."""
    z = ratio / (1.0 + ratio)
    mode = max(math.floor((shape - 1.0) * ratio), 0.0)
    reach = 12.0 * math.sqrt(shape * ratio * (1.0 + ratio)) + 60.0 * (1.0 + ratio)
    need = int((mode + reach + phase) / k) + 2
    if need > filled[0]:
        filled[0] = extend_shares(stay, total, filled[0], need, a, b)
    value = norm = 0.0
    mass, m = 1.0, mode
    while m <= mode + reach:
        norm += mass
        value += mass * total[int((m + phase) // k)]
        mass *= (shape + m) / (m + 1.0) * z
        m += 1.0
    mass, m = mode / ((shape + mode - 1.0) * z), mode - 1.0
    while m >= 0.0 and mass > 1e-20:
        norm += mass
        value += mass * total[int((m + phase) // k)]
        mass *= m / ((shape + m - 1.0) * z)
        m -= 1.0
    return value / norm


@njit("float64(float64)", cache=True, nogil=True, error_model="numpy")
def _log_ratio(y: float) -> float:
    """ln((e^y - 1) / y), y >= 0."""
    if y < 0.05:
        square = y * y
        return 0.5 * y + square / 24.0 - square * square / 2880.0 + square * square * square / 181440.0
    return y + math.log(-math.expm1(-y) / y)


@njit("float64(float64, float64, float64, float64, int64, int64)", cache=True, nogil=True, error_model="numpy")
def _gone(share: float, stays: float, shape: float, ratio: float, phase: int, k: int) -> float:
    """(1 - E[(1 - p)^n]) / p at p = ``share``, 1 - p = ``stays``."""
    if k == 1:
        return -math.expm1(-shape * math.log1p(share * ratio)) / share
    z = ratio / (1.0 + ratio)
    if stays < 0.05:
        mass = math.exp(-shape * math.log1p(ratio))
        kept, power = 0.0, 1.0
        n, left = 0, k - phase
        for m in range(14 * k):
            kept += mass * power
            mass *= (shape + m) / (m + 1.0) * z
            left -= 1
            if left == 0:
                n, left, power = n + 1, k, power * stays
        return (1.0 - kept) / share
    hazard = -math.log1p(-share) if share < 0.5 else -math.log(stays)
    slip = -math.expm1(-hazard / k)
    exponent = _log_ratio(hazard) - _log_ratio(hazard / k) - phase * hazard / k
    value = -math.expm1(exponent - shape * math.log1p(ratio * slip)) / share
    root = 1.0 - slip
    for q in range(1, k):
        turn = complex(math.cos(2.0 * math.pi * q / k), math.sin(2.0 * math.pi * q / k)) * root
        weight = -1.0 / (k * stays) / (1.0 - 1.0 / turn)
        decay = np.exp(-shape * np.log(1.0 + ratio * (1.0 - turn)))
        value -= (weight * turn**phase * decay).real
    return value


@njit("float64(float64, float64, int64, int64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def _over_shares(shape, ratio, phase, k, a, b):  # type: ignore[no-untyped-def]
    """E over p ~ Beta(a, b) by the trapezoidal rule in y = logit p; geometric tails are summed in closed form."""
    spread = math.sqrt(1.0 / a + 0.5 / (a * a) + 1.0 / b + 0.5 / (b * b))
    step = min(0.22, 0.5 * spread)
    low = -(40.0 + math.log1p(shape * ratio + b))
    high = 40.0 + math.log1p(a + shape)
    centre = min(max(math.log(a / b), low + 1.0), high - 1.0)
    peak = -a * math.log1p(math.exp(-centre)) - b * math.log1p(math.exp(centre))
    value = norm = 0.0
    for side in range(2):
        i = 0 if side == 0 else 1
        while True:
            y = centre + (i if side == 1 else -i) * step
            log_share, log_stays = -math.log1p(math.exp(-y)), -math.log1p(math.exp(y))
            weight = math.exp(a * log_share + b * log_stays - peak)
            part = weight * _gone(math.exp(log_share), math.exp(log_stays), shape, ratio, phase, k)
            if side == 0 and y < low:
                closing = 1.0 / -math.expm1(-a * step)
            elif side == 1 and y > high:
                closing = 1.0 / -math.expm1(-b * step)
            else:
                closing = 0.0
            if closing > 0.0:
                value += part * closing
                norm += weight * closing
                break
            value += part
            norm += weight
            if weight < 1e-19 * norm and part < 1e-19 * value and i > 4:
                break
            i += 1
    return value / norm


@njit(
    "float64(float64, float64, int64, int64, float64, float64, float64[::1], float64[::1], int64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def mean_if_alive(shape, ratio, phase, k, a, b, stay, total, filled):  # type: ignore[no-untyped-def]
    """E of the formula above; ``stay``, ``total`` (SHARES long) and ``filled`` (1 long) are tables kept for one b."""
    if ratio <= 0.0:
        return 0.0
    longest = _LONG if k == 1 else _VERY_LONG
    if shape * math.log1p(ratio) <= _UNDERFLOW:
        if _length(shape, ratio) <= longest:
            return _from_zero(shape, ratio, phase, k, a, b, stay, total, filled)
    else:
        reach = 24.0 * math.sqrt(shape * ratio * (1.0 + ratio)) + 60.0 * (1.0 + ratio)
        if reach <= longest and shape * ratio + reach + k <= SHARES - 4.0:
            return _from_mode(shape, ratio, phase, k, a, b, stay, total, filled)
    return _over_shares(shape, ratio, phase, k, a, b)
