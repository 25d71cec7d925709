"""The keys ``clv`` and ``value`` of summary.json: which models, how well they proved, who holds the value."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from regulars.engine.calendar import day_of
from regulars.engine.classes import ABC
from regulars.engine.probability import Backtest, PurchaseFit, SpendFit
from regulars.engine.probability.metrics import Accuracy
from regulars.engine.probability.survival import SurvivalCurve, curve_of_counts
from regulars.engine.rhythm import STATES
from regulars.runners.footing import QUARTER_SHIFT, WAIT_SHIFT
from regulars.runners.forecast import Forecast
from regulars.runners.forecast_columns import NOTES
from regulars.runners.population import Population
from regulars.runners.worth import AT_RISK, CLV, CUSTOMERS, FREQUENCY_EDGES, RECENCY_EDGES, WorthTally

Row = dict[str, Any]
CURVE_POINTS = 100
COHORTS_SHOWN = 6


def clv_figures(run: Population, basis: str) -> Row | None:
    """What was fitted and how it proved; None when the models were left out."""
    forecast = run.forecast
    if forecast is None:
        return None
    fit, spend, proof, p = forecast.fit, forecast.spend, forecast.backtest, run.parameters
    return {
        "published": forecast.published,
        "reason": forecast.reason,
        "months": p.clv_months,
        "discount_rate": float(p.discount_rate),
        **_purchase_model(fit),
        "choice": [asdict(candidate) for candidate in proof.choice] if proof is not None else [],
        "spend": _spend_model(spend),
        "margin": {"basis": basis, "rate": forecast.margin},
        "backtest": None if proof is None else _backtest(proof, run.minor),
    }


def _purchase_model(fit: PurchaseFit | None) -> Row:
    if fit is None:
        names = ("model", "k", "parameters", "standard_errors", "log_likelihood", "gradient_norm", "condition")
        return {**dict.fromkeys(names), "time_unit": "day", "trusted": False, "converged": False, "n": 0,
                "warnings": []}  # fmt: skip
    return {
        "model": fit.model,
        "k": fit.k,
        "time_unit": fit.time_unit,
        "parameters": dict(fit.parameters),
        "standard_errors": {name: _finite(value) for name, value in fit.standard_errors.items()},
        "trusted": fit.trusted,
        "log_likelihood": fit.log_likelihood,
        "gradient_norm": _finite(fit.gradient_norm),
        "condition": _finite(fit.condition),
        "converged": fit.converged,
        "n": fit.n,
        "warnings": list(fit.warnings),
    }


def _spend_model(fit: SpendFit | None) -> Row | None:
    if fit is None:
        return None
    return {
        "model": fit.model,
        "parameters": dict(fit.parameters),
        "standard_errors": {name: _finite(value) for name, value in fit.standard_errors.items()},
        "log_likelihood": fit.log_likelihood,
        "n": fit.n,
        "warnings": list(fit.warnings),
        "statistic": fit.statistic,
    }


def _backtest(proof: Backtest, minor: int) -> Row:
    return {
        "horizon_days": int(proof.horizon),
        "customers": sum(o.n for o in proof.origins),
        "selected_on": [day_of(day).isoformat() for day in proof.selected_on],
        "origins": [
            {
                "day": None if o.origin is None else day_of(o.origin).isoformat(),
                "customers": o.n,
                "model": asdict(o.model),
                "naive": asdict(o.naive),
                "coverage": o.coverage,
            }
            for o in proof.origins
        ],
        "model": asdict(proof.model),
        "naive": asdict(proof.naive),
        "zero": asdict(proof.zero),
        "deciles": [asdict(decile) for decile in proof.deciles],
        "reliability": {str(days): [asdict(r) for r in rows] for days, rows in proof.reliability.items()},
        "coverage": proof.coverage,
        "band": [_finite(proof.band[0]), _finite(proof.band[1])],
        "value": money_accuracy(proof.value, minor),
        "value_naive": money_accuracy(proof.value_naive, minor),
    }


def money_accuracy(figures: Accuracy | None, minor: int) -> Row | None:
    """Accuracy of a forecast of money, in units of currency."""
    if figures is None:
        return None
    row = asdict(figures)
    return {**row, **{name: row[name] / minor for name in ("forecast", "actual", "rmse")}}


def _finite(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)


def value_figures(run: Population) -> Row | None:
    """Who holds the predicted value; None unless the forecast is published."""
    forecast, worth = run.forecast, run.worth
    if forecast is None or worth is None or not forecast.published or forecast.backtest is None:
        return None
    low, high = forecast.backtest.band
    total = float(worth.clv.sum())
    return {
        "customers": len(worth.clv),
        "notes": {text: int(worth.notes[code]) for code, text in NOTES.items()},
        "total": total,
        "total_low": _finite(total * low),
        "total_high": _finite(total * high),
        "expected_purchases_90": {
            "total": worth.expected_90,
            "low": _finite(worth.expected_90 * low),
            "high": _finite(worth.expected_90 * high),
        },
        "concentration": _concentration(worth),
        "at_risk": {
            "total": float(worth.by_abc[:, AT_RISK].sum()),
            "customers": int(worth.by_abc[:, CUSTOMERS].sum()),
            "by_abc": _held(worth.by_abc, ABC),
            "by_rhythm": _held(worth.by_rhythm, STATES),
        },
        "alive": _alive(worth),
        "survival": _survival(forecast),
        "lookalikes": None,
    }


def _held(sums: NDArray[np.float64], labels: tuple[str, ...]) -> Row:
    return {
        label: {"customers": int(row[CUSTOMERS]), "value_at_risk": float(row[AT_RISK]), "clv": float(row[CLV])}
        for label, row in zip(labels, sums, strict=True)
    }


def _concentration(worth: WorthTally) -> Row:
    clv = np.sort(worth.clv)[::-1]
    total = float(clv.sum())
    shares = {top: float(clv[: math.ceil(len(clv) * top / 100)].sum() / total) for top in (1, 10, 20)} if total else {}
    points = _lorenz(clv)
    del clv  # there may be millions
    realised = np.maximum(worth.profit, 0.0)
    realised.sort()
    return {
        "points": points,
        "realised": _lorenz(realised[::-1]),
        "top": {str(top): share for top, share in shares.items()},
    }


def _lorenz(descending: NDArray[np.float64]) -> list[list[float]]:
    """Share of customers against share of the whole, thinned; the array is summed up in its place."""
    count, whole = len(descending), float(descending.sum())
    if not count or whole <= 0:
        return []
    np.cumsum(descending, out=descending)
    at = np.unique(np.linspace(0, count - 1, CURVE_POINTS).astype(np.int64))
    return [[0.0, 0.0], *([float((i + 1) / count), float(descending[i] / whole)] for i in at)]


def _alive(worth: WorthTally) -> Row:
    cells = [
        {"recency": r, "frequency": f, "customers": int(n), "p_alive": float(p / n)}
        for r, row in enumerate(worth.alive)
        for f, (n, p) in enumerate(row)
        if n
    ]
    return {"recency_edges": list(RECENCY_EDGES), "frequency_edges": list(FREQUENCY_EDGES), "cells": cells}


def _survival(forecast: Forecast) -> Row:
    """Time to the second purchase, those still waiting counted as waiting; by quarter of the first purchase."""
    packed, counts = forecast.waits.values, forecast.waits.counts
    quarter, again = packed >> QUARTER_SHIFT, (packed & 1).astype(np.bool_)
    wait = (packed & ((1 << QUARTER_SHIFT) - 1)) >> WAIT_SHIFT
    shown = np.unique(quarter)[-COHORTS_SHOWN:]
    names = {int(q): f"{1970 + q // 4:04d}-Q{q % 4 + 1}" for q in shown}

    def curve(chosen: NDArray[np.bool_]) -> Row:
        days, n, bought = wait[chosen], counts[chosen], again[chosen]
        size = int(days.max(initial=0)) + 1
        return _curve(curve_of_counts(_count(days, n, size), _count(days[bought], n[bought], size)))

    return {
        "overall": curve(np.ones(len(packed), np.bool_)),
        "by_cohort": [{"name": names[q], **curve(quarter == q)} for q in names],
        "by_product": None,
    }


def _count(days: NDArray[np.int64], counts: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    total = np.zeros(size, np.int64)
    np.add.at(total, days, counts)
    return total


def _curve(curve: SurvivalCurve) -> Row:
    steps = len(curve.days)
    at = np.unique(np.linspace(0, max(steps - 1, 0), CURVE_POINTS).astype(np.int64))[:steps].tolist()
    points = [[0, 1.0, 1.0, 1.0]] + [
        [int(curve.days[i]), float(curve.waiting[i]), float(curve.low[i]), float(curve.high[i])] for i in at
    ]
    return {"customers": curve.n, "events": int(curve.events.sum()), "median_days": curve.median, "points": points}
