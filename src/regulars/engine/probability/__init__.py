"""Who will come back, and what are they worth: probability models that prove themselves.

    fit = fit_purchases(summary)              # frequency, recency, T; the model chosen out of sample
    spend = fit_spend(summary)                # frequency, monetary_value
    scores = score(summary, fit, spend)       # scores["clv_12m"], scores["p_active_90"], …
    proof = backtest(purchases)               # customer, day, value

A summary is any table with named columns (dict, pandas, Arrow, Polars) as lifetimes and pymc-marketing make it, or the
PurchaseSummary of ``summarize``. Times are days unless ``time_unit="week"`` says otherwise.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from regulars.engine.probability import gamma_gamma
from regulars.engine.probability.backtest import Backtest, backtest_purchases, judge
from regulars.engine.probability.choice import choose_by_halves
from regulars.engine.probability.collapse import FloatArray, Histories
from regulars.engine.probability.models import fit_model, require_model
from regulars.engine.probability.purchase_table import read_purchases
from regulars.engine.probability.purchases import Purchases, PurchaseSummary, summarize
from regulars.engine.probability.results import (
    PURCHASE_MODELS,
    Candidate,
    PurchaseFit,
    PurchaseModel,
    SpendFit,
    TimeUnit,
)
from regulars.engine.probability.score import HORIZONS, RISK_DAYS, Scores
from regulars.engine.probability.summaries import column, has_column, read_summary, require_fittable
from regulars.engine.probability.trials import trial_of_holdout
from regulars.errors import ModelError, ParameterError

__all__ = [
    "PURCHASE_MODELS",
    "Backtest",
    "Candidate",
    "Histories",
    "PurchaseFit",
    "PurchaseSummary",
    "Purchases",
    "Scores",
    "SpendFit",
    "backtest",
    "fit_purchases",
    "fit_spend",
    "score",
    "summarize",
]


def fit_purchases(
    summary: Any, model: PurchaseModel | None = None, *, k: int | None = None, time_unit: TimeUnit = "day"
) -> PurchaseFit:
    """Maximum-likelihood fit of the purchase days of a summary (columns frequency, recency, T) or of Histories.

    ``model`` None takes the best out of sample, judged on halves of the customers (``backtest`` judges by time, and is
    the better judge where there are dated purchases). ``k`` fixes the stages of mbg_cnbd_k. Parameters are in the
    unit of recency and T, which ``time_unit`` names so that scores can be asked for in days. ModelError for histories
    that cannot be, and when nobody came back.
    """
    if time_unit not in get_args(TimeUnit):
        raise ParameterError(
            "time_unit", "there is no time unit {unit}", 'Time units are "day" and "week".', unit=time_unit
        )
    histories = summary if isinstance(summary, Histories) else read_summary(summary).histories()
    require_fittable(histories)
    if model is not None:
        require_model(model)
        return fit_model(model, histories, k=k, time_unit=time_unit)
    return choose_by_halves(histories, time_unit)


def fit_spend(summary: Any) -> SpendFit:
    """Gamma-Gamma fit of the value of repeat purchase days (columns frequency, monetary_value), or of a SpendTally.

    Customers without a repeat day do not count; those whose mean is not positive are left out with a warning.
    ModelError when nobody is left.
    """
    tally = summary if isinstance(summary, gamma_gamma.SpendTally) else _tally(summary)
    if tally.n == 0:
        raise ModelError(
            "no_spend",
            "no customer has a repeat purchase day of positive value: spending cannot be estimated",
            "Check the amounts: returns lower the purchase day before them.",
        )
    return gamma_gamma.fit(tally)


def _tally(summary: Any) -> gamma_gamma.SpendTally:
    frequency, value = column(summary, "frequency"), column(summary, "monetary_value")
    if not np.isfinite(frequency).all() or not np.isfinite(value[frequency > 0]).all():
        raise ModelError(
            "summary_values",
            "column {name} holds something that is not a number",
            "Give numbers; leave customers out whose history is not known.",
            name="monetary_value" if np.isfinite(frequency).all() else "frequency",
        )
    return gamma_gamma.tally_spend(frequency, value)


def score(
    summary: Any,
    purchases: PurchaseFit,
    spend: SpendFit | None = None,
    *,
    as_of: dt.date | None = None,
    horizons: Sequence[int] = HORIZONS,
    level: float = 0.8,
    margin: float | NDArray[np.generic] = 1.0,
    profit_12m: NDArray[np.generic] | None = None,
    months: int = 12,
    yearly_rate: float = 0.10,
    overdue_level: float = 0.9,
    thin_age: int = 30,
    risk_days: int = RISK_DAYS,
) -> Scores:
    """Scores of every customer of a summary, in its order; see Scores for the columns.

    ``horizons`` in days; ``as_of`` makes months follow the calendar; ``margin`` turns money into profit, one for all or
    (n,); ``profit_12m`` (n,) the profit of the last 12 months, for the potential; ``thin_age`` days below which a
    customer without a repeat purchase gets a note instead of a value; ``risk_days`` the span that value at risk
    compares.
    """
    if not 0.0 < level < 1.0 or not 0.0 < overdue_level < 1.0 or months < 1 or yearly_rate <= -1.0:
        raise ParameterError(
            "score_option",
            "level and overdue_level lie between 0 and 1, months is at least 1, yearly_rate is above -1",
            "Give values within these ranges.",
        )
    if not horizons or min(horizons) < 1:
        raise ParameterError("horizons", "a horizon is not a positive number of days", "Horizons are days from 1 up.")
    columns = read_summary(summary)
    money = column(summary, "monetary_value") if spend is not None and has_column(summary, "monetary_value") else None
    return Scores(
        purchases,
        spend,
        columns,
        money,
        horizons=tuple(int(h) for h in horizons),
        level=level,
        as_of=as_of,
        margin=_per_customer(margin, len(columns.frequency), "margin"),
        months=months,
        yearly_rate=yearly_rate,
        overdue_level=overdue_level,
        thin_age=thin_age,
        risk_days=risk_days,
        profit_12m=None if profit_12m is None else _per_customer(profit_12m, len(columns.frequency), "profit_12m"),
    )


def _per_customer(values: float | NDArray[np.generic], n: int, name: str) -> FloatArray:
    array = np.asarray(values, dtype=np.float64)
    if array.shape not in ((), (n,)) or not np.isfinite(array).all():
        raise ParameterError(
            "per_customer",
            "{name} must be finite, and one number or one for each of the {count} customers",
            "Give it in the order of the summary.",
            name=name,
            count=n,
        )
    return array


def backtest(
    data: Any, model: PurchaseModel | None = None, *, k: int | None = None, horizon: int | None = None
) -> Backtest:
    """Backtest of purchase rows (columns customer, day, value), over origins that roll back from the last purchase.

    Or of one calibration and hold-out summary as lifetimes makes it (frequency_cal, recency_cal, T_cal,
    frequency_holdout, duration_holdout; days). ``model`` None elects it on earlier origins than those reported.
    ModelError when the data are too short.
    """
    if model is not None:
        require_model(model)
    if horizon is not None and horizon < 1:
        raise ParameterError("horizons", "a horizon is not a positive number of days", "Horizons are days from 1 up.")
    if not isinstance(data, Purchases) and has_column(data, "frequency_holdout"):
        return judge([trial_of_holdout(data)], model=model, k=k)
    return backtest_purchases(read_purchases(data), horizon=horizon, model=model, k=k)
