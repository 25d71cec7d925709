"""The integral behind the Pareto/NBD, by positive quadrature: no cancellation, no overflow, derivatives for free.

    J(p, q; A, B, h) = integral over 0 < t < h of (1 + t/A)^-p (1 + t/B)^-q dt

With t = m (e^v - 1), m = min(A, B), the integrand is log-concave in v and analytic within |Im v| < pi, so that
Gauss-Legendre panels on which it falls by at most e^-9 give every digit. Fader and Hardie ("A Note on Deriving the
Pareto/NBD Model", 2005) write the same integral as a difference of two hypergeometric functions, which loses digits
where the silence is short and overflows where it is long.
"""

from __future__ import annotations

import math
from typing import Final

from numba import njit

from regulars.engine.probability.special import GAUSS_NODES, GAUSS_WEIGHTS

MOMENTS: Final = 14
_PANEL: Final = 2.0
_FALL: Final = 9.0


@njit("float64(float64, float64, float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def _panel(at: float, end: float, near: float, far: float, scale: float) -> float:
    """Length of the next panel: at most 2, and at most nine e-folds of the integrand."""
    length = min(end - at, _PANEL)
    here = abs(1.0 - near - far * scale * math.exp(at) / (1.0 + scale * math.expm1(at)))
    there = abs(1.0 - near - far * scale * math.exp(at + length) / (1.0 + scale * math.expm1(at + length)))
    return min(length, _FALL / max(here, there, 1e-3))


@njit("float64(float64, float64, float64, float64, float64)", cache=True, nogil=True, error_model="numpy")
def lapse_integral(p: float, q: float, a: float, b: float, h: float) -> float:
    """J(p, q; a, b, h) >= 0 for p, q >= 0 and a, b > 0."""
    if h <= 0.0:
        return 0.0
    near, far, scale, unit = p, q, a / b, a
    if b < a:
        near, far, scale, unit = q, p, b / a, b
    end = math.log1p(h / unit)
    at = total = 0.0
    while at < end:
        length = _panel(at, end, near, far, scale)
        part = 0.0
        for i in range(GAUSS_NODES.shape[0]):
            v = at + length * GAUSS_NODES[i]
            part += GAUSS_WEIGHTS[i] * math.exp(v * (1.0 - near) - far * math.log1p(scale * math.expm1(v)))
        total += part * length
        at += length
        if part * length < 1e-18 * total or end - at < 1e-15 * end:
            break
    return total * unit


@njit("float64(float64, float64, float64, float64, float64, float64[::1])", cache=True, nogil=True, error_model="numpy")
def lapse_moments(p, q, a, b, h, moment):  # type: ignore[no-untyped-def]
    """J, and in ``moment`` the means under the normalised integrand of what its derivatives need.

    With u1 = ln(1 + t/a), w1 = 1/(a + t), u2 and w2 alike: u1, w1, u2, w2, then the ten products u1u1, u1w1, u1u2,
    u1w2, w1w1, w1u2, w1w2, u2u2, u2w2, w2w2.
    """
    moment[:] = 0.0
    swapped = b < a
    near, far, scale, unit = p, q, a / b, a
    if swapped:
        near, far, scale, unit = q, p, b / a, b
    other = unit / scale
    end = math.log1p(h / unit)
    at = total = 0.0
    while at < end:
        length = _panel(at, end, near, far, scale)
        part = 0.0
        for i in range(GAUSS_NODES.shape[0]):
            v = at + length * GAUSS_NODES[i]
            grown = math.expm1(v)
            u1, w1 = v, 1.0 / (unit * (1.0 + grown))
            u2, w2 = math.log1p(scale * grown), 1.0 / (other + unit * grown)
            mass = GAUSS_WEIGHTS[i] * length * math.exp(v * (1.0 - near) - far * u2)
            if swapped:
                u1, w1, u2, w2 = u2, w2, u1, w1
            part += mass
            moment[0] += mass * u1
            moment[1] += mass * w1
            moment[2] += mass * u2
            moment[3] += mass * w2
            moment[4] += mass * u1 * u1
            moment[5] += mass * u1 * w1
            moment[6] += mass * u1 * u2
            moment[7] += mass * u1 * w2
            moment[8] += mass * w1 * w1
            moment[9] += mass * w1 * u2
            moment[10] += mass * w1 * w2
            moment[11] += mass * u2 * u2
            moment[12] += mass * u2 * w2
            moment[13] += mass * w2 * w2
        total += part
        at += length
        if part < 1e-18 * total or end - at < 1e-15 * end:
            break
    moment /= total
    return total * unit
