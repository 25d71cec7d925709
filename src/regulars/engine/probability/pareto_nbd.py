"""Pareto/NBD: gamma-distributed purchase rates, and an exponential lifetime whose rate is gamma-distributed too.

    L(r, alpha, s, beta | x, t_x, T) = Gamma(r + x) alpha^r beta^s / Gamma(r) * {
        (alpha + T)^-(r + x) (beta + T)^-s
        + s * integral over t_x < t < T of (alpha + t)^-(r + x) (beta + t)^-(s + 1) dt }

Source: Schmittlein, Morrison and Colombo, "Counting Your Customers", Management Science 33 (1987) 1-24; in this form
Fader and Hardie, "A Note on Deriving the Pareto/NBD Model and Related Expressions" (2005), section 3.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from scipy.special import digamma, gammaln, polygamma

from regulars.engine.probability.climb import climb
from regulars.engine.probability.collapse import FloatArray, Histories
from regulars.engine.probability.lapse_integral import MOMENTS, lapse_moments
from regulars.engine.probability.results import PurchaseFit, TimeUnit, purchase_fit
from regulars.engine.probability.threads import in_chunks

NAMES = ("r", "alpha", "s", "beta")
LEAST: Final = 1 << 13


@njit(
    "Tuple((float64, float64[::1], float64[:, ::1]))"
    "(float64[::1], float64[::1], float64[::1], float64[::1], float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _mixture(frequency, recency, age, weight, theta):  # type: ignore[no-untyped-def]
    """Sum of weight * ln{...} of the formula above, with gradient and Hessian in (r, alpha, s, beta)."""
    r, alpha, s, beta = theta[0], theta[1], theta[2], theta[3]
    value = 0.0
    gradient = np.zeros(4)
    hessian = np.zeros((4, 4))
    moment = np.zeros(MOMENTS)
    alive = np.zeros(4)
    left = np.zeros(4)
    bend = np.zeros((4, 4))
    last_age = -1.0
    log_at = log_bt = at = bt = 0.0
    for i in range(frequency.shape[0]):
        w = weight[i]
        p, q = r + frequency[i], s + 1.0
        if age[i] != last_age:
            last_age = age[i]
            at, bt = 1.0 / (alpha + last_age), 1.0 / (beta + last_age)
            log_at, log_bt = math.log(alpha + last_age), math.log(beta + last_age)
        stay = -p * log_at - s * log_bt
        alive[0], alive[1], alive[2], alive[3] = -log_at, -p * at, -log_bt, -s * bt
        silence = age[i] - recency[i]
        share = 0.0
        if silence > 0.0:
            a0, b0 = alpha + recency[i], beta + recency[i]
            integral = lapse_moments(p, q, a0, b0, silence, moment)
            log_a0, log_b0 = math.log(a0), math.log(b0)
            gone = math.log(s * integral) - p * log_a0 - q * log_b0
            odds = gone - stay
            e = math.exp(-abs(odds))
            share = 1.0 / (1.0 + e) if odds >= 0.0 else e / (1.0 + e)
            value += w * (max(gone, stay) + math.log1p(e))
            left[0] = -log_a0 - moment[0]
            left[1] = -p * moment[1]
            left[2] = 1.0 / s - log_b0 - moment[2]
            left[3] = -q * moment[3]
            bend[0, 0] = moment[4] - moment[0] * moment[0]
            bend[0, 1] = p * (moment[5] - moment[0] * moment[1]) - moment[1]
            bend[0, 2] = moment[6] - moment[0] * moment[2]
            bend[0, 3] = q * (moment[7] - moment[0] * moment[3])
            bend[1, 1] = p * p * (moment[8] - moment[1] * moment[1]) + p * moment[8]
            bend[1, 2] = p * (moment[9] - moment[1] * moment[2])
            bend[1, 3] = p * q * (moment[10] - moment[1] * moment[3])
            bend[2, 2] = moment[11] - moment[2] * moment[2] - 1.0 / (s * s)
            bend[2, 3] = q * (moment[12] - moment[2] * moment[3]) - moment[3]
            bend[3, 3] = q * q * (moment[13] - moment[3] * moment[3]) + q * moment[13]
        else:
            value += w * stay
        kept = 1.0 - share
        for m in range(4):
            gradient[m] += w * (kept * alive[m] + share * left[m])
        if share > 0.0:
            mixed = w * share * kept
            for m in range(4):
                for n in range(m, 4):
                    hessian[m, n] += w * share * bend[m, n] + mixed * (left[m] - alive[m]) * (left[n] - alive[n])
        hessian[0, 1] -= w * kept * at
        hessian[1, 1] += w * kept * p * at * at
        hessian[2, 3] -= w * kept * bt
        hessian[3, 3] += w * kept * s * bt * bt
    for m in range(4):
        for n in range(m):
            hessian[m, n] = hessian[n, m]
    return value, gradient, hessian


class ParetoLikelihood:
    """Log-likelihood of collapsed histories in (ln r, ln alpha, ln s, ln beta), with gradient and Hessian."""

    def __init__(self, histories: Histories) -> None:
        self._columns = (
            histories.frequency.astype(np.float64),
            histories.recency,
            histories.age,
            histories.weight.astype(np.float64),
        )
        levels, first = np.unique(histories.frequency, return_index=True)
        self._levels = levels.astype(np.float64)
        self._counts = np.add.reduceat(histories.weight, first).astype(np.float64)
        self._n = float(self._counts.sum())

    def __call__(self, log_parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        theta = np.exp(log_parameters)
        r, alpha, s, beta = theta
        value, gradient, hessian = self._sums(theta)
        shape = r + self._levels
        value += self._counts @ (gammaln(shape) - gammaln(r))
        value += self._n * (r * math.log(alpha) + s * math.log(beta))
        gradient += self._n * np.array([math.log(alpha), r / alpha, math.log(beta), s / beta])
        gradient[0] += self._counts @ (digamma(shape) - digamma(r))
        hessian[0, 0] += self._counts @ (polygamma(1, shape) - polygamma(1, r))
        hessian[[0, 1], [1, 0]] += self._n / alpha
        hessian[[2, 3], [3, 2]] += self._n / beta
        hessian[1, 1] -= self._n * r / alpha**2
        hessian[3, 3] -= self._n * s / beta**2
        return float(value), gradient * theta, hessian * np.outer(theta, theta) + np.diag(gradient * theta)

    def _sums(self, theta: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        def part(start: int, stop: int) -> tuple[float, FloatArray, FloatArray]:
            return _mixture(*(column[start:stop] for column in self._columns), theta)

        parts = in_chunks(len(self._columns[0]), part, least=LEAST)
        values, gradients, hessians = zip(*parts, strict=True)
        return sum(values), np.sum(gradients, axis=0), np.sum(hessians, axis=0)


def fit(histories: Histories, *, time_unit: TimeUnit = "day") -> PurchaseFit:
    """Maximum likelihood of r, alpha, s, beta; alpha and beta in the time unit of the histories."""
    return purchase_fit(
        "pareto_nbd",
        NAMES,
        climb(ParetoLikelihood, histories, _starting_points),
        histories,
        time_unit=time_unit,
    )


def _starting_points(histories: Histories) -> list[FloatArray]:
    purchases = max(float(np.sum(histories.weight * histories.frequency)), 1.0)
    exposure = max(float(np.sum(histories.weight * 0.5 * (histories.age + histories.recency))), 1e-9)
    span = exposure / histories.n
    return [
        np.log(np.array([r, r * exposure / purchases, s, s * span * life]))
        for r in (0.4, 1.5)
        for s, life in ((0.6, 1.0), (2.0, 3.0))
    ]
