"""The key figures at the head of a page, with the earlier run's beside them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.crm.insights import targets
from regulars.crm.insights.pages import WebView
from regulars.engine.definitions import REGISTRY
from regulars.web.views.numbers.shown import safe


@dataclass(frozen=True)
class Figure:
    """``value`` without its unit; ``below``: interval, numerator and denominator; ``change``: since the earlier run."""

    key: str
    label: str
    value: SafeString
    unit: str
    below: str
    change: str
    definition: str


def figures(view: WebView, earlier: WebView | None, key: str) -> list[Figure]:
    if key == "retention":
        return _retention(view, earlier)
    return _overview(view, earlier) if key == "overview" else []


def _name(view: WebView, key: str) -> str:
    return REGISTRY[key].localized(view.reader.lang).name


def _rate(view: WebView, key: str, row: Row, before: Row | None, below: str) -> Figure:
    shown = numbers.rate(row.get(key), row["S"])
    value, unit = (shown[:-1], "%") if shown.endswith("%") else (shown, "")
    return Figure(key, _name(view, key), safe(value), unit, below, _points(row.get(key), (before or {}).get(key)), key)


def _points(now: float | None, before: float | None) -> str:
    """The change in percentage points: +1.2."""
    if now is None or before is None:
        return ""
    change = round((now - before) * 100, 1)
    if not change:
        return ""
    return _("{change} pts").format(change=f"{'+' if change > 0 else numbers.MINUS}{abs(change):.1f}")


def _retention(view: WebView, earlier: WebView | None) -> list[Figure]:
    row = view.bridge
    if not row or not row["S"]:
        return []
    then = earlier.bridge if earlier is not None and earlier.bridge_policy == view.bridge_policy else None
    between = numbers.rate_interval(row["absolute_churn_low"], row["absolute_churn_high"], row["S"])
    kept = numbers.fraction(row["E"] - row["N"], row["S"])
    goal = next((t for t in targets.current() if t.measure == "retention_year"), None)
    if goal is not None:
        kept += " · " + _("target {rate}").format(rate=numbers.rate(float(goal.value)))
    made = [
        _rate(view, "retention_rate", row, then, kept),
        _rate(
            view,
            "absolute_churn",
            row,
            then,
            f"{between} · n {numbers.count(row['S'])}" if between else f"n {numbers.count(row['S'])}",
        ),
        _rate(view, "relative_churn", row, then, _("share of the lost in the spend at the start")),
    ]
    last = next((q for q in reversed(view.quarters) if q.get("revenue_retention") is not None), None)
    if last is not None:
        below = _("{quarter}; net {net}, gross {gross}").format(
            quarter=view.reader.period(last["period"]), net=numbers.rate(last.get("net_revenue_retention")),
            gross=numbers.rate(last.get("gross_revenue_retention")),
        )  # fmt: skip
        made.append(_rate(view, "revenue_retention", {**last, "S": numbers.COARSE_BASE}, None, below))
    return made


def _count(
    view: WebView, key: str, label: str, n: int, who: str, before: int | None, below: str = "", term: str = ""
) -> Figure:
    change = ""
    if before is not None:
        by = n - before
        change = f"{'+' if by > 0 else numbers.MINUS}{numbers.count(abs(by))}" if by else ""
    return Figure(key, label, safe(view.opened(numbers.count(n), who)) if n else safe("0"), "", below, change, term)


def _overview(view: WebView, earlier: WebView | None) -> list[Figure]:
    customers, then = (
        dict(view.summary.get("customers") or {}),
        dict((earlier.summary if earlier else {}).get("customers") or {}),
    )
    late = view.late_valuable
    made = [
        _count(view, "customers", _("Customers"), int(customers.get("total") or 0), "all:", then.get("total")),
        _count(
            view, "active", _("Active"), int(customers.get("active") or 0), "active:", then.get("active"),
            view.policy_words(view.lead), "activity" if "activity" in REGISTRY else "",
        ),
        _count(
            view, "late", _("Class A, late"), late["customers"], "late:A",
            earlier.late_valuable["customers"] if earlier else None,
            _("{money} of {profit}").format(money=view.reader.money(late["profit"]), profit=view.span_of_profit),
            "contacts",
        ),
    ]  # fmt: skip
    rates = view.part("repurchase") or {}
    base = int(rates.get("second_purchase_base") or 0)
    shown = numbers.rate(rates.get("second_purchase_rate"), base)
    value, unit = (shown[:-1], "%") if shown.endswith("%") else (shown, "")
    old = ((earlier.part("repurchase") if earlier else None) or {}).get("second_purchase_rate")
    below = _("within {days}, n {n}").format(
        days=view.reader.days(rates.get("second_purchase_days") or 90), n=numbers.count(base)
    )
    made.append(
        Figure(
            "second",
            _name(view, "second_purchase_rate"),
            safe(value),
            unit,
            below,
            _points(rates.get("second_purchase_rate"), old),
            "second_purchase_rate",
        )
    )
    return made
