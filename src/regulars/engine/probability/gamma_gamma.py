"""Gamma-Gamma: the value of a purchase day is Gamma(p, nu), and customers' nu are Gamma(q, v).

    L(p, q, v | x, m) = Gamma(px + q) / (Gamma(px) Gamma(q)) * v^q m^(px - 1) x^(px) / (v + x m)^(px + q)
    E[value of a purchase day | x, m] = p (v + x m) / (p x + q - 1),        defined for p x + q > 1

x repeat purchase days with mean value m > 0. Source: Fader and Hardie, "The Gamma-Gamma Model of Monetary Value"
(2013), equations 1a and 5. One pass over the distinct money sums s = x m gives the likelihood of every p and q and its
derivatives: they need the sums of (1, x) times ln(v + s), 1/(v + s) and 1/(v + s)^2 alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import digamma, gammaincinv, gammaln, polygamma

from regulars.engine.probability.collapse import FloatArray
from regulars.engine.probability.newton import maximize
from regulars.engine.probability.results import FEW_REPEATS, SpendFit, fit_warnings, gradient_norm, uncertainty

NAMES = ("p", "q", "v")
BOX: Final = math.log(1e9)


@dataclass(frozen=True)
class SpendTally:
    """What the likelihood needs of n customers with x > 0 and m > 0; tallies of disjoint customers merge.

    ``money`` distinct sums x m, ascending; ``customers`` and ``days`` how many customers and repeat days hold each;
    ``levels`` distinct x with their ``counts``; ``log_money`` the sum of ln m; ``refused`` customers with m <= 0.
    """

    money: FloatArray
    customers: FloatArray
    days: FloatArray
    levels: FloatArray
    counts: FloatArray
    log_means: float
    day_log_money: float
    refused: int

    @property
    def n(self) -> int:
        return int(self.counts.sum())


def tally_spend(frequency: NDArray[np.generic], monetary_value: NDArray[np.generic]) -> SpendTally:
    """Tally of customers: x repeat purchase days, m their mean value; x = 0 is left out, m <= 0 counted as refused."""
    x = np.asarray(frequency, dtype=np.int64)
    m = np.asarray(monetary_value, dtype=np.float64)
    used = (x > 0) & (m > 0)
    refused = int(((x > 0) & ~(m > 0)).sum())
    x, m = x[used], m[used]
    order = np.argsort(x * m)
    return _tally((x * m)[order], np.ones(len(x)), x[order].astype(np.float64), np.bincount(x), refused)


def merge_tallies(first: SpendTally, second: SpendTally) -> SpendTally:
    """The tally of both sets of customers."""
    money = np.concatenate([first.money, second.money])
    order = np.argsort(money, kind="stable")
    histogram = np.zeros(int(max(first.levels.max(initial=0), second.levels.max(initial=0))) + 1)
    for part in (first, second):
        histogram[part.levels.astype(np.int64)] += part.counts
    return _tally(
        money[order],
        np.concatenate([first.customers, second.customers])[order],
        np.concatenate([first.days, second.days])[order],
        histogram,
        first.refused + second.refused,
    )


def _tally(
    money: FloatArray, customers: FloatArray, days: FloatArray, histogram: NDArray[np.generic], refused: int
) -> SpendTally:
    new = np.ones(len(money), dtype=bool)
    np.not_equal(money[1:], money[:-1], out=new[1:])
    first = np.flatnonzero(new)
    levels = np.flatnonzero(histogram)
    counts = histogram[levels].astype(np.float64)
    if len(first):
        money, customers, days = money[first], np.add.reduceat(customers, first), np.add.reduceat(days, first)
    logs = np.log(money)
    x = levels.astype(np.float64)
    return SpendTally(
        money=money,
        customers=customers,
        days=days,
        levels=x,
        counts=counts,
        log_means=float(np.sum(customers * logs) - counts @ np.log(np.maximum(x, 1.0))),
        day_log_money=float(np.sum(days * logs)),
        refused=refused,
    )


@njit("float64[::1](float64[::1], float64[::1], float64[::1], float64)", cache=True, nogil=True, error_model="numpy")
def _sums(money, customers, days, v):  # type: ignore[no-untyped-def]
    total = np.zeros(6)
    for i in range(money.shape[0]):
        far = v + money[i]
        log_far, near = math.log(far), 1.0 / far
        n, x = customers[i], days[i]
        total[0] += n * log_far
        total[1] += x * log_far
        total[2] += n * near
        total[3] += x * near
        total[4] += n * near * near
        total[5] += x * near * near
    return total


class SpendLikelihood:
    """Log-likelihood in (ln p, ln q, ln v), with gradient and Hessian."""

    def __init__(self, tally: SpendTally) -> None:
        self._tally = tally
        self._n = float(tally.n)

    def __call__(self, log_parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        theta = np.exp(log_parameters)
        p, q, v = theta
        tally, n = self._tally, self._n
        log0, log1, near0, near1, square0, square1 = _sums(tally.money, tally.customers, tally.days, v)
        x, counts = tally.levels, tally.counts
        px, both = p * x, p * x + q
        value = counts @ (gammaln(both) - gammaln(px)) - n * gammaln(q) + n * q * math.log(v)
        value += p * tally.day_log_money - tally.log_means - p * log1 - q * log0
        slopes = digamma(both)
        bends = polygamma(1, both)
        gradient = np.array(
            [
                (counts * x) @ (slopes - digamma(px)) + tally.day_log_money - log1,
                counts @ slopes - n * digamma(q) + n * math.log(v) - log0,
                n * q / v - p * near1 - q * near0,
            ]
        )
        hessian = np.zeros((3, 3))
        hessian[0, 0] = (counts * x * x) @ (bends - polygamma(1, px))
        hessian[0, 1] = hessian[1, 0] = (counts * x) @ bends
        hessian[0, 2] = hessian[2, 0] = -near1
        hessian[1, 1] = counts @ bends - n * polygamma(1, q)
        hessian[1, 2] = hessian[2, 1] = n / v - near0
        hessian[2, 2] = -n * q / v**2 + p * square1 + q * square0
        return float(value), gradient * theta, hessian * np.outer(theta, theta) + np.diag(gradient * theta)


def fit(tally: SpendTally) -> SpendFit:
    """Maximum likelihood of p, q, v; v in the unit of the money."""
    likelihood = SpendLikelihood(tally)
    mean = float(np.sum(tally.customers * tally.money)) / float(tally.counts @ tally.levels)
    unit = math.log(mean)
    guesses = [np.array([math.log(p), math.log(q), unit + math.log(q / p)]) for p, q in ((1.0, 3.0), (6.0, 4.0))]
    start = max(guesses, key=lambda point: likelihood(point)[0])
    box = np.full(3, BOX)
    shift = np.array([0.0, 0.0, unit])
    optimum = maximize(likelihood, start, lower=shift - box, upper=shift + box)
    known = uncertainty(optimum)
    q = float(np.exp(optimum.point[1]))
    found = fit_warnings(optimum, known)
    if tally.n < FEW_REPEATS:
        found.append("too_few_repeats")
    if len(tally.money) == 1:
        found.append("constant")
    if tally.refused:
        found.append("nonpositive_spend")
    if q <= 1.0:
        found.append("q_le_1")
    return SpendFit(
        model="gamma_gamma",
        parameters=dict(zip(NAMES, np.exp(optimum.point).tolist(), strict=True)),
        standard_errors=dict(zip(NAMES, known.errors, strict=True)),
        log_likelihood=optimum.value,
        gradient_norm=gradient_norm(optimum, tally.n),
        condition=known.condition,
        warnings=tuple(found),
        converged=optimum.converged,
        n=tally.n,
        iterations=optimum.iterations,
    )


def expected_spend(spend: SpendFit, frequency: NDArray[np.generic], monetary_value: NDArray[np.generic]) -> FloatArray:
    """Expected value of a purchase day, float64[n]; the median instead where ``spend.statistic`` says so.

    Customers without a repeat purchase day, and those whose returns ate the value of all of them (m <= 0), get the
    population's figure.
    """
    p, q, v = (spend.parameters[name] for name in NAMES)
    x = np.asarray(frequency, dtype=np.int64)
    m = np.require(np.asarray(monetary_value), dtype=np.float64, requirements=["C", "W"])
    out = np.empty(len(x))
    if spend.statistic == "mean":
        _means(x, m, p, q, v, out)
        return out
    known = (x > 0) & (m > 0)
    levels, row = np.unique(np.where(known, x, 0), return_inverse=True)
    money = np.where(known, x * np.where(known, m, 0.0), 0.0)
    return np.asarray(p * (v + money) / gammaincinv(p * levels + q, 0.5)[row])


@njit(
    "void(int64[::1], float64[::1], float64, float64, float64, float64[::1])",
    cache=True,
    nogil=True,
    error_model="numpy",
)
def _means(frequency, value, p, q, v, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        x = float(frequency[i])
        if x > 0.0 and value[i] > 0.0:
            out[i] = p * (v + x * value[i]) / (p * x + q - 1.0)
        else:
            out[i] = p * v / (q - 1.0)
