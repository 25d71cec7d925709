"""From a number to its customers: the list behind a mark of a figure."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies
from regulars.crm.customers.filters import compact
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.listing.request import listing
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.insights import drill
from regulars.crm.insights.models import Run
from regulars.crm.insights.past_fields import run_read


@login_required
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """To the list of customers with the filter of ``who``: what it counts is what the reader may see."""
    policies.require(request.user, "numbers.view")
    policies.require(request.user, "customers.view")
    run = run_read()
    who = request.GET.get("who", "")[:200]
    if run is None:
        raise Http404
    group = drill.conditions(who, _summary(run), run)
    if group is None:
        raise Http404
    order = (
        drill.ORDER["risk"]
        if who.startswith(("worth", "late")) and "value_at_risk" in run.columns
        else drill.ORDER["default"]
    )
    query = {"f": compact.written(group), "o": order, "who": who}
    return HttpResponseRedirect(f"{reverse('customers')}?{urlencode(query)}")


@login_required
@require_GET
def note(request: HttpRequest) -> HttpResponse:
    """What the list behind a number leaves out: the customers whom the reader may not see."""
    policies.require(request.user, "numbers.view")
    policies.require(request.user, "customers.view")
    actor: Any = request.user
    run = run_read()
    group = drill.conditions(request.GET.get("who", "")[:200], _summary(run), run) if run is not None else None
    if run is None or group is None:
        return HttpResponse("")
    found = listing(actor, filter=group.as_json(), registry=Registry(actor))
    outside = 0
    if visible_to(actor) != Q():
        outside = Customer.objects.filter(alive() & found.asked).count() - found.customers.count()
    return render(request, "numbers/behind.html", {"outside": outside, "run": run})


def _summary(run: Run) -> dict[str, object]:
    """The parts that a filter needs, without reading the whole summary."""
    edges = Run.objects.filter(pk=run.pk).values_list("summary__value__alive", flat=True).first()
    return {"value": {"alive": edges}}
