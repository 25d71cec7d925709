"""Distribution of the purchase days of the next h days: intervals, likelihood of what came, without a single draw.

P(N >= n) = P(alive) * sum over phases of P(phase) P(N >= n | alive, phase). The conditional tail depends on (x, T) and
the horizon alone, so it is tabulated once for all histories of the same (x, T), as far as any of them needs it; a table
that would grow past its cap is replaced by bisection on the closed form.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from regulars.engine.probability.dropout_future import dropout_tail, dropout_tails
from regulars.engine.probability.pareto_future import pareto_tail, pareto_tails

DROPOUT: Final = 0
PARETO: Final = 1
CAP: Final = 1024
_FLOOR: Final = 1e-15


@njit(
    "int64(int64, float64, float64, float64, float64[::1], int64, int64, float64[:, ::1], int64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def grow_tails(family, frequency, age, days, theta, k, after_first, table, have, need):  # type: ignore[no-untyped-def]
    """Fill table[phase, n] = P(N >= n | alive, phase) for n < need; returns how many columns are filled."""
    if need <= have:
        return have
    if family == PARETO:
        pareto_tails(frequency, age, days, theta, table[0, :need])
        return need
    for j in range(k):
        dropout_tails(frequency, age, days, j, theta, k, after_first, table[j, :need])
    return need


@njit("float64(float64[::1], float64[:, ::1], int64)", cache=True, nogil=True, error_model="numpy")
def _mixed(phase, table, n):  # type: ignore[no-untyped-def]
    value = 0.0
    for j in range(phase.shape[0]):
        value += phase[j] * table[j, n]
    return value


@njit(
    "float64(int64, float64, float64, float64, float64, float64[::1], float64[::1], int64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _tail(family, n, frequency, age, days, phase, theta, k, after_first):  # type: ignore[no-untyped-def]
    if family == PARETO:
        return pareto_tail(n, frequency, age, days, theta)
    b = theta[3] + frequency + after_first
    log_stay = math.lgamma(theta[2] + b) - math.lgamma(b)
    value = 0.0
    for j in range(k):
        ratio = days / (theta[1] + age)
        value += phase[j] * dropout_tail(n, frequency, ratio, j, theta, k, after_first, log_stay)
    return value


@njit(
    "float64(int64, float64, float64, float64, float64, float64[::1], float64[::1], int64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _bisect(family, level, frequency, age, days, phase, theta, k, after_first):  # type: ignore[no-untyped-def]
    """Smallest n >= CAP - 1 whose P(N >= n + 1 | alive) <= level."""
    low, high = float(CAP - 2), 2.0 * CAP
    while _tail(family, high + 1.0, frequency, age, days, phase, theta, k, after_first) > level and high < 1e15:
        low, high = high, 2.0 * high
    while high - low > max(1.0, 1e-9 * high):
        middle = math.floor(0.5 * (low + high))
        if _tail(family, middle + 1.0, frequency, age, days, phase, theta, k, after_first) > level:
            low = middle
        else:
            high = middle
    return high


@njit(
    "void(int64, int64[::1], float64[::1], float64[::1], float64[::1], float64[:, ::1], float64[::1], float64[::1],"
    " float64[::1], int64, int64, float64[:, :, ::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def count_quantiles(  # type: ignore[no-untyped-def]
    family, starts, frequency, age, alive, phase, days, levels, theta, k, after_first, out
):
    """out[history, horizon, level]: the smallest n with P(N <= n) >= level; ``starts`` are the runs of equal (x, T)."""
    table = np.empty((k, CAP))
    for p in range(starts.shape[0] - 1):
        first, last = starts[p], starts[p + 1]
        for h in range(days.shape[0]):
            have = 0
            for i in range(first, last):
                for q in range(levels.shape[0]):
                    rest = (1.0 - levels[q]) / alive[i] if alive[i] > 0.0 else 2.0
                    n = 0
                    if rest >= 1.0:
                        out[i, h, q] = 0.0
                        continue
                    while True:
                        if n + 1 >= have:
                            if have == CAP:
                                break
                            have = grow_tails(
                                family, frequency[first], age[first], days[h], theta, k, after_first, table, have,
                                min(CAP, max(8, 2 * have)),
                            )  # fmt: skip
                        if _mixed(phase[i], table, n + 1) <= rest:
                            break
                        n += 1
                    value = float(n)
                    if n + 1 >= CAP:
                        value = _bisect(
                            family, rest, frequency[first], age[first], days[h], phase[i], theta, k, after_first
                        )
                    out[i, h, q] = value


@njit(
    "float64(int64, int64[::1], float64[::1], float64[::1], float64[::1], float64[:, ::1], int64[::1], int64[::1],"
    " int64[::1], float64, float64[::1], int64, int64)",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def predictive_log_likelihood(  # type: ignore[no-untyped-def]
    family, starts, frequency, age, alive, phase, row, observed, weight, days, theta, k, after_first
):
    """Sum of weight * ln P(N = observed): ``row`` (ascending) is the history of each count; floored at 1e-15."""
    table = np.empty((k, CAP))
    value = 0.0
    at = 0
    for p in range(starts.shape[0] - 1):
        have = 0
        x, t = frequency[starts[p]], age[starts[p]]
        while at < row.shape[0] and row[at] < starts[p + 1]:
            i, y = row[at], observed[at]
            if y + 2 > have and have < CAP:
                need = min(CAP, max(y + 2, 8))
                have = grow_tails(family, x, t, days, theta, k, after_first, table, have, need)
            if y + 2 <= have:
                chance = alive[i] * (_mixed(phase[i], table, y) - _mixed(phase[i], table, y + 1))
            else:
                chance = alive[i] * (
                    _tail(family, float(y), x, t, days, phase[i], theta, k, after_first)
                    - _tail(family, y + 1.0, x, t, days, phase[i], theta, k, after_first)
                )
            if y == 0:
                chance += 1.0 - alive[i]
            value += weight[at] * math.log(max(chance, _FLOOR))
            at += 1
    return value
