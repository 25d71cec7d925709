"""Overview and the pages of one subject each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies
from regulars.crm.customers.policies import visible_to
from regulars.crm.insights import metrics, pages, reading
from regulars.crm.insights.earlier import kept_runs, run_before, unfinished
from regulars.crm.insights.models import Run
from regulars.crm.insights.pages import PAGES, PLACE_OF, WebView
from regulars.report.sentences import things
from regulars.web import languages
from regulars.web.views.numbers import figures, statements
from regulars.web.views.numbers.shown import Shown, safe, shown


@dataclass(frozen=True)
class Said:
    """One of the things to know, with the address of its page."""

    sentence: SafeString
    address: str
    link: str


@dataclass(frozen=True)
class Reading:
    """What a page is made from: the run, the earlier one beside it, and what can be chosen."""

    view: WebView
    earlier: WebView | None
    kept: list[Run]
    run: Run


def read(request: HttpRequest) -> Reading | None:
    """The run that this request reads; None while nothing is published."""
    kept = kept_runs()
    run = reading.chosen() or metrics.current()
    if run is None:
        return None
    language = languages.reading()
    wanted = request.GET.get("beside", "")
    other = next((one for one in kept if one.public_id == wanted and one.pk != run.pk), None) or run_before(
        run, runs=kept
    )
    earlier = pages.view_of(other, language) if other is not None and wanted != "none" else None
    return Reading(pages.view_of(run, language), earlier, kept, run)


@login_required
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """What to know first: a statement, five things, key figures."""
    policies.require(request.user, "numbers.view")
    found = read(request)
    if found is None:
        return _nothing(request, "overview")
    context = _context(request, "overview", found)
    context["things"] = [_said(thing) for thing in things(found.view)]
    return render(request, "numbers/overview.html", context)


@login_required
@require_GET
def page(request: HttpRequest, key: str) -> HttpResponse:
    policies.require(request.user, "numbers.view")
    if key not in PAGES or key == "overview":
        raise Http404
    found = read(request)
    if found is None:
        return _nothing(request, key)
    return render(request, "numbers/page.html", _context(request, key, found))


def _nothing(request: HttpRequest, key: str) -> HttpResponse:
    """No run yet: what is under way, or what to do."""
    latest = unfinished()
    context = {"kind": PAGES[key], "latest": latest, "reason": _reason(latest), "may": _may(request)}
    return render(request, "numbers/nothing.html", context)


def _reason(run: Run | None) -> str:
    if run is None or run.state != Run.State.FAILED or not run.error:
        return ""
    told = run.error
    text = _(str(told.get("template") or told.get("message") or ""))
    try:
        return text.format(**(told.get("context") or {}))
    except (KeyError, IndexError, ValueError):
        return text


def _may(request: HttpRequest) -> dict[str, bool]:
    return {"start": policies.can(request.user, "runs.start"), "import": policies.can(request.user, "customers.import")}


def _context(request: HttpRequest, key: str, found: Reading) -> dict[str, Any]:
    view = found.view
    behind = unfinished() if reading.chosen() is None else None
    made: Shown = shown(view, key, found.earlier, languages.reading())
    return {
        "kind": PAGES[key],
        "page": made,
        "reading": found,
        "statement": statements.statement(view, key),
        "figures": figures.figures(view, found.earlier, key),
        "notes": [safe(note) for note in statements.notes(view)],
        "policy": view.policy_words(view.lead),
        "scoped": visible_to(request.user) != Q(),
        "past": reading.chosen() is not None,
        "latest": behind,
        "reason": _reason(behind),
        "may": _may(request),
        "target": statements.targets_of(key),
        "thin": statements.thin(view),
    }


def _said(thing: Any) -> Said:
    place = PLACE_OF.get(thing.target, "overview")
    address = reverse("home") if place == "today" else reverse("numbers_page", args=[place])
    return Said(safe(thing.sentence), address, thing.link)
