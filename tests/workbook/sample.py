"""A plausible, consistent analysis to write workbooks from, without the engine: keys as in the public outputs."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.engine.parameters import Parameters
from tests.report import sample_value as worth
from tests.workbook import sample_facts as sf
from tests.workbook.sample_facts import AS_OF, FIRST_DAY, Facts, W, day_of, iso, make_facts, money, ratio, wilson
from tests.workbook.sample_figures import (
    STATES,
    bridge_of,
    by_class,
    classes,
    cohorts_of,
    density_of,
    flow_of,
    history_of,
    migration_of,
    pareto_of,
    periods,
    rfm_of,
)


@dataclass(frozen=True)
class Analysis:
    """The shape of what ``analyze`` returns, as far as a report needs it."""

    summary: dict[str, Any]
    customers: pa.Table
    spells: pa.Table
    contacts: pa.Table
    rejects: pa.Table


def make_analysis(customers: int = 3000, seed: int = 7, title: str | None = "青禾茶铺的客户") -> Analysis:
    facts = make_facts(customers, seed)
    end = facts.as_of
    profit, amount = facts.total(facts.profit, end - W, end), facts.total(facts.amount, end - W, end)
    kinds = classes(facts, profit, amount)
    summary = {
        "version": "0.1.0",
        "title": title,
        "sources": ["orders.csv", "orders-2025.xlsx"],
        "as_of": AS_OF.isoformat(),
        "timezone": "Asia/Shanghai",
        "profit_basis": "cost",
        "parameters": Parameters().as_dict(),
        "input": _input(facts),
        "activity": {
            "policy": "window",
            "lead": "window",
            "observable": True,
            "observable_from": iso(W),
        },
        "customers": by_class(facts, kinds, profit, amount),
        "retention": {"month": periods(facts, 1, W), "quarter": periods(facts, 3, W)},
        "retention_rhythm": {"month": periods(facts, 1, 150), "quarter": periods(facts, 3, 150)},
        "bridge": {"window": bridge_of(facts, end - 365, end, W), "rhythm": bridge_of(facts, end - 365, end, 150)},
        "pareto": pareto_of(profit),
        "rfm": rfm_of(kinds, profit, amount),
        "quadrants": density_of(facts, amount),
        "migration": migration_of(kinds, profit),
        "lifecycle_flow": flow_of(kinds, profit),
        "lifecycle_history": history_of(facts),
        "rhythm": {
            "population_gap": 31.0,
            "ratio_q1": 0.513,
            "ratio_median": 0.884,
            "ratio_q3": 1.327,
            "gaps": int(len(facts.day) - customers),
            "states": None,
            "late_valuable": {"customers": 61, "profit": 20811.5},
        },
        "window_totals": {
            "customers": int((facts.orders(end - W, end) > 0).sum()),
            "amount": money(amount.sum()),
            "profit": money(profit.sum()),
            "orders": int(facts.orders(end - W, end).sum()),
        },
        "cohorts": cohorts_of(facts),
        "repurchase": {
            "second_purchase_rate": 0.412,
            "second_purchase_days": 90,
            "second_purchase_base": 2711,
            "repurchase_rate": 0.466,
            "repurchase_base": 1883,
        },
        "tenure_margin": _tenure(facts),
        "referral": {
            "new_customers": 1496,
            "referred": 212,
            "share": 212 / 1496,
            "referred_value": 412.5,
            "other_value": 301.25,
            "referred_second_purchase_rate": 0.48,
            "other_second_purchase_rate": 0.401,
        },
        "products": _products(facts),
        "channels": _sources(facts, facts.channel, sf.CHANNELS),
        "campaigns": _sources(facts, facts.campaign, sf.CAMPAIGNS),
        "contacts": {"total": 61, "profit": 20811.5, "rule": "value_at_risk", "value_at_risk": 3120.75},
        **_forecast(facts, kinds, profit),
        "quality": {
            "unattributed_share": 0.009,
            "no_profit_share": 0.002,
            "duplicate_rows": 84,
            "duplicates_dropped": False,
            "rejected_reasons": [
                {"reason": "date not understood", "rows": 21},
                {"reason": "amount missing", "rows": 7},
            ],
            "warnings": [{"code": "split_orders", "message": "3 order ids name two customers each."}],
        },
    }
    summary["rhythm"]["states"] = summary["customers"]["rhythm"]
    table = _customers(facts, kinds, profit, amount)
    return Analysis(summary, table, _spells(), _contacts(table, facts), _rejects())


def _forecast(facts: Facts, kinds: dict[str, np.ndarray], profit: np.ndarray) -> dict[str, Any]:
    """``clv`` and ``value`` from the rough formula of the report's fixture."""
    order = np.lexsort((facts.day, facts.customer))
    shop = worth.Shop(facts.n, facts.customer[order], facts.day[order], facts.profit[order] / 100, FIRST_DAY)
    names = lambda who, place: f"客户{who}" if place % 4 else None  # noqa: E731
    return {
        "clv": worth.clv_of(shop, facts.as_of, published=True),
        "value": worth.value_of(shop, facts.as_of, kinds["abc"], kinds["rhythm"], profit / 100, names),
    }


