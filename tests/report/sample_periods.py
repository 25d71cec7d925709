"""FIXTURE: bridges and retention rows of the sample summaries, under both activity policies."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from typing import Any

import numpy as np

from tests.report.sample_shop import Array, Gaps, Orders

WINDOW = 365
Z = 1.959964
Row = dict[str, Any]


def wilson(hits: int, n: int) -> tuple[float | None, float | None]:
    if n == 0:
        return None, None
    p = hits / n
    middle = (p + Z * Z / 2 / n) / (1 + Z * Z / n)
    half = Z * sqrt(p * (1 - p) / n + Z * Z / 4 / n / n) / (1 + Z * Z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def active(orders: Orders, day: int, policy: str) -> Array:
    latest = orders.latest(day)
    if policy == "window":
        return latest > day - WINDOW
    typical = Gaps.of(orders.until(day)).typical
    with np.errstate(invalid="ignore"):
        return (latest >= 0) & ~((day - latest) > 3 * typical)


def bridge(orders: Orders, start: int, end: int, policy: str) -> Row:
    """The movement from day ``start`` to day ``end`` with its rates, as a row of summary.json."""
    first = orders.first()
    at_start, at_end = active(orders, start, policy), active(orders, end, policy)
    new, lost = (first > start) & at_end, at_start & ~at_end
    back = at_end & ~at_start & (first <= start)
    s, e, n, left = (int(mask.sum()) for mask in (at_start, at_end, new, lost))
    spend = orders.total(orders.amount, start - WINDOW, start)
    spend_start, spend_lost = float(spend[at_start].sum()), float(spend[lost].sum())
    low, high = wilson(left, s)
    strict_low, strict_high = wilson(s - left, s)
    return {
        "S": s,
        "E": e,
        "N": n,
        "reactivated": int(back.sum()),
        "lost": left,
        "new_and_lost": int(((first > start) & (first <= end) & ~at_end).sum()),
        "retention_rate": (e - n) / s if s else None,
        "strict_retention_rate": (s - left) / s if s else None,
        "strict_retention_low": strict_low,
        "strict_retention_high": strict_high,
        "absolute_churn": left / s if s else None,
        "absolute_churn_low": low,
        "absolute_churn_high": high,
        "relative_churn": (spend_lost / spend_start if spend_start else None) if left else 0.0 if s else None,
        "fully_observed": start - WINDOW + 1 >= 0,
        "spend_start": round(spend_start, 2),
        "spend_lost": round(spend_lost, 2),
    }


def _money(orders: Orders, start: int, end: int, values: Array, previous_start: int) -> tuple[float, ...]:
    now, before = orders.total(values, start, end), orders.total(values, previous_start, start)
    bought_before = orders.counted(previous_start, start) > 0
    new = orders.first() > start
    kept = np.minimum(now, before)[before > 0].sum()
    return float(now.sum()), float(before.sum()), float(now[new].sum()), float(now[bought_before].sum()), float(kept)


def period_row(orders: Orders, name: str, previous: int, start: int, end: int, policy: str) -> Row:
    """One calendar period: days ``start`` and ``end`` are the last days of the period before and of this one."""
    row = {"period": name, "start": orders.date_of(start + 1).isoformat(), "end": orders.date_of(end).isoformat()}
    row |= bridge(orders, start, end, policy)
    row["alarm"] = None
    for word, values in (("revenue", orders.amount), ("profit", orders.profit)):
        now, before, new, of_previous, kept = _money(orders, start, end, values, previous)
        row[f"{word}_retention"] = (now - new) / before if before > 0 else None
        row[f"net_{word}_retention"] = of_previous / before if before > 0 else None
        row[f"gross_{word}_retention"] = kept / before if before > 0 else None
        value = "value" if word == "revenue" else "profit_value"
        previous_key = "value_previous" if word == "revenue" else "profit_previous"
        row[value], row[previous_key] = round(now, 2), round(before, 2)
    return row


def _starts(orders: Orders, months: int) -> list[date]:
    at = orders.first_day.replace(day=1)
    if months == 3:
        at = at.replace(month=(at.month - 1) // 3 * 3 + 1)
    starts = [at]
    while starts[-1] <= orders.date_of(orders.last) + timedelta(1):
        month = starts[-1].month - 1 + months
        starts.append(date(starts[-1].year + month // 12, month % 12 + 1, 1))
    return starts


def periods(orders: Orders, months: int, policy: str) -> list[Row]:
    """Every whole calendar period from the second on, with alarms against the earlier ones."""
    starts = _starts(orders, months)
    rows = []
    for before, start, following in zip(starts, starts[1:], starts[2:], strict=False):
        end = orders.index_of(following) - 1
        if end > orders.last:
            break
        name = f"{start.year}-{start.month:02d}" if months == 1 else f"{start.year}-Q{(start.month - 1) // 3 + 1}"
        rows.append(period_row(orders, name, orders.index_of(before) - 1, orders.index_of(start) - 1, end, policy))
    _alarms(rows)
    return rows


def _alarms(rows: list[Row]) -> None:
    for index, row in enumerate(rows):
        earlier = [r for r in rows[:index] if r["fully_observed"] and r["S"]]
        season = [r for r in earlier if r["period"][5:] == row["period"][5:]]
        basis = season or earlier
        if not row["fully_observed"] or len(earlier) < 4 or not row["S"]:
            continue
        usual = float(np.mean([r["strict_retention_rate"] for r in basis]))
        error = sqrt(max(usual * (1 - usual), 1e-9) / row["S"])
        if abs(row["strict_retention_rate"] - usual) > 3.3 * error:
            row["alarm"] = {
                "usual": usual,
                "usual_low": usual - Z * error,
                "usual_high": min(1.0, usual + Z * error),
                "seasonal": bool(season),
                "direction": "worse" if row["strict_retention_rate"] < usual else "better",
            }
