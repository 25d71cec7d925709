"""Targets, their five inputs, the break-even calculator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from regulars.charts import numbers
from regulars.crm.accounts import policies
from regulars.crm.customers.errors import Invalid
from regulars.crm.insights import metrics, pages
from regulars.crm.insights import targets as service
from regulars.crm.insights.models import Target
from regulars.crm.insights.pages import WebView
from regulars.engine.break_even import BreakEven, break_even_retention, value_of
from regulars.errors import ParameterError
from regulars.web import languages, toasts

WIDTH = 320


@dataclass(frozen=True)
class Bullet:
    """Actual with interval against the target, in pixels of a rail of 320; ``at``: the target's tick."""

    actual: float
    low: float
    high: float
    at: float
    even: float | None


@dataclass(frozen=True)
class ShownTarget:
    target: Target
    name: Any
    definition: str
    actual: str
    between: str
    counts: str
    when: str
    value: str
    even: str
    verdict: str
    bullet: Bullet | None
    course: list[tuple[str, str]]


@login_required
@require_http_methods(["GET", "POST"])
def targets(request: HttpRequest) -> HttpResponse:
    """Targets in force with their progress, a new one, the history, and the calculator."""
    policies.require(request.user, "numbers.view")
    wrong: dict[str, str] = {}
    if request.method == "POST":
        try:
            _set(request)
        except Invalid as problem:
            wrong = problem.messages()
        else:
            toasts.tell(request, _("The target is set."))
            return HttpResponseRedirect(reverse("targets"))
    run = metrics.current()
    view = pages.view_of(run, languages.reading()) if run is not None else None
    context = {
        "view": view,
        "shown": [shown(target, view) for target in service.current()] if view is not None else [],
        "history": [
            (t, service.MEASURES[t.measure], _percent(float(t.value))) for t in service.history() if t.closed_at
        ],
        "measures": service.MEASURES.items(),
        "inputs": [(key, name, _typed(request, key)) for key, name in service.INPUTS.items()],
        "may": policies.can(request.user, service.PERMISSION),
        "wrong": wrong,
        "typed": request.POST if wrong else {},
        "today": timezone.localdate(),
        **_calculated(request, view),
    }
    return render(request, "numbers/targets.html", context, status=422 if wrong else 200)


def _typed(request: HttpRequest, key: str) -> dict[str, str]:
    return {part: request.POST.get(f"{key}_{part}", "") for part in ("text", "source", "day")}


def _set(request: HttpRequest) -> None:
    actor: Any = request.user
    inputs = [{"key": key, **_typed(request, key)} for key in service.INPUTS]
    due = request.POST.get("due_on", "").strip()
    try:
        due_on = date.fromisoformat(due) if due else None
    except ValueError:
        raise Invalid({"due_on": "Give the day as 2026-10-31."}) from None
    value = _number(request.POST.get("value", ""))
    even = _number(request.POST.get("break_even", ""))
    known = even is not None and 0 <= even <= 100
    if value is None:
        raise Invalid({"value": "Give a rate between 0 and 100 %."})
    service.set_target(
        actor, measure=request.POST.get("measure", ""), value=(value / 100).quantize(Decimal("0.0001")), inputs=inputs,
        due_on=due_on, break_even=(even / 100).quantize(Decimal("0.0001")) if known and even is not None else None,
    )  # fmt: skip


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text.strip().rstrip("%").replace(",", ""))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**12 else None


def shown(target: Target, view: WebView) -> ShownTarget:
    standing = service.standing(view, target.measure)
    value = float(target.value)
    even = float(target.break_even) if target.break_even is not None else None
    bullet = None
    if standing.actual is not None and standing.low is not None and standing.high is not None:
        seen = [standing.low, standing.high, value, *([even] if even is not None else [])]
        low, high = max(0.0, min(seen) - 0.05), max(1.0, max(seen)) if min(seen) < 0.5 else max(seen) + 0.02
        scale = WIDTH / (high - low)
        at, left, right, goal = (
            round((v - low) * scale, 1) for v in (standing.actual, standing.low, standing.high, value)
        )
        bullet = Bullet(at, left, right, goal, round((even - low) * scale, 1) if even is not None else None)
    return ShownTarget(
        target=target,
        name=service.MEASURES[target.measure],
        definition=service.DEFINITION_OF[target.measure],
        actual=numbers.rate(standing.actual, standing.whole) if standing.actual is not None else _("not enough data"),
        between=numbers.rate_interval(standing.low, standing.high, standing.whole) if standing.low is not None else "",
        counts=numbers.fraction(standing.part, standing.whole) if standing.whole else "",
        when=standing.when,
        value=_percent(value),
        even=_percent(even) if even is not None else "",
        verdict=service.verdict(standing, value),
        bullet=bullet,
        course=[(view.reader.period(p), _percent(v)) for p, v in service.course(view, target.measure)[-8:]][::-1],
    )


def _percent(value: float) -> str:
    return numbers.rate(value)


@login_required
@require_GET
def calculator(request: HttpRequest) -> HttpResponse:
    """The calculator alone, for htmx as one types."""
    policies.require(request.user, "numbers.view")
    run = metrics.current()
    view = pages.view_of(run, languages.reading()) if run is not None else None
    return render(request, "numbers/break_even.html", _calculated(request, view))


def _calculated(request: HttpRequest, view: WebView | None) -> dict[str, Any]:
    """What the retention must be to earn back the cost of winning a customer; the margin is prefilled from the run."""
    margin = _mean_profit(view)
    asked = {
        "margin": request.GET.get("margin", "" if margin is None else f"{margin:.2f}"),
        "discount": request.GET.get("discount", "10"),
        "cost": request.GET.get("cost", ""),
        "multiple": request.GET.get("multiple", "1"),
    }
    given = {key: _number(text) for key, text in asked.items()}
    context: dict[str, Any] = {"asked": asked, "own_margin": margin, "reader": view.reader if view else None}
    if any(value is None for value in given.values()):
        return {**context, "problem": _("Enter all four numbers.") if asked["cost"] else ""}
    m, d, cost, k = (Fraction(value) for value in given.values() if value is not None)
    d /= 100
    try:
        found = break_even_retention(m, d, cost, k)
    except ParameterError as problem:
        return {**context, "problem": problem.localized(languages.reading())[0]}
    return {**context, **_result(found, m, d, view)}


def _result(found: BreakEven, margin: Fraction, discount: Fraction, view: WebView | None) -> dict[str, Any]:
    actual = service.standing(view, "retention_year") if view is not None else None
    known = actual is not None and actual.actual is not None
    worth = ""
    if known and actual is not None and actual.actual is not None and view is not None and actual.actual < 1 + discount:
        worth = view.reader.money(float(value_of(margin, discount, Fraction(actual.actual).limit_denominator(10**6))))
    return {
        "needed": found,
        "needed_rate": numbers.rate(float(found.retention)),
        "needed_percent": f"{float(found.retention) * 100:.1f}",
        "actual_rate": numbers.rate(actual.actual) if known and actual is not None else "",
        "enough": bool(
            known and actual is not None and actual.actual is not None and actual.actual >= float(found.retention)
        ),
        "worth": worth,
    }


def _mean_profit(view: WebView | None) -> float | None:
    """Profit of the window per buyer."""
    if view is None or not view.buyers:
        return None
    return view.window_profit / view.buyers


@login_required
@require_POST
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    actor: Any = request.user
    service.close(actor, public_id)
    toasts.tell(request, _("The target is no longer in force; it stays in the history."))
    return HttpResponseRedirect(reverse("targets"))
