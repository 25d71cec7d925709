"""What a fit returns: estimates, how sure they are, how the search ended and what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from regulars.engine.probability.collapse import FloatArray, Histories
from regulars.engine.probability.newton import Optimum

PurchaseModel = Literal["bg_nbd", "mbg_cnbd_k", "pareto_nbd"]
PURCHASE_MODELS: Final[tuple[PurchaseModel, ...]] = ("bg_nbd", "mbg_cnbd_k", "pareto_nbd")
TimeUnit = Literal["day", "week"]

FEW_REPEATS: Final = 50
RIDGE_CONDITION: Final = 1e5
RIDGE_LOG_ERROR: Final = 1.5
RIDGE_SLOPE: Final = 1e-3


@dataclass(frozen=True)
class Candidate:
    """One model that stood for election: out-of-sample log-likelihood per customer, and parameters it needed."""

    model: PurchaseModel
    k: int
    out_of_sample: float


@dataclass(frozen=True)
class PurchaseFit:
    """A fitted model of purchase days; times in ``time_unit``.

    ``gradient_norm`` is the largest derivative of the mean log-likelihood in a logarithmic parameter; ``condition`` the
    ratio of the largest to the smallest curvature there (inf where the likelihood is flat). ``warnings`` are codes of
    messages.WARNINGS. ``choice`` lists the candidates when the model was chosen out of sample.
    """

    model: PurchaseModel
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    log_likelihood: float
    gradient_norm: float
    condition: float
    warnings: tuple[str, ...]
    converged: bool
    n: int
    iterations: int
    k: int = 1
    time_unit: TimeUnit = "day"
    choice: tuple[Candidate, ...] = field(default=())

    @property
    def trusted(self) -> bool:
        """Whether the parameters may be shown as estimates (predictions can be good on a ridge, parameters are not)."""
        return self.converged and not {"ridge", "boundary", "constant"} & set(self.warnings)


@dataclass(frozen=True)
class SpendFit:
    """A fitted Gamma-Gamma model of the value of a purchase day; money in the unit of the input."""

    model: Literal["gamma_gamma"]
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float | None]
    log_likelihood: float
    gradient_norm: float
    condition: float
    warnings: tuple[str, ...]
    converged: bool
    n: int
    iterations: int

    @property
    def statistic(self) -> Literal["mean", "median"]:
        """What expected spend means: for q <= 1 the mean does not exist and the median stands in."""
        return "median" if self.parameters["q"] <= 1.0 else "mean"


@dataclass(frozen=True)
class Uncertainty:
    """Standard errors on the natural scale, those of the logarithms, and the condition of the curvature."""

    errors: tuple[float | None, ...]
    log_errors: FloatArray
    condition: float


def uncertainty(optimum: Optimum) -> Uncertainty:
    """Errors by the delta method from the Hessian in logarithms; None for a parameter at a bound or on a flat line."""
    free = ~optimum.held
    errors: list[float | None] = [None] * len(free)
    log_errors = np.full(len(free), np.inf)
    information = -optimum.hessian[np.ix_(free, free)]
    if not free.any():
        return Uncertainty(tuple(errors), log_errors, np.inf)
    curvature, vectors = np.linalg.eigh(information)
    if curvature.min() <= 1e-14 * max(curvature.max(), 1e-300):
        return Uncertainty(tuple(errors), log_errors, np.inf)
    variance = np.einsum("ij,j,ij->i", vectors, 1.0 / curvature, vectors)
    log_errors[free] = np.sqrt(variance)
    for position in np.flatnonzero(free):
        errors[position] = float(log_errors[position] * np.exp(optimum.point[position]))
    return Uncertainty(tuple(errors), log_errors, float(curvature.max() / curvature.min()))


def fit_warnings(optimum: Optimum, known: Uncertainty) -> list[str]:
    """Codes that any model can earn."""
    found = []
    flat = known.condition > RIDGE_CONDITION or bool((known.log_errors[~optimum.held] > RIDGE_LOG_ERROR).any())
    if optimum.held.any():
        found.append("boundary")
        flat = flat or bool((np.abs(optimum.gradient[optimum.held]) < RIDGE_SLOPE * (1.0 + abs(optimum.value))).any())
    if flat:
        found.append("ridge")
    if not optimum.converged:
        found.append("not_converged")
    return found


def history_warnings(histories: Histories) -> list[str]:
    """Codes that come from the histories themselves."""
    found = []
    if histories.repeaters < FEW_REPEATS:
        found.append("too_few_repeats")
    if len(histories.weight) == 1:
        found.append("constant")
    return found


def purchase_fit(
    model: PurchaseModel,
    names: tuple[str, ...],
    optimum: Optimum,
    histories: Histories,
    *,
    k: int = 1,
    constant: float = 0.0,
    time_unit: TimeUnit = "day",
) -> PurchaseFit:
    """The public result of a search in logarithmic parameters."""
    known = uncertainty(optimum)
    return PurchaseFit(
        model=model,
        parameters=dict(zip(names, np.exp(optimum.point).tolist(), strict=True)),
        standard_errors=dict(zip(names, known.errors, strict=True)),
        log_likelihood=optimum.value + constant,
        gradient_norm=gradient_norm(optimum, histories.n),
        condition=known.condition,
        warnings=tuple(history_warnings(histories) + fit_warnings(optimum, known)),
        converged=optimum.converged,
        n=histories.n,
        iterations=optimum.iterations,
        k=k,
        time_unit=time_unit,
    )


def gradient_norm(optimum: Optimum, n: int) -> float:
    """Largest slope of the mean log-likelihood among the parameters that are free to move."""
    free = optimum.gradient[~optimum.held]
    return float(np.abs(free).max(initial=0.0)) / n
