"""The next h days of a customer who may leave after each purchase: alive, active, expected, at least n purchases.

Given alive with j stages passed since the last purchase, S = r + kx + j, u = h / (alpha + T) and M negative binomial,

    P(alive)          = 1 / (1 + e^d), with d of dropout_likelihood
    P(phase j)        proportional to (r + kx)_j / j! * ((T - t_x) / (alpha + T))^j
    P(N >= n | alive) = (b')_(n-1) / (a + b')_(n-1) * P(M >= nk - j)

b' = b + x + 1 where leaving is possible after the first purchase too, else b + x. Sources: those of
dropout_likelihood, and Fader and Hardie, "Computing P(alive) Using the BG/NBD Model" (2008).
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from regulars.engine.probability.special import count_at_least, logistic

_LONG_TAIL: Final = 5000
_BIG: Final = 600.0


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], int64, int64, float64[::1], float64[:, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def alive_now(frequency, recency, age, theta, k, after_first, alive, phase):  # type: ignore[no-untyped-def]
    """P(alive) and the phase weights of each history; arrays (u,), (u, k) are filled."""
    r, alpha, a, b = theta[0], theta[1], theta[2], theta[3]
    for i in range(frequency.shape[0]):
        x = frequency[i]
        shape = r + k * x
        silence = age[i] - recency[i]
        y = silence / (alpha + age[i])
        term = total = 1.0
        phase[i, 0] = 1.0
        for j in range(1, k):
            term *= (shape + j - 1.0) / j * y
            phase[i, j] = term
            total += term
        for j in range(k):
            phase[i, j] /= total
        if x == 0.0 and after_first == 0:
            alive[i] = 1.0
            continue
        o = b + x if after_first == 1 else b + (x - 1.0)
        odds = math.log(a / o) + shape * math.log1p(silence / (alpha + recency[i])) - math.log(total)
        alive[i] = logistic(-odds)


@njit("float64(int64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def few_at_least(n: int, shape: float, ratio: float) -> float:
    """P(M >= n) for a small n, to full relative precision."""
    mass = math.exp(-shape * math.log1p(ratio))
    if n == 1:
        return -math.expm1(-shape * math.log1p(ratio))
    z = ratio / (1.0 + ratio)
    below = 0.0
    for m in range(n):
        below += mass
        mass *= (shape + m) / (m + 1.0) * z
    if below < 0.9:
        return 1.0 - below
    above = 0.0
    for m in range(n, n + _LONG_TAIL):
        above += mass
        mass *= (shape + m) / (m + 1.0) * z
        if mass < 1e-17 * above:
            return above
    return 1.0 - below


@njit("float64(float64, float64, float64[::1])", cache=True, nogil=True, error_model="numpy")
def _log_time(time, alpha, logs):  # type: ignore[no-untyped-def]
    whole = int(time)
    if whole == time and whole < logs.shape[0]:
        return logs[whole]
    return math.log(alpha + time)


@njit(
    "void(int64[::1], float64[::1], float64[::1], float64[::1], int64, float64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def alive_each(frequency, recency, age, theta, after_first, logs, alive):  # type: ignore[no-untyped-def]
    """P(alive) of each customer for k = 1, where it is cheaper than looking the history up.

    ``logs`` are ln(alpha + t) for t = 0, 1, 2…, as far as they are worth a table.
    """
    r, alpha, a, b = theta[0], theta[1], theta[2], theta[3]
    for i in range(frequency.shape[0]):
        x = float(frequency[i])
        if x == 0.0 and after_first == 0:
            alive[i] = 1.0
            continue
        o = b + x if after_first == 1 else b + (x - 1.0)
        lateness = (r + x) * (_log_time(age[i], alpha, logs) - _log_time(recency[i], alpha, logs))
        if lateness < _BIG:
            alive[i] = o / (o + a * math.exp(lateness))
        else:
            alive[i] = logistic(math.log(o / a) - lateness)


@njit(
    "void(float64[::1], float64[::1], float64[::1], float64[::1], int64, float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def dropout_active(frequency, age, days, theta, k, out):  # type: ignore[no-untyped-def]
    """P(at least one purchase | alive): out[pair, phase, horizon]."""
    for i in range(frequency.shape[0]):
        for j in range(k):
            for h in range(days.shape[0]):
                shape = theta[0] + k * frequency[i] + j
                out[i, j, h] = few_at_least(k - j, shape, days[h] / (theta[1] + age[i]))


@njit(
    "float64(float64, float64, float64, int64, float64[::1], int64, int64, float64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def dropout_tail(n, frequency, ratio, phase, theta, k, after_first, log_stay):  # type: ignore[no-untyped-def]
    """P(N >= n | alive, phase) for any n >= 1; ``log_stay`` is ln Gamma(a + b') - ln Gamma(b')."""
    a, b = theta[2], theta[3] + frequency + after_first
    stay = math.exp(log_stay + math.lgamma(b + n - 1.0) - math.lgamma(a + b + n - 1.0))
    return min(stay, 1.0) * count_at_least(n * k - phase, theta[0] + k * frequency + phase, ratio)


@njit(
    "void(float64, float64, float64, int64, float64[::1], int64, int64, float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def dropout_tails(frequency, age, days, phase, theta, k, after_first, out):  # type: ignore[no-untyped-def]
    """P(N >= n | alive, phase) for n = 0 .. len(out) - 1."""
    a, b = theta[2], theta[3] + frequency + after_first
    shape = theta[0] + k * frequency + phase
    ratio = days / (theta[1] + age)
    z = ratio / (1.0 + ratio)
    log_zero = -shape * math.log1p(ratio)
    out[0] = 1.0
    stay = 1.0
    if log_zero < -600.0:
        for n in range(1, out.shape[0]):
            out[n] = stay * count_at_least(n * k - phase, shape, ratio)
            stay *= (b + n - 1.0) / (a + b + n - 1.0)
        return
    mass, above, m = math.exp(log_zero), 1.0, 0.0
    for n in range(1, out.shape[0]):
        while m < n * k - phase:
            above -= mass
            mass *= (shape + m) / (m + 1.0) * z
            m += 1.0
        out[n] = stay * max(above, 0.0)
        stay *= (b + n - 1.0) / (a + b + n - 1.0)