def _input(facts: Facts) -> dict[str, Any]:
    orders = len(facts.day)
    return {
        "rows": orders + 28 + 84 + 3,
        "used_rows": orders,
        "rejected_rows": 28,
        "dropped_rows": 84,
        "skipped_rows": 3,
        "orders": orders,
        "purchases": orders,
        "returns": 0,
        "customers": facts.n,
        "unattributed_orders": 31,
        "unattributed_amount": 2811.4,
        "duplicate_rows": 84,
        "unpaid_orders": 12,
        "cancelled_orders": 40,
        "currency": "CNY",
        "profit_fallback_orders": 9,
        "split_orders": 3,
        "no_profit_share": 0.002,
        "first_day": FIRST_DAY.isoformat(),
        "last_day": AS_OF.isoformat(),
    }


def _tenure(facts: Facts) -> dict[str, Any]:
    new = facts.day - facts.first[facts.customer] <= 365
    discount = np.where(new, 0.04, 0.07)
    out = {}
    for name, chosen in (("new", new), ("old", ~new)):
        count, gain = int(chosen.sum()), money(facts.profit[chosen].sum())
        given = money((facts.amount * discount)[chosen].sum())
        spent = money(facts.amount[chosen].sum())
        out[name] = {
            "orders": count, "amount": spent, "profit": gain, "profit_per_order": ratio(gain, count),
            "discount": given, "discount_rate": ratio(given, spent + given),
        }  # fmt: skip
    return out


