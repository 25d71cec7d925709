"""A finished run as summary.json: every population figure under its fixed name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from regulars.engine import figures
from regulars.engine import kernels as k
from regulars.engine.calendar import day_of
from regulars.engine.origins import OriginTally, origin_rows
from regulars.engine.products import product_rows
from regulars.engine.retention import months, movement_row, quarters, ratio, retention_rows
from regulars.engine.rhythm_activity import RhythmMovements
from regulars.runners.forecast_figures import clv_figures, value_figures
from regulars.runners.population import Population
from regulars.runners.source import Names
from regulars.version import VERSION

Row = dict[str, Any]


@dataclass(frozen=True)
class InputFacts:
    """What reading the files and loading the lake left to say; counters as the ingest names them."""

    counters: Mapping[str, int]
    currency: str | None = None
    profit_basis: str = "revenue"
    profit_fallback_orders: int = 0
    no_profit_share: float | None = None
    sources: Sequence[str] = ()
    title: str | None = None
    rejected_reasons: Sequence[Row] = field(default_factory=tuple)
    warnings: Sequence[Row] = field(default_factory=tuple)
    has_discount: bool = False


def make_summary(run: Population, names: Names, about: InputFacts) -> Row:
    """The dictionary that summary.json holds; floats, ISO days, None for absent."""
    p, plan, minor = run.parameters, run.plan, run.minor
    sums = run.sums.sums
    everybody = figures.sums_row(sums["all"][0], minor)
    return {
        "version": VERSION,
        "title": about.title,
        "sources": list(about.sources),
        "as_of": day_of(plan.as_of).isoformat(),
        "timezone": p.timezone,
        "profit_basis": about.profit_basis,
        "parameters": p.as_dict(),
        "input": _input(run, about),
        "customers": {
            "total": everybody["customers"],
            "active": run.sums.active,
            **figures.class_sums(sums, minor),
        },
        "activity": _activity(run),
        **_retention(run),
        "cohorts": figures.cohort_rows(run.fold, plan.calendar, minor),
        "repurchase": figures.repurchase(run.fold, p),
        "migration": figures.migration(sums["migration"], plan, minor),
        "rhythm": figures.rhythm(run.limits, sums["late_valuable"][0], minor),
        "pareto": figures.pareto(run.rank.base, everybody["customers"], p, minor),
        "rfm": figures.rfm(run.limits, sums["rfm_grid"], p.rfm_scores, minor),
        "quadrants": figures.quadrant_map(run.limits, sums["quadrant_map"], run.quadrant_points, minor),
        "lifecycle_flow": figures.lifecycle_flow(sums["lifecycle_flow"], minor),
        "lifecycle_history": None,
        "window_totals": {
            **everybody,
            "customers": int(sums["window"][0][0]),
            "orders": int((run.rank.buyer_orders.values * run.rank.buyer_orders.counts).sum()),
        },
        "tenure_margin": figures.tenure_margin(run.fold.tenure, minor, with_discount=about.has_discount),
        "referral": None,
        "products": _products(run, names),
        "channels": _origins(run, run.channels, names.channels),
        "campaigns": _origins(run, run.campaigns, names.campaigns),
        "contacts": {
            "total": int(sums["late"][0][0]),
            "profit": int(sums["late"][0][2]) / minor,
            **_contact_rule(run),
        },
        "quality": _quality(run, about),
        "clv": clv_figures(run, about.profit_basis),
        "value": value_figures(run),
    }


def _contact_rule(run: Population) -> Row:
    if run.forecast is None or not run.forecast.published:
        return {"rule": "late_by_profit"}
    return {"rule": "value_at_risk", "value_at_risk": float(sum(c.stake for c in run.contacts.rows))}


def _input(run: Population, about: InputFacts) -> Row:
    counts, alone = run.fold.counts, run.unattributed
    counted = (alone.status == 0) | (alone.status == 3)
    orders = int(counts[k.ORDERS]) + int((alone.status != 3).sum())
    real = alone.status == 0
    return {
        **about.counters,
        "orders": orders,
        "purchases": int(counts[k.PURCHASES]) + int((alone.amount[real] > 0).sum()),
        "returns": int(counts[k.RETURNS]) + int((alone.amount[real] < 0).sum()),
        "customers": int(counts[k.CUSTOMERS]),
        "unattributed_orders": int((alone.status != 3).sum()),
        "unattributed_amount": int(alone.amount[counted].sum()) / run.minor,
        "unpaid_orders": int(counts[k.UNPAID]) + int((alone.status == 2).sum()),
        "cancelled_orders": int(counts[k.CANCELLED]) + int((alone.status == 1).sum()),
        "currency": about.currency,
        "profit_fallback_orders": about.profit_fallback_orders,
        "no_profit_share": about.no_profit_share,
        "first_day": day_of(run.plan.calendar.first_day).isoformat(),
        "last_day": day_of(run.last_day).isoformat(),
    }


def _activity(run: Population) -> Row:
    p, plan = run.parameters, run.plan
    window = p.policy.kind == "window" and plan.observable
    return {
        "policy": p.policy.kind,
        "lead": "window" if window else "rhythm",
        "observable": plan.observable,
        "observable_from": day_of(plan.calendar.first_day + p.activity_days).isoformat(),
    }


def _retention(run: Population) -> Row:
    """Rows of the policy in force; those of rhythm beside them where the window cannot be observed."""
    policy = run.parameters.policy.kind
    window = RhythmMovements(run.fold.movement_month, run.fold.movement_quarter, run.fold.movement_year)
    by_rhythm = run.rhythm_movements
    in_force = by_rhythm if policy == "rhythm" and by_rhythm is not None else window
    return {
        "retention": _periods(run, in_force),
        "retention_rhythm": None if by_rhythm is None else _periods(run, by_rhythm),
        "bridge": {
            "window": _year(run, window),
            "rhythm": None if by_rhythm is None else _year(run, by_rhythm),
        },
    }


def _periods(run: Population, moved: RhythmMovements) -> Row:
    calendar, p = run.plan.calendar, run.parameters
    by_month = months(moved.month, run.fold.money_month, run.fold.orders_month, calendar)
    by_quarter = quarters(moved.quarter, run.fold.money_quarter, run.fold.orders_month, calendar)
    return {
        "month": retention_rows(by_month, calendar.first_day, p, run.minor),
        "quarter": retention_rows(by_quarter, calendar.first_day, p, run.minor),
    }


def _year(run: Population, moved: RhythmMovements) -> Row:
    plan = run.plan
    return movement_row(moved.year[0], plan.back_day, plan.as_of, plan.calendar.first_day, run.parameters, run.minor)


def _products(run: Population, names: Names) -> Row | None:
    if run.products is None:
        return None
    labels = list(names.product_labels) or list(names.products)
    found = product_rows(run.products, list(names.products), labels, list(names.categories), run.parameters, run.minor)
    return found if found["rows"] else None


def _origins(run: Population, tally: OriginTally | None, names: Sequence[str]) -> Row | None:
    rows = origin_rows(tally, list(names), run.parameters, run.minor) if tally is not None else []
    return {"rows": rows} if rows else None  # a name that only comes later must not show


def _quality(run: Population, about: InputFacts) -> Row:
    orders = int(run.fold.counts[k.ORDERS]) + int(np.count_nonzero(run.unattributed.status != 3))
    counters = about.counters
    return {
        "unattributed_share": ratio(int(np.count_nonzero(run.unattributed.status != 3)), orders),
        "no_profit_share": about.no_profit_share,
        "duplicate_rows": counters.get("duplicate_rows", 0),
        "duplicates_dropped": counters.get("dropped_rows", 0),
        "rejected_reasons": list(about.rejected_reasons),
        "warnings": list(about.warnings),
    }
