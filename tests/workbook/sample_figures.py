"""The population figures of the sample analysis, counted straight from its orders."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from tests.workbook.sample_facts import AS_OF, FIRST_DAY, Facts, W, day_of, iso, money, ratio, wilson

STATES = ("on_rhythm", "due", "slipping", "dormant", "lost")
QUADRANTS = ("b", "c", "d", "e", "dormant")


def bridge_of(facts: Facts, d0: int, d1: int, window: int) -> dict[str, Any]:
    last0, last1 = facts.last_by(d0), facts.last_by(d1)
    active0, active1, later = last0 > d0 - window, last1 > d1 - window, facts.first > d0
    lost = active0 & ~active1
    spend = facts.total(facts.amount, d0 - window, d0)
    s, e, n = int(active0.sum()), int(active1.sum()), int((later & active1).sum())
    low, high = wilson(int(lost.sum()), s)
    kept_low, kept_high = wilson(s - int(lost.sum()), s)
    value, before = facts.total(facts.amount, d0, d1), facts.total(facts.amount, 2 * d0 - d1, d0)
    gain, gain_before = facts.total(facts.profit, d0, d1), facts.total(facts.profit, 2 * d0 - d1, d0)
    old = before > 0
    return {
        "start": iso(d0 + 1),
        "end": iso(d1),
        "S": s,
        "E": e,
        "N": n,
        "reactivated": int((active1 & ~active0 & ~later).sum()),
        "lost": int(lost.sum()),
        "new_and_lost": int((later & (facts.first <= d1) & ~active1).sum()),
        "retention_rate": ratio(e - n, s),
        "strict_retention_rate": ratio(s - int(lost.sum()), s),
        "strict_retention_low": kept_low,
        "strict_retention_high": kept_high,
        "absolute_churn": ratio(int(lost.sum()), s),
        "absolute_churn_low": low,
        "absolute_churn_high": high,
        "relative_churn": ratio(spend[lost].sum(), spend[active0].sum()),
        "fully_observed": bool(d0 - window + 1 >= 0),
        "spend_start": money(spend[active0].sum()),
        "spend_lost": money(spend[lost].sum()),
        "value": money(value.sum()),
        "value_previous": money(before.sum()),
        "profit_value": money(gain.sum()),
        "profit_previous": money(gain_before.sum()),
        "revenue_retention": ratio(value[~later].sum(), before.sum()),
        "net_revenue_retention": ratio(value[old].sum(), before.sum()),
        "gross_revenue_retention": ratio(np.minimum(value, before)[old].sum(), before[old].sum()),
        "profit_retention": ratio(gain[~later].sum(), gain_before.sum()),
        "net_profit_retention": ratio(gain[old].sum(), gain_before.sum()),
        "gross_profit_retention": ratio(np.minimum(gain, gain_before)[gain_before > 0].sum(), gain_before.sum()),
        "alarm": None,
    }


def periods(facts: Facts, months: int, window: int) -> list[dict[str, Any]]:
    rows = []
    month = 11 + months if months == 1 else 13
    while day_of(2023, month + months) - 1 <= facts.as_of:
        row = bridge_of(facts, day_of(2023, month) - 1, day_of(2023, month + months) - 1, window)
        year, number = 2023 + (month - 1) // 12, (month - 1) % 12 + 1
        row["period"] = f"{year}-{number:02d}" if months == 1 else f"{year}-Q{(number + 2) // 3}"
        rows.append(row)
        month += months
    if len(rows) > 15:
        rows[15]["alarm"] = {
            "usual": 0.962, "usual_low": 0.951, "usual_high": 0.971, "seasonal": False, "direction": "worse"
        }  # fmt: skip
    return rows


def score_of(values: np.ndarray) -> np.ndarray:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    worse = (np.cumsum(counts) - counts)[place]
    return np.minimum(5, 1 + 5 * worse // len(values))


def abc_of(profit: np.ndarray) -> np.ndarray:
    order = np.argsort(-profit, kind="stable")
    positive = np.maximum(profit[order], 0)
    share = (np.cumsum(positive) - positive) / positive.sum()
    out = np.full(len(profit), "C")
    out[order] = np.where(profit[order] <= 0, "C", np.where(share < 0.8, "A", np.where(share < 0.9, "B", "C")))
    return out


def quadrant(facts: Facts, day: int, cuts: tuple[float, float] | None) -> tuple[np.ndarray, tuple[float, float]]:
    orders, spend = facts.orders(day - W, day), facts.total(facts.amount, day - W, day)
    buyer = orders > 0
    value = spend / np.maximum(orders, 1)
    frequent, valuable = cuts or (float(orders[buyer].mean()), float(value[buyer].mean()))
    names = np.array(["b", "c", "d", "e"])[(orders >= frequent) * 1 + (value >= valuable) * 2]
    return np.where(buyer, names, np.where(facts.first > day, "a", "dormant")), (frequent, valuable)


def classes(facts: Facts, profit: np.ndarray, amount: np.ndarray) -> dict[str, np.ndarray]:
    end = facts.as_of
    recency, orders = end - facts.last_by(end), facts.orders(end - W, end)
    total_orders = facts.orders(-1, end)
    typical = (2 * 31 + (facts.last_by(end) - facts.first)) / (2 + np.maximum(total_orders - 1, 0))
    late = recency / typical
    active = recency < W
    before, cuts = quadrant(facts, end - 365, None)
    high = (recency <= recency.mean(), orders >= orders.mean(), amount >= amount.mean())
    growing = np.where(total_orders >= 3, "maturity", "growth")
    return {
        "recency": recency,
        "orders_window": orders,
        "orders": total_orders,
        "typical_gap": typical,
        "lateness": late,
        "active": active,
        "abc": abc_of(profit),
        "r": score_of(-recency),
        "f": score_of(orders),
        "m": score_of(amount),
        "rfm_group": np.array(["".join("H" if h[i] else "L" for h in high) for i in range(facts.n)]),
        "quadrant": quadrant(facts, end, None)[0],
        "quadrant_before": before,
        "quadrant_now": quadrant(facts, end, cuts)[0],
        "rhythm": np.array(STATES)[np.searchsorted([1, 1.5, 2.5, 4], late)],
        "lifecycle": np.where(~active, "churned", np.where(late > 1.6, "decline", growing)),
        "lifecycle_b": np.where(total_orders == 1, "first", np.where((total_orders >= 4) & active, "loyal", "repeat")),
        "frequency_class": np.where(orders == 0, "none", np.array(["low", "mid", "high"])[np.minimum(orders // 2, 2)]),
        "amount_class": np.where(orders == 0, "none", np.array(["low", "mid", "high"])[score_of(amount) // 2]),
    }


def by_class(facts: Facts, kinds: dict[str, np.ndarray], profit: np.ndarray, amount: np.ndarray) -> dict[str, Any]:
    levels = ("high", "mid", "low", "none")
    names = {
        "abc": ("A", "B", "C"),
        "rfm_group": tuple(r + f + m for r in "HL" for f in "HL" for m in "HL"),
        "quadrant": QUADRANTS,
        "lifecycle": ("growth", "maturity", "decline", "churned"),
        "lifecycle_b": ("first", "repeat", "loyal"),
        "rhythm": STATES,
        "frequency_class": levels,
        "amount_class": levels,
    }
    out: dict[str, Any] = {"total": facts.n, "active": int(kinds["active"].sum())}
    for key, members in names.items():
        out[key] = {name: sums(kinds[key] == name, profit, amount) for name in members}
    return out


def sums(chosen: np.ndarray, profit: np.ndarray, amount: np.ndarray) -> dict[str, Any]:
    return {
        "customers": int(chosen.sum()), "amount": money(amount[chosen].sum()), "profit": money(profit[chosen].sum())
    }  # fmt: skip


def pareto_of(profit: np.ndarray) -> dict[str, Any]:
    positive = np.sort(profit[profit > 0])[::-1]
    share = np.cumsum(positive) / positive.sum()
    picks = np.unique(np.linspace(1, len(positive), 200).astype(int))
    return {
        "base": "profit",
        "customers_positive": len(positive),
        "customers_other": int((profit <= 0).sum()),
        "total": money(positive.sum()),
        "points": [[0.0, 0.0]] + [[float(i / len(positive)), float(share[i - 1])] for i in picks],
        "cuts": {name: float((np.searchsorted(share, cut) + 1) / len(share)) for name, cut in (("A", 0.8), ("B", 0.9))},
    }


def rfm_of(kinds: dict[str, np.ndarray], profit: np.ndarray, amount: np.ndarray) -> dict[str, Any]:
    grid = [
        {"r": r, "f": f, **sums((kinds["r"] == r) & (kinds["f"] == f), profit, amount)}
        for r in range(1, 6)
        for f in range(1, 6)
    ]
    means = {
        "r": float(kinds["recency"].mean()), "f": float(kinds["orders_window"].mean()), "m": money(amount.mean())
    }  # fmt: skip
    return {"means": means, "grid": grid}


def density_of(facts: Facts, amount: np.ndarray) -> dict[str, Any]:
    end = facts.as_of
    orders = facts.orders(end - W, end)
    buyer = orders > 0
    value = amount[buyer] / orders[buyer] / 100
    x_edges, y_edges = np.geomspace(1, orders.max() + 1, 17), np.geomspace(value.min(), value.max() * 1.001, 26)
    counts, _, _ = np.histogram2d(orders[buyer], value, [x_edges, y_edges])
    _, cuts = quadrant(facts, end, None)
    return {
        "frequency_cut": cuts[0],
        "value_cut": cuts[1] / 100,
        "x_edges": x_edges.tolist(),
        "y_edges": y_edges.tolist(),
        "cells": [{"x": int(x), "y": int(y), "customers": int(counts[x, y])} for x, y in np.argwhere(counts)],
        "points": None,
    }


def migration_of(kinds: dict[str, np.ndarray], profit: np.ndarray) -> dict[str, Any]:
    rows = []
    for source in ("a", *QUADRANTS):
        for target in QUADRANTS:
            both = (kinds["quadrant_before"] == source) & (kinds["quadrant_now"] == target)
            if both.any():
                rows.append(
                    {"from": source, "to": target, "customers": int(both.sum()), "profit": money(profit[both].sum())}
                )
    return {"from": (AS_OF - timedelta(365)).isoformat(), "to": AS_OF.isoformat(), "rows": rows}


def flow_of(kinds: dict[str, np.ndarray], profit: np.ndarray) -> list[dict[str, Any]]:
    pairs = sorted(set(zip(kinds["lifecycle"].tolist(), kinds["lifecycle_b"].tolist(), strict=True)))
    both = [(a, b, (kinds["lifecycle"] == a) & (kinds["lifecycle_b"] == b)) for a, b in pairs]
    return [{"a": a, "b": b, "customers": int(m.sum()), "profit": money(profit[m].sum())} for a, b, m in both]


def history_of(facts: Facts) -> list[dict[str, Any]]:
    rows = []
    for month in range(12, 36):
        end = day_of(2023, month) - 1
        known = facts.first <= end
        silent, orders = end - facts.last_by(end), facts.orders(-1, end)
        churned, decline = known & (silent >= W), known & (silent < W) & (silent > 120)
        fine = known & (silent <= 120)
        rows.append(
            {
                "month": (FIRST_DAY + timedelta(end)).isoformat()[:7],
                "growth": int((fine & (orders < 3)).sum()),
                "maturity": int((fine & (orders >= 3)).sum()),
                "decline": int(decline.sum()),
                "churned": int(churned.sum()),
            }
        )
    return rows


def cohorts_of(facts: Facts) -> list[dict[str, Any]]:
    starts = [day_of(2023, month) for month in range(11, 36)]
    born, bought = np.searchsorted(starts, facts.first, "right") - 1, np.searchsorted(starts, facts.day, "right") - 1
    rows = []
    for cohort in range(24):
        size = int((born == cohort).sum())
        for offset in range(24 - cohort):
            inside = (bought == cohort + offset) & (born[facts.customer] == cohort)
            count = len(np.unique(facts.customer[inside]))
            rows.append(
                {
                    "cohort": (FIRST_DAY + timedelta(starts[cohort])).isoformat()[:7],
                    "month": (FIRST_DAY + timedelta(starts[cohort + offset])).isoformat()[:7],
                    "offset": offset,
                    "cohort_size": size,
                    "customers": count,
                    "share": ratio(count, size),
                    "amount": money(facts.amount[inside].sum()),
                    "complete": cohort + offset < 23,
                }
            )
    return rows
