"""What a fitted model says of each history: alive, active, expected purchase days and their distribution."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from regulars.engine.probability.collapse import FloatArray, Histories, IntArray
from regulars.engine.probability.counts import DROPOUT, PARETO, count_quantiles, predictive_log_likelihood
from regulars.engine.probability.dropout_future import alive_now, dropout_active
from regulars.engine.probability.mean_table import mean_table
from regulars.engine.probability.pareto_future import pareto_active, pareto_alive, pareto_means
from regulars.engine.probability.results import PurchaseFit, TimeUnit

DAYS: Final[dict[TimeUnit, float]] = {"day": 1.0, "week": 7.0}
_ORDER: Final = {
    "bg_nbd": ("r", "alpha", "a", "b"),
    "mbg_cnbd_k": ("r", "alpha", "a", "b"),
    "pareto_nbd": ("r", "alpha", "s", "beta"),
}


def family(fit: PurchaseFit) -> int:
    """Which kernels a fit needs."""
    return PARETO if fit.model == "pareto_nbd" else DROPOUT


def after_first(fit: PurchaseFit) -> int:
    """1 where a customer may leave after the first purchase already."""
    return int(fit.model == "mbg_cnbd_k")


def theta(fit: PurchaseFit) -> FloatArray:
    """The four parameters in the order of the kernels."""
    return np.array([fit.parameters[name] for name in _ORDER[fit.model]])


def spans(fit: PurchaseFit, days: NDArray[np.generic]) -> FloatArray:
    """Days as a float64 array in the time unit of the fit."""
    return np.atleast_1d(np.asarray(days, dtype=np.float64)) / DAYS[fit.time_unit]


def means_if_alive(fit: PurchaseFit, frequency: FloatArray, age: FloatArray, days: NDArray[np.generic]) -> FloatArray:
    """Expected purchase days of p sorted (x, T) in the next ``days``, given alive: float64[p, k, len(days)]."""
    horizons = spans(fit, days)
    out = np.empty((len(frequency), fit.k, len(horizons)))
    if family(fit) == PARETO:
        pareto_means(frequency, age, horizons, theta(fit), out)
    else:
        mean_table(frequency, age, horizons, theta(fit), fit.k, after_first(fit), out)
    return out


def active_if_alive(fit: PurchaseFit, frequency: FloatArray, age: FloatArray, days: NDArray[np.generic]) -> FloatArray:
    """P(at least one purchase day) of p (x, T) in the next ``days``, given alive: float64[p, k, len(days)]."""
    horizons = spans(fit, days)
    out = np.empty((len(frequency), fit.k, len(horizons)))
    if family(fit) == PARETO:
        pareto_active(frequency, age, horizons, theta(fit), out)
    else:
        dropout_active(frequency, age, horizons, theta(fit), fit.k, out)
    return out


@dataclass(frozen=True)
class Future:
    """Predictions of ``fit`` for u histories. Horizons are in days, whatever the time unit of the fit."""

    fit: PurchaseFit
    histories: Histories

    @cached_property
    def _frequency(self) -> FloatArray:
        return self.histories.frequency.astype(np.float64)

    @cached_property
    def _runs(self) -> tuple[IntArray, IntArray]:
        return self.histories.pairs()

    @cached_property
    def _state(self) -> tuple[FloatArray, FloatArray]:
        u, k = len(self._frequency), self.fit.k
        alive, phase = np.empty(u), np.ones((u, k))
        recency, age = self.histories.recency, self.histories.age
        if family(self.fit) == PARETO:
            pareto_alive(self._frequency, recency, age, theta(self.fit), alive)
        else:
            alive_now(self._frequency, recency, age, theta(self.fit), k, after_first(self.fit), alive, phase)
        return alive, phase

    @property
    def alive(self) -> FloatArray:
        """P(still a customer), float64[u]."""
        return self._state[0]

    @property
    def phase(self) -> FloatArray:
        """P(j stages of the gap clock have passed since the last purchase | alive), float64[u, k]."""
        return self._state[1]

    def _pairs(self) -> tuple[FloatArray, FloatArray]:
        first = self._runs[0][:-1]
        return self._frequency[first], self.histories.age[first]

    def means_if_alive(self, days: NDArray[np.generic]) -> FloatArray:
        """Expected purchase days of the next ``days``, given alive: float64[pairs, k, len(days)]."""
        return means_if_alive(self.fit, *self._pairs(), days)

    def mixed(self, by_pair: FloatArray) -> FloatArray:
        """P(alive) times the phase-weighted pair values: float64[u, h] from float64[pairs, k, h]."""
        _, pair = self._runs
        if self.fit.k == 1:
            return np.asarray(self.alive[:, None] * by_pair[pair, 0])
        return np.asarray(self.alive[:, None] * np.einsum("uk,ukh->uh", self.phase, by_pair[pair]))

    def expected(self, days: NDArray[np.generic]) -> FloatArray:
        """Expected purchase days of the next ``days``: float64[u, len(days)]."""
        return self.mixed(self.means_if_alive(days))

    def active(self, days: NDArray[np.generic]) -> FloatArray:
        """P(at least one purchase day in the next ``days``): float64[u, len(days)]."""
        return self.mixed(active_if_alive(self.fit, *self._pairs(), days))

    def quantiles(self, days: NDArray[np.generic], levels: tuple[float, ...]) -> FloatArray:
        """Quantiles of the number of purchase days: float64[u, len(days), len(levels)], whole numbers."""
        horizons = spans(self.fit, days)
        out = np.empty((len(self._frequency), len(horizons), len(levels)))
        count_quantiles(
            family(self.fit), self._runs[0], self._frequency, self.histories.age, self.alive, self.phase, horizons,
            np.array(levels), theta(self.fit), self.fit.k, after_first(self.fit), out,
        )  # fmt: skip
        return out

    def log_predictive(self, row: IntArray, observed: IntArray, weight: IntArray, days: float) -> float:
        """Sum of weight * ln P(N = observed purchase days); ``row`` must ascend."""
        span = float(spans(self.fit, np.array([days]))[0])
        value = predictive_log_likelihood(
            family(self.fit), self._runs[0], self._frequency, self.histories.age, self.alive, self.phase, row, observed,
            weight, span, theta(self.fit), self.fit.k, after_first(self.fit),
        )  # fmt: skip
        return float(value)

    def gap_quantile(self, level: float) -> FloatArray:
        """Days after the last purchase by which a customer who stays buys again with chance ``level``: float64[u].

        From what was known on the day of that purchase: k stages at a rate that is Gamma(r + kx, alpha + t_x). For
        k = 1 it is (alpha + t_x) ((1 - level)^(-1 / (r + x)) - 1). It can be very large, or infinite, for x = 0.
        """
        k = self.fit.k
        shapes, row = np.unique(theta(self.fit)[0] + k * self._frequency, return_inverse=True)
        if k == 1:
            with np.errstate(over="ignore"):
                ratio = np.expm1(-np.log1p(-level) / shapes)
        else:
            share = betaincinv(k, shapes, level)
            with np.errstate(divide="ignore"):
                ratio = share / (1.0 - share)
        return np.asarray((theta(self.fit)[1] + self.histories.recency) * ratio[row] * DAYS[self.fit.time_unit])
