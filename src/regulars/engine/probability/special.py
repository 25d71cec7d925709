"""Special functions the models need in compiled code: incomplete beta, stable ratios, quadrature nodes.

Sources: continued fraction of the incomplete beta function, DLMF 8.17.22 (modified Lentz evaluation, Thompson and
Barnett 1986); Gauss-Legendre nodes, Golub and Welsch 1969.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

GAUSS_NODES: Final = np.ascontiguousarray(np.polynomial.legendre.leggauss(12)[0] * 0.5 + 0.5)
GAUSS_WEIGHTS: Final = np.ascontiguousarray(np.polynomial.legendre.leggauss(12)[1] * 0.5)
_TINY: Final = 1e-300
_SMALL: Final = 1e-8
_SURE: Final = 700.0


@njit("float64(float64)", cache=True, nogil=True, error_model="numpy")
def expm1_ratio(y: float) -> float:
    """(e^y - 1) / y, and 1 at y = 0."""
    if abs(y) < _SMALL:
        return 1.0 + 0.5 * y
    return math.expm1(y) / y


@njit("float64(float64)", cache=True, nogil=True, error_model="numpy")
def logistic(y: float) -> float:
    """1 / (1 + e^-y) without overflow."""
    if y >= 0.0:
        return 1.0 / (1.0 + math.exp(-y))
    e = math.exp(y)
    return e / (1.0 + e)


@njit("float64(float64)", cache=True, nogil=True, error_model="numpy")
def softplus(y: float) -> float:
    """ln(1 + e^y) without overflow."""
    return max(y, 0.0) + math.log1p(math.exp(-abs(y)))


@njit("float64(float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def _beta_fraction(a: float, b: float, z: float) -> float:
    c = 1.0
    d = 1.0 - (a + b) * z / (a + 1.0)
    d = 1.0 / (d if abs(d) > _TINY else _TINY)
    value = d
    for m in range(1, 20000):
        even = m * (b - m) * z / ((a + 2 * m - 1.0) * (a + 2 * m))
        d = 1.0 + even * d
        c = 1.0 + even / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        value *= d * c
        odd = -(a + m) * (a + b + m) * z / ((a + 2 * m) * (a + 2 * m + 1.0))
        d = 1.0 + odd * d
        c = 1.0 + odd / c
        d = 1.0 / (d if abs(d) > _TINY else _TINY)
        c = c if abs(c) > _TINY else _TINY
        step = d * c
        value *= step
        if abs(step - 1.0) < 1e-14:
            break
    return value


@njit("float64(float64, float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def beta_share(a: float, b: float, log_z: float, log_rest: float) -> float:
    """Regularised incomplete beta function I_z(a, b) from ln z and ln(1 - z); in [0, 1]."""
    if a <= 0.0:
        return 1.0
    z = math.exp(log_z)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * log_z + b * log_rest)
    if z < (a + 1.0) / (a + b + 2.0):
        value = front * _beta_fraction(a, b, z) / a
    else:
        value = 1.0 - front * _beta_fraction(b, a, math.exp(log_rest)) / b
    return min(max(value, 0.0), 1.0)


@njit("float64(float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def count_at_least(n: float, shape: float, ratio: float) -> float:
    """P(M >= n) of a Poisson count whose mean is Gamma(shape) times ``ratio`` (a negative binomial count)."""
    if n <= 0.0:
        return 1.0
    log_rest = -math.log1p(ratio)
    if n == 1.0:
        return -math.expm1(shape * log_rest)
    return beta_share(n, shape, math.log(ratio) + log_rest, log_rest)
