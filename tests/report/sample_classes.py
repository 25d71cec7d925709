"""FIXTURE: classes, lifecycle, rhythm and cohorts of the sample summaries."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.report.sample_periods import WINDOW, active
from tests.report.sample_shop import Array, Gaps, Orders

Row = dict[str, Any]
STAGES = ("growth", "maturity", "decline", "churned")
VIEW_B = ("first", "repeat", "loyal")
STATES = ("on_rhythm", "due", "slipping", "dormant", "lost")


class Judged:
    """Every class of every customer who had bought by the last day of ``orders``."""

    def __init__(self, orders: Orders, policy: str) -> None:
        self.orders, day = orders, orders.last
        self.known = orders.first() <= day
        self.f = orders.counted(day - WINDOW, day)
        self.m = orders.total(orders.amount, day - WINDOW, day)
        self.p = orders.total(orders.profit, day - WINDOW, day)
        self.recency = day - orders.latest(day)
        self.gaps = Gaps.of(orders)
        with np.errstate(invalid="ignore"):
            self.late = self.recency / self.gaps.typical
        ratios = self.gaps.ratios
        self.percentile = np.searchsorted(ratios, self.late) / len(ratios) if len(ratios) else self.late * np.nan
        self.active = active(orders, day, policy) & self.known
        self.abc = self._abc()
        self.state = np.array(STATES)[np.digitize(np.nan_to_num(self.late), [1, 1.5, 2.5, 4], right=True)]
        self.stage, self.view_b = self._lifecycle()

    def _abc(self) -> Array:
        positive = np.where(self.p > 0)[0]
        order = positive[np.argsort(-self.p[positive], kind="stable")]
        held = np.cumsum(self.p[order]) / max(self.p[order].sum(), 1e-9)
        before = np.r_[0, held[:-1]][: len(held)]
        abc = np.full(self.orders.n, "C")
        abc[order] = np.where(before < 0.8, "A", np.where(before < 0.9, "B", "C"))
        return abc

    def _lifecycle(self) -> tuple[Array, Array]:
        orders, day, half = self.orders, self.orders.last, WINDOW // 2
        now = orders.total(orders.amount, day - half, day)
        before = orders.total(orders.amount, day - 2 * half, day - half)
        with np.errstate(invalid="ignore"):
            falling = (self.percentile >= 0.8) | ((before > 0) & (now <= before / 2))
        bought = self.gaps.count + 1
        stage = np.where(bought >= 3, "maturity", "growth")
        stage = np.where(falling, "decline", stage)
        stage = np.where(self.active, stage, "churned")
        view_b = np.where(bought == 1, "first", np.where((bought >= 4) & self.active, "loyal", "repeat"))
        return stage, view_b

    def tally(self, labels: Array, names: tuple[str, ...]) -> dict[str, Row]:
        return {name: self.held(self.known & (labels == name)) for name in names}

    def held(self, mask: Array) -> Row:
        return {
            "customers": int(mask.sum()),
            "amount": round(float(self.m[mask].sum()), 2),
            "profit": round(float(self.p[mask].sum()), 2),
        }


def quadrants(orders: Orders, day: int, cuts: tuple[float, float] | None = None) -> tuple[Array, Array, Array, Any]:
    f = orders.counted(day - WINDOW, day)
    m = orders.total(orders.amount, day - WINDOW, day)
    bought = f > 0
    mean = np.where(bought, m / np.maximum(f, 1), 0)
    if cuts is None:
        cuts = (float(f[bought].mean()), float(mean[bought].mean())) if bought.any() else (np.nan, np.nan)
    frequent, large = f >= cuts[0], mean >= cuts[1]
    label = np.where(frequent, np.where(large, "e", "c"), np.where(large, "d", "b"))
    label = np.where(bought, label, "dormant")
    return np.where(orders.first() > day, "a", label), f, mean, cuts


def score(values: Array, known: Array) -> Array:
    _, inverse, counts = np.unique(values[known], return_inverse=True, return_counts=True)
    worse = np.cumsum(counts) - counts
    scores = np.zeros(len(values), int)
    scores[known] = np.minimum(5, 1 + np.floor(5 * worse[inverse] / known.sum())).astype(int)
    return scores


def pareto(judged: Judged) -> Row:
    profit = np.sort(judged.p[judged.p > 0])[::-1]
    n = len(profit)
    if not n:
        empty = {"customers_positive": 0, "customers_other": judged.orders.n, "total": 0.0, "points": []}
        return {"base": "profit", **empty, "cuts": {"A": None, "B": None}}
    held = np.cumsum(profit) / profit.sum()
    at = np.unique(np.linspace(0, n - 1, min(n, 200)).astype(int))
    points = [[0.0, 0.0]] + [[round((i + 1) / n, 5), round(float(held[i]), 5)] for i in at]
    a = int((judged.abc[judged.p > 0] == "A").sum()) / n
    b = int((judged.abc[judged.p > 0] != "C").sum()) / n
    return {
        "base": "profit",
        "customers_positive": n,
        "customers_other": judged.orders.n - n,
        "total": round(float(profit.sum()), 2),
        "points": points,
        "cuts": {"A": a, "B": b},
    }


def cohorts(orders: Orders) -> list[Row]:
    dates = [orders.date_of(day) for day in range(orders.last + 1)]
    month = np.array([d.year * 12 + d.month - 1 for d in dates])
    first = month[orders.first()]
    at = month[orders.day]
    rows = []
    for cohort in range(int(month[0]), int(month[-1]) + 1):
        member = first == cohort
        size = int(member.sum())
        mine = member[orders.customer]
        for offset in range(int(month[-1]) - cohort + 1):
            here = mine & (at == cohort + offset)
            bought = len(np.unique(orders.customer[here]))
            rows.append(
                {
                    "cohort": f"{cohort // 12}-{cohort % 12 + 1:02d}",
                    "month": f"{(cohort + offset) // 12}-{(cohort + offset) % 12 + 1:02d}",
                    "offset": offset,
                    "cohort_size": size,
                    "customers": bought,
                    "share": bought / size if size else None,
                    "amount": round(float(orders.amount[here].sum()), 2),
                    "complete": bool(cohort + offset < month[-1] or dates[-1].day == 31),
                }
            )
    return rows
