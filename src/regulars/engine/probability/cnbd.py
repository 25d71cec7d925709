"""MBG/CNBD-k: regular rhythms (Erlang-k gaps) and a chance of leaving after every purchase, the first included.

    L = Gamma(r + kx) alpha^r / Gamma(r) * prod(gap^(k-1)) / Gamma(k)^x * { B(a, b + x + 1) / B(a, b)
          * sum over j < k of (T - t_x)^j / j! * (r + kx)_j / (alpha + T)^(r + kx + j)
          + B(a + 1, b + x) / B(a, b) / (alpha + t_x)^(r + kx) }

k = 1 is MBG/NBD (Batislam, Denizel and Filiztekin, International Journal of Research in Marketing 24 (2007) 201-209).
Source: Platzer and Reutterer, "Ticking Away the Moments", Marketing Science 35 (2016) 799-823; Reutterer, Platzer and
Schröder, International Journal of Research in Marketing 38 (2021) 194-215.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from regulars.engine.probability.climb import climb
from regulars.engine.probability.collapse import FloatArray, Histories
from regulars.engine.probability.dropout_likelihood import DropoutLikelihood, gap_terms, starting_points
from regulars.engine.probability.results import PurchaseFit, TimeUnit, purchase_fit

NAMES = ("r", "alpha", "a", "b")
MAX_K: Final = 8


def fit(histories: Histories, *, k: int | None = None, time_unit: TimeUnit = "day") -> PurchaseFit:
    """Maximum likelihood of r, alpha, a, b and of k in 1..8 (or the k given); alpha in the histories' time unit.

    k grows while the likelihood does: of the full gaps where the histories know them, else of (x, t_x, T).
    """
    if k is not None:
        return _with_k(_fit_k(histories, k, None, time_unit))
    best = _fit_k(histories, 1, None, time_unit)
    for larger in range(2, MAX_K + 1):
        trial = _fit_k(histories, larger, best, time_unit)
        if trial.log_likelihood <= best.log_likelihood:
            break
        best = trial
    return _with_k(best)


def _with_k(fit: PurchaseFit) -> PurchaseFit:
    return replace(
        fit,
        parameters={"k": float(fit.k), **fit.parameters},
        standard_errors={"k": None, **fit.standard_errors},
    )


def _fit_k(histories: Histories, k: int, smaller: PurchaseFit | None, time_unit: TimeUnit) -> PurchaseFit:
    optimum = climb(
        lambda part: DropoutLikelihood(part, k=k, after_first=True),
        histories,
        lambda part: starting_points(part, k) if smaller is None else [_stretched(smaller, k)],
    )
    return purchase_fit(
        "mbg_cnbd_k", NAMES, optimum, histories, k=k, constant=gap_terms(histories, k), time_unit=time_unit
    )


def _stretched(smaller: PurchaseFit, k: int) -> FloatArray:
    """The estimate for fewer stages as a start: the same purchase rate needs stages k times as fast."""
    values = smaller.parameters
    point = np.array([values["r"], values["alpha"] * smaller.k / k, values["a"], values["b"]])
    return np.log(point)
