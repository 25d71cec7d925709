"""Targets with their five inputs, and where a run stands against them (definitions, section 10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.errors import NotFound
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers.errors import Invalid
from regulars.crm.insights.models import Target
from regulars.engine.intervals import wilson
from regulars.report.view import View

INPUTS: dict[str, Any] = {
    "benchmark": _("Industry benchmark"),
    "strategy": _("Strategy"),
    "value": _("Value against acquisition cost"),
    "satisfaction": _("Satisfaction"),
    "competition": _("Competition"),
}
MEASURES: dict[str, Any] = {
    "retention_year": _("Customer retention, a year"),
    "retention_quarter": _("Customer retention, a quarter"),
    "retention_month": _("Customer retention, a month"),
    "second_purchase": _("Second-purchase rate"),
}
PAGE_OF = {
    "retention_year": "retention", "retention_quarter": "retention", "retention_month": "retention",
    "second_purchase": "cohorts",
}  # fmt: skip
DEFINITION_OF = {
    "retention_year": "retention_rate", "retention_quarter": "retention_rate", "retention_month": "retention_rate",
    "second_purchase": "second_purchase_rate",
}  # fmt: skip
LONGEST = 500
PERMISSION = "targets.manage"


@dataclass(frozen=True)
class Standing:
    """``actual`` (a fraction) of a measure in a run, with the 95 % interval where the rate has one, numerator and
    denominator; ``when``: the period it is of.
    """

    actual: float | None
    low: float | None
    high: float | None
    part: int
    whole: int
    when: str


def current() -> list[Target]:
    """Targets in force: of every measure the latest that was not closed."""
    found: dict[str, Target] = {}
    for target in Target.objects.filter(closed_at=None).order_by("-set_at", "-id").select_related("set_by"):
        found.setdefault(target.measure, target)
    return [found[measure] for measure in MEASURES if measure in found]


def history() -> list[Target]:
    return list(Target.objects.order_by("-set_at", "-id").select_related("set_by", "closed_by")[:200])


@transaction.atomic
def set_target(
    actor: User, *, measure: str, value: Decimal, inputs: Sequence[Mapping[str, str]], due_on: date | None = None,
    break_even: Decimal | None = None,
) -> Target:  # fmt: skip
    """Set a target; the one before of the same measure is closed and stays in the history.

    ``value`` is a fraction. Each of the five inputs has a text, its source and its day; at least one is needed.
    """
    require(actor, PERMISSION)
    wrong: dict[str, str] = {}
    if measure not in MEASURES:
        wrong["measure"] = gettext_noop("Choose what the target is for.")
    if not Decimal(0) < value < Decimal(1):
        wrong["value"] = gettext_noop("Give a rate between 0 and 100 %.")
    if due_on is not None and due_on < timezone.localdate():
        wrong["due_on"] = gettext_noop("The day lies in the past.")
    told = [_input(one) for one in inputs if str(one.get("text") or "").strip()]
    if not told:
        wrong["inputs"] = gettext_noop("Say at least one of the five things the target rests on.")
    if any(not one["source"] for one in told):
        wrong["inputs"] = gettext_noop("Name the source of every input.")
    if any(one["day"] is None for one in told):
        wrong["inputs"] = gettext_noop("Give the day of every input as 2026-10-31.")
    if wrong:
        raise Invalid(wrong)
    _close(actor, Target.objects.filter(measure=measure, closed_at=None))
    made = Target.objects.create(
        measure=measure, value=value, break_even=break_even, inputs=told, due_on=due_on, set_by=actor
    )
    audit.record(
        actor,
        "target.set",
        object_type="target",
        object_id=made.public_id,
        label=measure,
        details={"value": str(value)},
    )
    return made


def _input(told: Mapping[str, str]) -> dict[str, str | None]:
    day: str | None = str(told.get("day") or "").strip()
    try:
        day = date.fromisoformat(str(day)).isoformat()
    except ValueError:
        day = None
    key = str(told.get("key") or "")
    return {
        "key": key if key in INPUTS else "strategy",
        "text": str(told.get("text") or "").strip()[:LONGEST],
        "source": str(told.get("source") or "").strip()[:LONGEST],
        "day": day,
    }


@transaction.atomic
def close(actor: User, public_id: str) -> Target:
    """Take a target out of force; it stays in the history."""
    require(actor, PERMISSION)
    target = Target.objects.filter(public_id=public_id, closed_at=None).first()
    if target is None:
        raise NotFound("target_not_found", "This target is not in force.", "Look at the list of targets.")
    _close(actor, Target.objects.filter(pk=target.pk))
    target.refresh_from_db()
    return target


def _close(actor: User, targets: Any) -> None:
    for target in targets:
        audit.record(actor, "target.close", object_type="target", object_id=target.public_id, label=target.measure)
    targets.update(closed_at=timezone.now(), closed_by=actor)


def standing(view: View, measure: str) -> Standing:
    """Where a run stands: the latest observed period of the measure."""
    if measure == "second_purchase":
        rates = view.part("repurchase") or {}
        base = int(rates.get("second_purchase_base") or 0)
        hits = round((rates.get("second_purchase_rate") or 0) * base)
        low, high = (wilson(hits, base) or (None, None)) if base else (None, None)
        return Standing(rates.get("second_purchase_rate"), low, high, hits, base, view.as_of)
    rows = {"retention_month": view.months, "retention_quarter": view.quarters}.get(measure)
    if rows is None:
        rows = [{**view.bridge, "period": "", "drawn": True}] if view.bridge else []
    row = next((r for r in reversed(rows) if r["drawn"] and r["retention_rate"] is not None), None)
    if row is None:
        return Standing(None, None, None, 0, 0, "")
    # (E − N) / S can exceed 1 and has no interval; that of strict retention tells how far chance may carry it.
    low, high = row.get("strict_retention_low"), row.get("strict_retention_high")
    strict, rate = row.get("strict_retention_rate"), row["retention_rate"]
    if low is None or high is None or strict is None:
        strict, low, high = rate, rate, rate
    when = view.reader.period(row["period"]) if row["period"] else f"{row['start']} – {row['end']}"
    return Standing(rate, low + rate - strict, high + rate - strict, row["E"] - row["N"], row["S"], when)


def course(view: View, measure: str) -> list[tuple[str, float]]:
    """The measure period by period, where it has periods."""
    rows = {"retention_month": view.months, "retention_quarter": view.quarters}.get(measure) or []
    return [(r["period"], r["retention_rate"]) for r in rows if r["drawn"] and r["retention_rate"] is not None]


def verdict(standing: Standing, value: float) -> str:
    """met, missed, or unclear where the interval holds the target; nothing where there is no rate."""
    if standing.actual is None or standing.low is None or standing.high is None:
        return ""
    if standing.low >= value:
        return "met"
    return "missed" if standing.high < value else "unclear"
