"""FIXTURE: forecasts of the sample analyses, made by a rough formula in the place of the models.

Their accuracy is counted from the simulated orders, so that bias, deciles and curves hang together; names of models,
parameters and likelihoods are invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from regulars.engine.probability.metrics import accuracy, deciles, reliability
from regulars.engine.probability.survival import kaplan_meier

Row = dict[str, Any]
Array = np.ndarray[Any, np.dtype[Any]]
RECENCY_EDGES, FREQUENCY_EDGES = (0, 30, 60, 90, 180, 365), (1, 2, 3, 4, 6, 10)
HORIZON = 182
STATES = ("on_rhythm", "due", "slipping", "dormant", "lost")


@dataclass(frozen=True)
class Shop:
    """Orders of ``n`` customers, sorted by customer and day; days count from ``first_day``."""

    n: int
    customer: Array
    day: Array
    profit: Array
    first_day: date

    def date_of(self, day: int) -> str:
        return (self.first_day + timedelta(int(day))).isoformat()


class Foretold:
    """What the rough formula says on day ``at``: rate and chance of being alive, by customer who had bought by then."""

    def __init__(self, shop: Shop, at: int) -> None:
        self.shop, self.at = shop, at
        key = np.unique(shop.customer.astype(np.int64) * 100_000 + shop.day)
        self._who, self._day = key // 100_000, key % 100_000
        seen = self._day <= at
        who, day = self._who[seen], self._day[seen]
        self.days = np.bincount(who, minlength=shop.n)
        first, last = np.full(shop.n, 10**6), np.full(shop.n, -(10**6))
        np.minimum.at(first, who, day)
        np.maximum.at(last, who, day)
        self.known = self.days > 0
        self.first, self.age, self.silence = first, at - first, at - last
        with np.errstate(all="ignore"):
            self.rate = (self.days - 1 + 0.8) / (self.age + 62)
            self.late = self.silence * (self.days + 0.9) / (self.age + 75)
            self.alive = np.where(self.days == 1, 0.8, 0.985) / (1 + np.exp(1.9 * (self.late - 2.8)))

    def expected(self, days: int) -> Array:
        return np.where(self.known, self.rate * self.alive * 540 * (1 - np.exp(-days / 540)), 0.0)

    def active(self, days: int) -> Array:
        return np.where(self.known, self.alive * (1 - np.exp(-0.92 * self.rate * days)), 0.0)

    def actual(self, days: int) -> Array:
        after = (self._day > self.at) & (self._day <= self.at + days)
        return np.bincount(self._who[after], minlength=self.shop.n).astype(float)

    @cached_property
    def clv(self) -> Array:
        seen = self.shop.day <= self.at
        earned = np.bincount(self.shop.customer[seen], weights=self.shop.profit[seen], minlength=self.shop.n)
        spend = np.maximum(0.0, (earned + 45) / (self.days + 1.5))
        return np.where(self.given, self.expected(365) * spend * 0.953, 0.0)

    @cached_property
    def at_risk(self) -> Array:
        fresh = 0.985 * (1 - np.exp(-0.92 * (self.days + 0.8) / (self.age + 62) * 90))
        return np.where(self.silence > 0, np.maximum(0.0, fresh - self.active(90)) * self.clv, 0.0)

    @property
    def new(self) -> Array:
        return self.known & (self.days == 1) & (self.age < 30)

    @property
    def given(self) -> Array:
        """Whose value is given."""
        return self.known & ~self.new


def clv_of(shop: Shop, at: int, *, published: bool, reason: str | None = None) -> Row:
    """``clv`` of summary.json, with a backtest on three earlier days."""
    candidates = (("pareto_nbd", 1, -2.4126), ("mbg_cnbd_k", 1, -2.4171), ("mbg_cnbd_k", 2, -2.4493))
    now = Foretold(shop, at)
    return {
        "published": published,
        "reason": reason,
        "model": "pareto_nbd",
        "k": 1,
        "time_unit": "day",
        "months": 12,
        "discount_rate": 0.1,
        "parameters": {"r": 0.8812, "alpha": 54.21, "s": 0.6127, "beta": 341.9},
        "standard_errors": {"r": 0.0316, "alpha": 2.87, "s": 0.0641, "beta": 58.3},
        "trusted": True,
        "log_likelihood": -71338.42,
        "gradient_norm": 3.1e-9,
        "condition": 812.4,
        "converged": True,
        "n": int(now.known.sum()),
        "warnings": [],
        "choice": [{"model": m, "k": k, "out_of_sample": s} for m, k, s in (*candidates, ("bg_nbd", 1, -2.4307))],
        "spend": {
            "model": "gamma_gamma",
            "parameters": {"p": 5.41, "q": 4.02, "v": 58.7},
            "standard_errors": {"p": 0.22, "q": 0.31, "v": 4.9},
            "log_likelihood": -9012.7,
            "n": int((now.days > 1).sum()),
            "warnings": [],
            "statistic": "mean",
        },
        "margin": {"basis": "cost", "rate": 0.3604},
        "backtest": backtest(shop, at, worse=not published),
    }


def no_clv(reason: str) -> Row:
    """``clv`` where no model could be fitted or proven."""
    fitted = ("model", "k", "parameters", "standard_errors", "log_likelihood", "gradient_norm", "condition", "spend")
    made: Row = {"published": False, "reason": reason, "months": 12, "discount_rate": 0.1, **dict.fromkeys(fitted)}
    lists: Row = {"warnings": [], "choice": [], "n": 0, "trusted": False, "converged": False, "time_unit": "day"}
    return {**made, **lists, "margin": {"basis": "revenue", "rate": 1.0}, "backtest": None}


def backtest(shop: Shop, at: int, *, worse: bool = False) -> Row:
    """Three reported origins; ``worse`` makes the model lose against the naive forecast."""
    days = [at - HORIZON * back for back in (3, 2, 1)] if at > 5 * HORIZON else [at - HORIZON // 2]
    horizon = HORIZON if len(days) > 1 else HORIZON // 2
    seen = [Foretold(shop, day) for day in days]
    ours = [one.expected(horizon)[one.known] * (2.6 if worse else 1.0) for one in seen]
    naive = [((one.days - 1) / np.maximum(one.age, 1) * horizon)[one.known] for one in seen]
    actual = [one.actual(horizon)[one.known] for one in seen]
    pooled, true = np.concatenate(ours), np.concatenate(actual)
    chances = {
        str(h): reliability(
            np.concatenate([one.active(h)[one.known] for one in seen]),
            np.concatenate([one.actual(h)[one.known] > 0 for one in seen]),
        )
        for h in (30, 90)
        if h <= horizon
    }
    return {
        "horizon_days": horizon,
        "customers": len(true),
        "selected_on": [shop.date_of(days[0] - HORIZON)] if days[0] > HORIZON else [],
        "origins": [
            {
                "day": shop.date_of(day),
                "customers": len(a),
                "model": vars(accuracy(e, a)),
                "naive": vars(accuracy(x, a)),
                "coverage": 0.83 + 0.01 * place,
            }
            for place, (day, e, x, a) in enumerate(zip(days, ours, naive, actual, strict=True))
        ],
        "model": vars(accuracy(pooled, true)),
        "naive": vars(accuracy(np.concatenate(naive), true)),
        "zero": vars(accuracy(np.zeros(len(true)), true)),
        "deciles": [vars(row) for row in deciles(pooled, true)],
        "reliability": {h: [vars(row) for row in rows] for h, rows in chances.items()},
        "coverage": 0.84,
        "band": [0.89, 1.13] if len(days) > 1 else [0.31, 3.2],
        "value": {**vars(accuracy(pooled * 33, true * 31)), "capture": 0.61},
        "value_naive": vars(accuracy(np.concatenate(naive) * 30, true * 31)),
    }


def value_of(shop: Shop, at: int, abc: Array, state: Array, window: Array, names: Any) -> Row:
    """``value`` of summary.json; ``window`` is the profit of the window by customer, ``names`` says who they are."""
    now = Foretold(shop, at)
    total, soon = float(now.clv.sum()), float(now.expected(90).sum())
    return {
        "customers": int(now.given.sum()),
        "notes": {"no_repeat": int((now.given & (now.days == 1)).sum()), "new": int(now.new.sum()), "no_spend": 7},
        "total": total,
        "total_low": total * 0.89,
        "total_high": total * 1.13,
        "expected_purchases_90": {"total": soon, "low": soon * 0.89, "high": soon * 1.13},
        "concentration": _concentration(now.clv[now.given], window[now.given]),
        "at_risk": {
            "total": float(now.at_risk.sum()),
            "customers": int(now.given.sum()),
            "by_abc": {key: _held(now, abc == key) for key in "ABC"},
            "by_rhythm": {key: _held(now, state == key) for key in STATES},
        },
        "alive": _alive(now),
        "survival": _survival(shop, now),
        "lookalikes": _look_alikes(now, names),
    }


def _held(now: Foretold, mask: Array) -> Row:
    inside = now.given & mask
    return {
        "customers": int(inside.sum()),
        "value_at_risk": float(now.at_risk[inside].sum()),
        "clv": float(now.clv[inside].sum()),
    }


def _concentration(clv: Array, profit: Array) -> Row:
    ranked = np.sort(clv)[::-1]
    top = {str(t): float(ranked[: -(-len(clv) * t // 100)].sum() / ranked.sum()) for t in (1, 10, 20)}
    return {"points": _lorenz(ranked), "realised": _lorenz(np.sort(np.maximum(profit, 0))[::-1]), "top": top}


def _lorenz(ranked: Array) -> list[list[float]]:
    at = np.unique(np.linspace(0, len(ranked) - 1, 100).astype(int))
    held = np.cumsum(ranked) / ranked.sum()
    return [[0.0, 0.0], *([float((i + 1) / len(ranked)), float(held[i])] for i in at)]


def _alive(now: Foretold) -> Row:
    r = np.searchsorted(RECENCY_EDGES, now.silence, side="right") - 1
    f = np.searchsorted(FREQUENCY_EDGES, now.days, side="right") - 1
    cells = []
    for i in range(len(RECENCY_EDGES)):
        for j in range(len(FREQUENCY_EDGES)):
            here = now.known & (r == i) & (f == j)
            if here.any():
                row = {"recency": i, "frequency": j, "customers": int(here.sum())}
                cells.append({**row, "p_alive": float(now.alive[here].mean())})
    return {"recency_edges": list(RECENCY_EDGES), "frequency_edges": list(FREQUENCY_EDGES), "cells": cells}


def _survival(shop: Shop, now: Foretold) -> Row:
    start = np.r_[True, now._who[1:] != now._who[:-1]]
    second = np.flatnonzero(~start & np.r_[False, start[:-1]])
    wait = np.where(now.known, now.age, 0)
    again = np.zeros(shop.n, bool)
    wait[now._who[second]] = now._day[second] - now.first[now._who[second]]
    again[now._who[second]] = True
    months = np.array([_quarter(shop.first_day + timedelta(int(day))) for day in np.where(now.known, now.first, 0)])
    product = np.random.default_rng(3).integers(0, 4, shop.n)
    labels = ("龙井 · 明前 100g", "茉莉花茶 250g", "岩茶尝鲜装 <试饮>", "中秋礼盒")
    masks = {label: now.known & (product == code) for code, label in enumerate(labels)}
    quarters = sorted(set(months))[-6:]
    return {
        "overall": _curve(wait[now.known], again[now.known]),
        "by_cohort": [{"name": q, **_curve(wait[months == q], again[months == q])} for q in quarters],
        "by_product": [{"name": name, **_curve(wait[mask], again[mask])} for name, mask in masks.items()],
    }


def _quarter(day: date) -> str:
    return f"{day.year}-Q{(day.month + 2) // 3}"


def _curve(wait: Array, again: Array) -> Row:
    found = kaplan_meier(wait, again)
    at = np.unique(np.linspace(0, max(len(found.days) - 1, 0), 100).astype(int))[: len(found.days)]
    steps = [[int(found.days[i]), *(float(a[i]) for a in (found.waiting, found.low, found.high))] for i in at]
    events = int(found.events.sum())
    return {"customers": found.n, "events": events, "median_days": found.median, "points": [[0, 1.0, 1.0, 1.0], *steps]}


def _look_alikes(now: Foretold, names: Any) -> Row:
    """The newest customers with the first old ones at hand: who they resemble is not what this fixture is about."""
    new = np.flatnonzero(now.new)[:12]
    old = np.flatnonzero(now.known & (now.age > 400))
    rows = []
    for place, who in enumerate(new):
        matches = [
            {
                "customer_id": f"C{other:06d}",
                "name": names(int(other), rank + 3),
                "similarity": round(0.94 - 0.06 * rank, 3),
                "profit_12m": round(float(now.clv[other]) + 12.5 * rank, 2),
                "purchase_days": int(now.days[other]),
                "still_active": bool(now.alive[other] > 0.5),
            }
            for rank, other in enumerate(old[place * 3 : place * 3 + 3])
        ]
        rows.append(
            {
                "customer_id": f"C{who:06d}",
                "name": names(int(who), place),
                "first_day": now.shop.date_of(now.first[who]),
                "first_amount": 88.0 + 7.5 * place,
                "matches": matches,
                "foretold_12m": 41.2 + place,
                "foretold_low": 12.5 + place,
                "foretold_high": 66.0 + place,
            }
        )
    errors = {"n": 1184, "forecast": 61_800.0, "actual": 59_904.0, "bias": 0.032, "wape": 0.91}
    proof = {
        "customers": 1184,
        "old": 871,
        "useful": True,
        "model": {**errors, "rmse": 88.4, "gini": 0.41, "capture": 0.38},
        "average": {**errors, "rmse": 97.1, "gini": 0.0, "capture": 0.1},
    }
    return {"backtest": proof, "rows": rows}