def _second(count: int, base: int) -> dict[str, Any]:
    low, high = wilson(count, base)
    return {
        "second_purchase_rate": ratio(count, base),
        "second_purchase_low": low,
        "second_purchase_high": high,
        "second_purchase_base": base,
        "retention_1y": ratio(count // 2, base),
        "retention_1y_base": base,
    }


def _monthly(facts: Facts, chosen: np.ndarray) -> list[float]:
    starts = [day_of(2023, month) for month in range(23, 36)]
    return [
        money(facts.amount[chosen & (facts.day >= a) & (facts.day < b)].sum()) for a, b in itertools.pairwise(starts)
    ]


def _products(facts: Facts) -> dict[str, Any]:
    rows = []
    for code, name in enumerate(sf.PRODUCTS):
        chosen = (facts.product == code) & (facts.day > facts.as_of - W)
        buyers = len(np.unique(facts.customer[chosen]))
        rows.append(
            {
                "product": name,
                "category": sf.CATEGORIES[code],
                "customers": buyers,
                "orders": int(chosen.sum()),
                "quantity": float(chosen.sum() * 1.5),
                "amount": money(facts.amount[chosen].sum()),
                "profit": money(facts.profit[chosen].sum()),
                "abc": "ABC"[min(code // 3, 2)],
                "first_buyers": buyers // 3,
                **_second(buyers // 8, buyers // 3),
                "repurchase_rate": 0.22,
                "replenish_days": None if code == 3 else 30 + 6 * code,
                "profit_per_first_buyer": 30.5 + code,
                "monthly": _monthly(facts, chosen),
            }
        )
    rows.sort(key=lambda row: -row["profit"])
    return {"total": len(rows), "rows": rows}


def _sources(facts: Facts, codes: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    rows, inside = [], facts.day > facts.as_of - W
    spent = facts.amount[inside].sum()
    for code, name in enumerate(names):
        chosen = (codes == code) & inside
        first = int((chosen & (facts.day == facts.first[facts.customer])).sum())
        rows.append(
            {
                "name": name,
                "orders": int(chosen.sum()),
                "customers": len(np.unique(facts.customer[chosen])),
                "amount": money(facts.amount[chosen].sum()),
                "profit": money(facts.profit[chosen].sum()),
                "first_buyers": first,
                **_second(first // 3, first),
                "share": ratio(facts.amount[chosen].sum(), spent),
                "monthly": _monthly(facts, chosen),
            }
        )
    return {"rows": rows}


def _customers(facts: Facts, kinds: dict[str, np.ndarray], profit: np.ndarray, amount: np.ndarray) -> pa.Table:
    end, base = facts.as_of, (FIRST_DAY - date(1970, 1, 1)).days
    last = facts.last_by(end)
    days = lambda values: pa.array((values + base).astype(np.int32)).cast(pa.date32())  # noqa: E731
    spent = facts.total(facts.amount, -1, end)
    columns: dict[str, Any] = {
        "customer_id": pa.array([f"K{i:06d}" for i in range(facts.n)]),
        "first_purchase": days(facts.first),
        "last_purchase": days(last),
        "recency_days": kinds["recency"].astype(np.int32),
        "tenure_days": (end - facts.first).astype(np.int32),
        "orders": kinds["orders"].astype(np.int32),
        "purchase_days": kinds["orders"].astype(np.int32),
        "amount_total": np.round(spent / 100, 2),
        "profit_total": np.round(facts.total(facts.profit, -1, end) / 100, 2),
        "orders_window": kinds["orders_window"].astype(np.int32),
        "amount_window": np.round(amount / 100, 2),
        "profit_window": np.round(profit / 100, 2),
        "mean_order_value": pa.array(np.round(spent / kinds["orders"] / 100, 2), mask=kinds["orders_window"] == 0),
        "active": kinds["active"],
        "abc": kinds["abc"],
        "frequency_class": kinds["frequency_class"],
        "amount_class": kinds["amount_class"],
        "r_score": kinds["r"].astype(np.int8),
        "f_score": kinds["f"].astype(np.int8),
        "m_score": kinds["m"].astype(np.int8),
        "rfm_group": kinds["rfm_group"],
        "quadrant": kinds["quadrant"],
        "lifecycle": kinds["lifecycle"],
        "lifecycle_b": kinds["lifecycle_b"],
        "typical_gap": kinds["typical_gap"],
        "lateness": kinds["lateness"],
        "lateness_percentile": np.minimum(0.999, kinds["lateness"] / 5),
        "rhythm": kinds["rhythm"],
        "next_purchase_from": days(last + np.round(kinds["typical_gap"] * 0.513).astype(int)),
        "next_purchase_to": days(last + np.round(kinds["typical_gap"] * 1.327).astype(int)),
    }
    return pa.table(columns)


def _contacts(customers: pa.Table, facts: Facts) -> pa.Table:
    late = [row for row in customers.to_pylist() if row["abc"] == "A" and row["rhythm"] in STATES[2:]]
    late.sort(key=lambda row: -row["profit_window"])
    names = ("沈曼青", '=HYPERLINK("http://evil","点我")', "罗建国", None, "+8613800000000", "苏州半园书店")
    keep = ("customer_id", "abc", "rhythm", "typical_gap", "recency_days", "lateness", "lateness_percentile",
            "last_purchase", "next_purchase_to", "profit_window", "amount_window", "orders_window")  # fmt: skip
    rows = [{key: row[key] for key in keep} | {"name": names[i % 6]} for i, row in enumerate(late[:200])]
    for row in rows:
        mine = facts.customer == int(row["customer_id"][1:])
        recent = mine & (facts.day > facts.as_of - 365)
        row["purchases_recent"] = (facts.as_of - facts.day[recent]).tolist()
        row["amounts_recent"] = [money(value) for value in facts.amount[recent]]
        row |= {"p_alive": 0.62, "clv_12m": 480.25, "value_at_risk": 96.5}
    return pa.Table.from_pylist(rows)


def _spells() -> pa.Table:
    return pa.table({"customer_id": ["K000001"], "kind": ["active"], "days": pa.array([12], pa.int32())})


def _rejects() -> pa.Table:
    return pa.table(
        {
            "file": ["orders.csv", "orders.csv"],
            "line": pa.array([17, 40], pa.int64()),
            "column": ["下单时间", "金额"],
            "value": ["昨天", "=1+1"],
            "reason": ["date not understood", "amount missing"],
        }
    )


def empty_analysis() -> Analysis:
    """One customer, one order: hardly anything can be said."""
    full = make_analysis(40, 3, title=None)
    summary = dict(full.summary)
    zero = {"customers": 0, "amount": 0.0, "profit": 0.0}
    classes = {k: {n: dict(zero) for n in v} for k, v in summary["customers"].items() if isinstance(v, dict)}
    summary["customers"] = {"total": 1, "active": 1, **classes}
    summary["retention"] = summary["retention_rhythm"] = {"month": [], "quarter": []}
    summary["bridge"] = {"window": None, "rhythm": None}
    summary["activity"] = {"policy": "window", "lead": "rhythm", "observable": False, "observable_from": "2026-10-31"}
    summary["pareto"] = {"base": "profit", "customers_positive": 0, "customers_other": 1, "total": 0.0,
                         "points": [[0.0, 0.0], [1.0, 1.0]], "cuts": {"A": None, "B": None}}  # fmt: skip
    summary["rfm"] = {"means": {"r": 0.0, "f": 1.0, "m": 0.0}, "grid": []}
    summary["quadrants"] = {"frequency_cut": None, "value_cut": None, "x_edges": [], "y_edges": [],
                            "cells": [], "points": []}  # fmt: skip
    summary["migration"] = {"from": "2024-10-31", "to": "2025-10-31", "rows": []}
    summary["lifecycle_flow"], summary["lifecycle_history"] = [], None
    summary["rhythm"] = {"population_gap": None, "ratio_q1": None, "ratio_median": None, "ratio_q3": None, "gaps": 0,
                         "states": classes["rhythm"], "late_valuable": dict(customers=0, profit=0.0)}  # fmt: skip
    summary["cohorts"], summary["tenure_margin"], summary["referral"] = [], None, None
    summary["products"] = summary["channels"] = summary["campaigns"] = None
    summary["contacts"] = {"total": 0, "profit": 0.0, "rule": "late_valuable"}
    summary["clv"], summary["value"] = worth.no_clv("history_too_short"), None
    summary["input"] = dict(summary["input"], currency=None)
    return Analysis(
        summary, full.customers.slice(0, 1), full.spells, full.contacts.slice(0, 0), full.rejects.slice(0, 0)
    )
