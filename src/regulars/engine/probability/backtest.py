"""The proof that comes with every fit: what the model would have said on earlier days, against what then happened.

Each trial is fitted on its own past alone. The model is chosen on earlier trials than those reported (choice.py). Every
figure stands beside that of the naive forecast (everybody goes on as before) and of "nobody comes back". A model that
does not beat the naive forecast in both WAPE and RMSE over the pooled trials abstains. Bands on totals come from the
errors of totals in the trials: 80 % of a Student t on the logarithm of actual / forecast, not centred; bands from the
parameters alone are far too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from regulars.engine.probability import gamma_gamma
from regulars.engine.probability.choice import candidate_fits, choose_by_halves, elect
from regulars.engine.probability.collapse import FloatArray, Histories, collapse_indexed
from regulars.engine.probability.future import Future
from regulars.engine.probability.metrics import (
    Accuracy,
    Decile,
    Reliability,
    accuracy,
    coverage,
    deciles,
    reliability,
)
from regulars.engine.probability.models import fit_model
from regulars.engine.probability.purchases import Purchases
from regulars.engine.probability.results import Candidate, PurchaseFit, PurchaseModel
from regulars.engine.probability.trials import Trial, plan_horizon, plan_origins, split_origins, trial_at
from regulars.errors import ModelError

ACTIVE_DAYS: Final = (30, 90, 365)
LEVEL: Final = 0.8
FARTHEST: Final = 50.0


@dataclass(frozen=True)
class OriginResult:
    """One reported origin: forecasts of purchase days over the horizon and the share within the 80 % interval."""

    origin: int | None
    n: int
    model: Accuracy
    naive: Accuracy
    coverage: float


@dataclass(frozen=True)
class Backtest:
    """Rolling-origin backtest; ``model``, ``naive`` and ``zero`` are pooled over the reported origins.

    ``reliability`` maps days to the calibration of P(active in that many days). ``band`` are the factors that turn a
    forecast total over ``horizon`` days into its 80 % band. ``value`` and ``value_naive`` judge money, where known.
    ``choice`` are the candidates of the model's election, empty when the caller named the model.
    """

    purchase_model: PurchaseModel
    k: int
    horizon: float
    selected_on: tuple[int, ...]
    origins: tuple[OriginResult, ...]
    model: Accuracy
    naive: Accuracy
    zero: Accuracy
    deciles: tuple[Decile, ...]
    reliability: Mapping[int, tuple[Reliability, ...]]
    coverage: float
    band: tuple[float, float]
    value: Accuracy | None
    value_naive: Accuracy | None
    choice: tuple[Candidate, ...]

    @property
    def abstain(self) -> bool:
        """Whether the model must not be published as a forecast."""
        ours, theirs = self.model, self.naive
        if ours.wape is None or theirs.wape is None:
            return True
        return not (ours.wape < theirs.wape and ours.rmse < theirs.rmse)


@dataclass(frozen=True)
class _Forecast:
    fit: PurchaseFit
    expected: FloatArray
    low: FloatArray
    high: FloatArray
    active: Mapping[int, tuple[FloatArray, NDArray[np.bool_]]]
    value: FloatArray | None
    value_naive: FloatArray | None


def backtest_purchases(
    purchases: Purchases,
    *,
    last_day: int | None = None,
    horizon: int | None = None,
    model: PurchaseModel | None = None,
    k: int | None = None,
) -> Backtest:
    """Backtest of purchase rows up to ``last_day`` (default: the last purchase); ModelError when they are too short."""
    bought = purchases.day[purchases.value > 0]
    if not len(bought):
        raise ModelError("no_purchases", "there is no purchase", "A purchase is a row with a value above zero.")
    last = int(bought.max()) if last_day is None else last_day
    first = int(bought.min())
    span = horizon or plan_horizon(last - first + 1)
    origins = plan_origins(first, last, span) if span else ()
    if span is None or not origins:
        raise ModelError(
            "history_too_short",
            "{days} days of purchases are too few for a backtest",
            "It takes 84 days, or twice the horizon that you ask for.",
            days=last - first + 1,
        )
    choosing, reported = split_origins(origins) if model is None else ((), origins)
    return judge(
        [trial_at(purchases, origin, span) for origin in reported],
        choose_on=[trial_at(purchases, origin, span) for origin in choosing],
        model=model,
        k=k,
    )


def judge(
    trials: Sequence[Trial],
    *,
    choose_on: Sequence[Trial] = (),
    model: PurchaseModel | None = None,
    k: int | None = None,
) -> Backtest:
    """Backtest over ready trials (at least one); without ``model`` it is elected on ``choose_on``."""
    candidates: tuple[Candidate, ...] = ()
    if model is None:
        model, k, candidates = choose(choose_on, trials[0])
    forecasts = [_forecast(trial, model, k) for trial in trials]
    expected = np.concatenate([one.expected for one in forecasts])
    actual = np.concatenate([trial.days for trial in trials]).astype(np.float64)
    naive = np.concatenate([trial.naive for trial in trials])
    results = tuple(map(_origin_result, trials, forecasts))
    value, value_naive = _money(trials, forecasts)
    return Backtest(
        purchase_model=model,
        k=forecasts[-1].fit.k,
        horizon=trials[0].horizon,
        selected_on=tuple(trial.origin for trial in choose_on if trial.origin is not None),
        origins=results,
        model=accuracy(expected, actual),
        naive=accuracy(naive, actual),
        zero=accuracy(np.zeros(len(actual)), actual),
        deciles=deciles(expected, actual),
        reliability=_reliability(forecasts),
        coverage=float(np.average([one.coverage for one in results], weights=[one.n for one in results])),
        band=band([one.model for one in results]),
        value=value,
        value_naive=value_naive,
        choice=candidates,
    )


def choose(choose_on: Sequence[Trial], following: Trial) -> tuple[PurchaseModel, int, tuple[Candidate, ...]]:
    """Model, k and the candidates, by what they said of the purchase days of ``choose_on``.

    ``following`` is the first trial reported on: its past (not its outcome) says which fits lie on a ridge. Without a
    usable trial to choose on, its customers are split in halves instead.
    """
    scores: dict[tuple[PurchaseModel, int], float] = {}
    judged: dict[tuple[PurchaseModel, int], int] = {}
    for trial in choose_on:
        if not (trial.columns.frequency > 0).any():
            continue
        for fit in candidate_fits(trial.histories()):
            key = fit.model, fit.k
            scores[key] = scores.get(key, 0.0) + log_predictive(fit, trial)
            judged[key] = judged.get(key, 0) + trial.n
    if not scores:
        fit = choose_by_halves(following.histories())
        return fit.model, fit.k, fit.choice
    everywhere = max(judged.values())
    candidates = tuple(
        Candidate(model, k, scores[model, k] / judged[model, k])
        for model, k in scores
        if judged[model, k] == everywhere
    )
    chosen = elect(candidates, candidate_fits(following.histories()))
    return chosen.model, chosen.k, candidates


def log_predictive(fit: PurchaseFit, trial: Trial) -> float:
    """Sum over customers of ln P(their purchase days in the hold-out period)."""
    histories, row = collapse_indexed(trial.columns.frequency, trial.columns.recency, trial.columns.age)
    width = int(trial.days.max(initial=0)) + 1
    key, count = np.unique(row.astype(np.int64) * width + trial.days, return_counts=True)
    return Future(fit, histories).log_predictive(key // width, key % width, count, trial.horizon)


def band(results: Sequence[Accuracy]) -> tuple[float, float]:
    """Factors of the 80 % band on a forecast total, from the totals of the trials; (0, inf) when they tell nothing."""
    ratios = [one.actual / one.forecast for one in results if one.forecast > 0.0 and one.actual > 0.0]
    if not ratios:
        return 0.0, math.inf
    spread = math.sqrt(sum(math.log(ratio) ** 2 for ratio in ratios) / len(ratios))
    reach = float(stdtrit(len(ratios), 0.5 * (1.0 + LEVEL))) * spread
    if reach > FARTHEST:  # forecasts of next to nothing: the trials tell nothing about a total
        return 0.0, math.inf
    return math.exp(-reach), math.exp(reach)


def _forecast(trial: Trial, model: PurchaseModel, k: int | None) -> _Forecast:
    histories, row = collapse_indexed(trial.columns.frequency, trial.columns.recency, trial.columns.age)
    fit = fit_model(model, trial.histories(), k=k)
    future = Future(fit, histories)
    days = np.array([trial.horizon])
    mean = future.expected(days)[:, 0]
    low, high = future.quantiles(days, (0.5 - 0.5 * LEVEL, 0.5 + 0.5 * LEVEL))[:, 0].T
    value, value_naive = _money_forecast(trial, mean[row])
    return _Forecast(
        fit=fit,
        expected=mean[row],
        low=np.minimum(low, np.floor(mean))[row],
        high=np.maximum(high, np.ceil(mean))[row],
        active=_active(trial, future, histories, row),
        value=value,
        value_naive=value_naive,
    )


def _active(
    trial: Trial, future: Future, histories: Histories, row: NDArray[np.int32]
) -> dict[int, tuple[FloatArray, NDArray[np.bool_]]]:
    if trial.wait is None:
        days = [int(trial.horizon)]
        happened = [trial.days > 0]
    else:
        days = [d for d in (*ACTIVE_DAYS, int(trial.horizon)) if d <= trial.horizon]
        happened = [(trial.wait > 0) & (trial.wait <= d) for d in days]
    chance = future.active(np.array(days))
    return {d: (chance[row, i], happened[i]) for i, d in enumerate(days)}


def _money_forecast(trial: Trial, expected: FloatArray) -> tuple[FloatArray | None, FloatArray | None]:
    if trial.mean_value is None or trial.value is None:
        return None, None
    tally = gamma_gamma.tally_spend(trial.columns.frequency, trial.mean_value)
    if tally.n == 0:
        return None, None
    spend = gamma_gamma.expected_spend(gamma_gamma.fit(tally), trial.columns.frequency, trial.mean_value)
    return expected * spend, trial.naive * trial.mean_value


def _money(trials: Sequence[Trial], forecasts: Sequence[_Forecast]) -> tuple[Accuracy | None, Accuracy | None]:
    pairs = [(one.value, one.value_naive, trial.value) for one, trial in zip(forecasts, trials, strict=True)]
    if any(ours is None or naive is None or actual is None for ours, naive, actual in pairs):
        return None, None
    ours, naive, actual = (np.concatenate([np.asarray(pair[i]) for pair in pairs]) for i in range(3))
    return accuracy(ours, actual), accuracy(naive, actual)


def _origin_result(trial: Trial, one: _Forecast) -> OriginResult:
    actual = trial.days.astype(np.float64)
    return OriginResult(
        origin=trial.origin,
        n=trial.n,
        model=accuracy(one.expected, actual),
        naive=accuracy(trial.naive, actual),
        coverage=coverage(one.low, one.high, actual),
    )


def _reliability(forecasts: Sequence[_Forecast]) -> dict[int, tuple[Reliability, ...]]:
    days = sorted({d for one in forecasts for d in one.active})
    return {
        d: reliability(
            np.concatenate([one.active[d][0] for one in forecasts]),
            np.concatenate([one.active[d][1] for one in forecasts]),
        )
        for d in days
    }
