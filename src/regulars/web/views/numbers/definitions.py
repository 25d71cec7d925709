"""The definitions behind a figure, with this page's numbers put into them."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies
from regulars.crm.insights import metrics, pages
from regulars.crm.insights.past_fields import run_read
from regulars.report.html_definitions import definitions_of
from regulars.web import languages


@login_required
@require_GET
def definition(request: HttpRequest, key: str, card: str) -> HttpResponse:
    policies.require(request.user, "numbers.view")
    run = run_read() or metrics.current()
    if run is None or key not in pages.PAGES:
        raise Http404
    language = languages.reading()
    found = pages.card_of(run, key, card, language)
    if found is None or not found.uses:
        raise Http404
    view = pages.view_of(run, language)
    context = {"terms": definitions_of(found, view), "as_of": view.as_of, "run": run, "card": found}
    part = request.headers.get("HX-Request") == "true"
    return render(request, "numbers/definition.html" if part else "numbers/definition_page.html", context)
