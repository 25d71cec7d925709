"""FIXTURES, not results: plausible and internally consistent analyses to make reports from.

`good` a tea shop over three years · `young` seven months, so window churn cannot be seen yet · `tiny` fourteen
customers · `bare` one customer with one order. Forecasts are published for `good`; for `young` they lose against the
naive forecast, `tiny` is too short a history, `bare` was made without models. Everything comes from a small simulation,
so counts add up and bridges reconcile; names, products and data quality are invented. The engine is tested elsewhere,
against oracles.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.engine.parameters import Parameters
from tests.report import sample_classes as classes
from tests.report import sample_offers as offers
from tests.report import sample_value as value
from tests.report.sample_periods import WINDOW, bridge, periods
from tests.report.sample_shop import Orders, simulate

Row = dict[str, Any]


@dataclass(frozen=True)
class SampleAnalysis:
    """What `regulars.analyze` returns, as far as a report looks."""

    summary: Row
    contacts: pa.Table


@cache
def good(customers: int = 2400) -> SampleAnalysis:
    return analysis_of(simulate(customers, 1096, 7), rich=True, title="青禾茶铺的客户", forecast="published")


@cache
def young() -> SampleAnalysis:
    return analysis_of(simulate(900, 215, 11), rich=True, title=None, forecast="abstain")


@cache
def tiny() -> SampleAnalysis:
    return analysis_of(simulate(14, 500, 5), rich=False, title=None, forecast="history_too_short")


@cache
def bare() -> SampleAnalysis:
    first = date(2026, 10, 31)
    one = (np.zeros(1, int), np.zeros(1, int), np.array([128.0]), np.array([128.0]))
    return analysis_of(Orders(1, 0, first, *one), rich=False, title=None)


def analysis_of(orders: Orders, *, rich: bool, title: str | None, forecast: str = "") -> SampleAnalysis:
    """``forecast`` is "published", the reason why there is none, or "" for an analysis without models."""
    observable = orders.last >= 2 * WINDOW - 1
    judged = classes.Judged(orders, "window")
    first, as_of = orders.first_day.isoformat(), orders.date_of(orders.last)
    shop = value.Shop(orders.n, orders.customer, orders.day, orders.profit, orders.first_day)
    published = forecast == "published"
    contacts, table = offers.contacts(judged, value.Foretold(shop, orders.last) if published else None)
    summary: Row = {
        "version": "0.1.0",
        "title": title,
        "sources": ["orders.xlsx"],
        "as_of": as_of.isoformat(),
        "timezone": "Asia/Shanghai",
        "profit_basis": "cost" if rich else "revenue",
        "parameters": Parameters().as_dict(),
        "input": _input(orders, rich),
        "customers": _customers(judged),
        "activity": {
            "policy": "window",
            "lead": "window" if observable else "rhythm",
            "observable": observable,
            "observable_from": (orders.first_day + timedelta(WINDOW)).isoformat(),
        },
        "retention": {"month": periods(orders, 1, "window"), "quarter": periods(orders, 3, "window")},
        "retention_rhythm": {"month": periods(orders, 1, "rhythm"), "quarter": periods(orders, 3, "rhythm")},
        "bridge": {policy: _year(orders, policy) for policy in ("window", "rhythm")},
        "pareto": classes.pareto(judged),
        "rfm": _rfm(judged),
        "quadrants": _quadrants(orders),
        "migration": _migration(orders, judged),
        "lifecycle_flow": _flow(judged),
        "lifecycle_history": _history(orders) if rich else None,
        "rhythm": _rhythm(judged),
        "cohorts": classes.cohorts(orders),
        "repurchase": _repurchase(judged),
        "window_totals": {
            "customers": int((judged.f > 0).sum()),
            "amount": round(float(judged.m.sum()), 2),
            "profit": round(float(judged.p.sum()), 2),
            "orders": int(judged.f.sum()),
        },
        "tenure_margin": offers.tenure_margin(judged),
        "referral": offers.referral(judged) if rich else None,
        "products": offers.products(judged) if rich else None,
        "channels": offers.channels(judged) if rich else None,
        "campaigns": offers.campaigns(judged) if rich else None,
        "contacts": contacts,
        "clv": _clv(shop, orders.last, forecast),
        "value": value.value_of(shop, orders.last, judged.abc, judged.state, judged.p, _name) if published else None,
        "quality": _quality(rich),
    }
    assert summary["input"]["first_day"] == first
    return SampleAnalysis(summary, table)


def _clv(shop: value.Shop, at: int, forecast: str) -> Row | None:
    if not forecast:
        return None
    if forecast in ("published", "abstain"):
        published = forecast == "published"
        return value.clv_of(shop, at, published=published, reason=None if published else forecast)
    return value.no_clv(forecast)


def _name(who: int, place: int) -> str | None:
    return offers.name_of(who, place) if place % 11 else None


def _input(orders: Orders, rich: bool) -> Row:
    n = len(orders.day)
    rejected, dropped, skipped = (268, 844, 3) if rich else (0, 0, 1)
    return {
        "rows": n + rejected + dropped + skipped,
        "used_rows": n,
        "rejected_rows": rejected,
        "dropped_rows": dropped,
        "skipped_rows": skipped,
        "orders": n,
        "purchases": n - (206 if rich else 0),
        "returns": 206 if rich else 0,
        "customers": orders.n,
        "unattributed_orders": round(n * 0.009) if rich else 0,
        "unattributed_amount": round(float(orders.amount.sum()) * 0.008, 2) if rich else 0.0,
        "duplicate_rows": 844 if rich else 0,
        "unpaid_orders": 61 if rich else 0,
        "cancelled_orders": 173 if rich else 0,
        "currency": "CNY",
        "profit_fallback_orders": round(n * 0.002) if rich else 0,
        "split_orders": 0,
        "no_profit_share": 0.002 if rich else 1.0,
        "first_day": orders.first_day.isoformat(),
        "last_day": orders.date_of(orders.last).isoformat(),
    }


def _customers(judged: classes.Judged) -> Row:
    quadrant, *_ = classes.quadrants(judged.orders, judged.orders.last)
    r = judged.recency <= judged.recency.mean()
    f, m = judged.f >= judged.f.mean(), judged.m >= judged.m.mean()
    group = np.array(["".join("H" if high else "L" for high in row) for row in zip(r, f, m, strict=True)])
    names = [a + b + c for a in "HL" for b in "HL" for c in "HL"]
    third = np.where(judged.f == 0, "none", "mid")
    return {
        "total": judged.orders.n,
        "active": int(judged.active.sum()),
        "abc": judged.tally(judged.abc, ("A", "B", "C")),
        "rfm_group": judged.tally(group, tuple(names)),
        "quadrant": judged.tally(quadrant, ("b", "c", "d", "e", "dormant")),
        "lifecycle": judged.tally(judged.stage, classes.STAGES),
        "lifecycle_b": judged.tally(judged.view_b, classes.VIEW_B),
        "rhythm": judged.tally(judged.state if judged.gaps.g0 is not None else third, classes.STATES),
        "frequency_class": judged.tally(third, ("high", "mid", "low", "none")),
        "amount_class": judged.tally(third, ("high", "mid", "low", "none")),
    }


def _year(orders: Orders, policy: str) -> Row | None:
    start = orders.last - 365
    if start < 0:
        return None
    days = {"start": orders.date_of(start + 1).isoformat(), "end": orders.date_of(orders.last).isoformat()}
    return days | bridge(orders, start, orders.last, policy)


def _rfm(judged: classes.Judged) -> Row:
    r = classes.score(-judged.recency, judged.known)
    f, _ = classes.score(judged.f, judged.known), None
    grid = []
    for i in range(1, 6):
        for j in range(1, 6):
            grid.append({"r": i, "f": j, **judged.held(judged.known & (r == i) & (f == j))})
    means = {"r": float(judged.recency.mean()), "f": float(judged.f.mean()), "m": float(judged.m.mean())}
    return {"means": means, "grid": grid}


def _quadrants(orders: Orders) -> Row | None:
    label, f, mean, cuts = classes.quadrants(orders, orders.last)
    bought = f > 0
    if not bought.any():
        return None
    xs = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 17, 20, 24, 30, max(41, int(f.max()) + 1)]
    low, high = float(mean[bought].min()) * 0.98, float(mean[bought].max()) * 1.02
    ys = np.exp(np.linspace(np.log(low), np.log(high), 26))
    counts, _, _ = np.histogram2d(f[bought], mean[bought], bins=[np.array(xs, float), ys])
    cells = [{"x": i, "y": j, "customers": int(counts[i, j])} for i in range(16) for j in range(25) if counts[i, j]]
    few = int(bought.sum()) <= 2000
    points = [[int(f[k]), round(float(mean[k]), 2), str(label[k])] for k in np.where(bought)[0]] if few else None
    return {
        "frequency_cut": cuts[0],
        "value_cut": cuts[1],
        "x_edges": [float(x) for x in xs],
        "y_edges": [round(float(y), 4) for y in ys],
        "cells": cells,
        "points": points,
    }


def _migration(orders: Orders, judged: classes.Judged) -> Row:
    start = orders.last - 365
    made: Row = {"from": orders.date_of(start).isoformat(), "to": orders.date_of(orders.last).isoformat(), "rows": []}
    if start < 0:
        return made
    then, *_, cuts = classes.quadrants(orders, start)
    if np.isnan(cuts[0]):
        return made
    now, *_ = classes.quadrants(orders, orders.last, cuts)
    for a in ("a", "b", "c", "d", "e", "dormant"):
        for b in ("b", "c", "d", "e", "dormant"):
            held = judged.held((then == a) & (now == b))
            if held["customers"]:
                made["rows"].append({"from": a, "to": b, "customers": held["customers"], "profit": held["profit"]})
    return made


def _flow(judged: classes.Judged) -> list[Row]:
    rows = []
    for a in classes.STAGES:
        for b in classes.VIEW_B:
            held = judged.held(judged.known & (judged.stage == a) & (judged.view_b == b))
            rows.append({"a": a, "b": b, "customers": held["customers"], "profit": held["profit"]})
    return rows


def _history(orders: Orders) -> list[Row]:
    rows = []
    for back in range(24, -1, -1):
        month = orders.date_of(orders.last).year * 12 + orders.date_of(orders.last).month - back
        end = date(month // 12, month % 12 + 1, 1) - timedelta(1)
        day = orders.index_of(end)
        if not 0 <= day <= orders.last:
            continue
        judged = classes.Judged(orders.until(day), "window")
        counts = {stage: int((judged.known & (judged.stage == stage)).sum()) for stage in classes.STAGES}
        rows.append({"month": f"{end.year}-{end.month:02d}", **counts})
    return rows[-24:]


def _rhythm(judged: classes.Judged) -> Row:
    ratios = judged.gaps.ratios
    q = [float(np.quantile(ratios, x)) for x in (0.25, 0.5, 0.75)] if len(ratios) else [None, None, None]
    return {
        "population_gap": judged.gaps.g0,
        "ratio_q1": q[0],
        "ratio_median": q[1],
        "ratio_q3": q[2],
        "gaps": len(ratios),
        "late_valuable": _late_valuable(judged),
    }


def _late_valuable(judged: classes.Judged) -> Row:
    late = np.isin(judged.state, ("slipping", "dormant", "lost")) & (judged.abc == "A") & judged.known
    held = judged.held(late if judged.gaps.g0 is not None else late & False)
    return {"customers": held["customers"], "profit": held["profit"]}


def _repurchase(judged: classes.Judged) -> Row:
    second = offers._second(judged, judged.known, 2)
    keys = np.unique(judged.gaps.customer[judged.gaps.day > judged.orders.last - WINDOW], return_counts=True)[1]
    return {
        "second_purchase_rate": second["second_purchase_rate"],
        "second_purchase_days": 90,
        "second_purchase_base": second["second_purchase_base"],
        "repurchase_rate": float((keys > 1).mean()) if len(keys) else None,
        "repurchase_base": len(keys),
    }


def _quality(rich: bool) -> Row:
    reasons = [{"reason": "date_unreadable", "rows": 214}, {"reason": "amount_missing", "rows": 54}]
    warning = {"code": "profit_fallback", "message": "221 orders have no cost; their revenue stands in for profit."}
    return {
        "unattributed_share": 0.009 if rich else 0.0,
        "no_profit_share": 0.002 if rich else 1.0,
        "duplicate_rows": 844 if rich else 0,
        "duplicates_dropped": bool(rich),
        "rejected_reasons": reasons if rich else [],
        "warnings": [warning] if rich else [],
    }
