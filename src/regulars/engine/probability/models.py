"""The purchase models by name: fit one, or ask how likely it finds histories that it has not seen."""

from __future__ import annotations

from typing import get_args

import numpy as np

from regulars.engine.probability import bgnbd, cnbd, pareto_nbd
from regulars.engine.probability.collapse import Histories
from regulars.engine.probability.dropout_likelihood import DropoutLikelihood, gap_terms
from regulars.engine.probability.pareto_nbd import ParetoLikelihood
from regulars.engine.probability.results import PurchaseFit, PurchaseModel, TimeUnit
from regulars.engine.probability.summaries import require_fittable
from regulars.errors import ParameterError


def fit_model(
    model: PurchaseModel, histories: Histories, *, k: int | None = None, time_unit: TimeUnit = "day"
) -> PurchaseFit:
    """Maximum likelihood of one model; ``k`` fixes the stages of MBG/CNBD-k. ModelError when nobody came back."""
    require_model(model)
    require_fittable(histories)
    if model == "bg_nbd":
        return bgnbd.fit(histories, time_unit=time_unit)
    if model == "pareto_nbd":
        return pareto_nbd.fit(histories, time_unit=time_unit)
    return cnbd.fit(histories, k=k, time_unit=time_unit)


def require_model(model: str) -> None:
    """ParameterError for a name that is no purchase model."""
    names = get_args(PurchaseModel)
    if model not in names:
        raise ParameterError(
            "model_unknown",
            "there is no purchase model {model}",
            "Models: {names}.",
            model=model,
            names=", ".join(names),
        )


def log_likelihood(fit: PurchaseFit, histories: Histories) -> float:
    """Log-likelihood of histories, seen or not, under the parameters of a fit."""
    names = pareto_nbd.NAMES if fit.model == "pareto_nbd" else bgnbd.NAMES
    point = np.log(np.array([fit.parameters[name] for name in names]))
    if fit.model == "pareto_nbd":
        return ParetoLikelihood(histories)(point)[0]
    likelihood = DropoutLikelihood(histories, k=fit.k, after_first=fit.model == "mbg_cnbd_k")
    return likelihood(point)[0] + gap_terms(histories, fit.k)
