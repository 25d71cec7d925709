"""The control loop of the classes: floors, proposals, answers, history."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.crm.accounts import policies
from regulars.crm.customers.errors import Invalid
from regulars.crm.insights import control as service
from regulars.crm.insights import metrics, pages
from regulars.crm.insights.models import Run
from regulars.web import languages, toasts


@login_required
@require_GET
def control(request: HttpRequest) -> HttpResponse:
    policies.require(request.user, "numbers.view")
    return _page(request)


def _page(request: HttpRequest, wrong: dict[str, str] | None = None) -> HttpResponse:
    actor: Any = request.user
    current = metrics.current()
    if current is None:
        return render(request, "numbers/nothing.html", {"kind": pages.PAGES["classes"], "may": {}})
    run = Run.objects.get(pk=current.pk)
    view = pages.view_of(run, languages.reading())
    context = {
        "controls": service.controls(actor, run),
        "history": service.history(actor),
        "forecast": service.by_forecast(run),
        "view": view,
        "may": {
            "floors": policies.can(actor, service.PERMISSION),
            "decide": policies.can(actor, service.DECIDES) and policies.can(actor, "customers.view"),
        },
        "wrong": wrong or {},
        "shown": service.SHOWN,
    }
    return render(request, "numbers/control.html", context, status=422 if wrong else 200)


@login_required
@require_POST
def floors(request: HttpRequest) -> HttpResponse:
    actor: Any = request.user
    try:
        for letter in service.FLOORS:
            text = request.POST.get(f"floor_{letter}", "").strip().replace(",", "")
            if text and not (text.isascii() and text.isdigit() and len(text) < 10):
                raise Invalid({"floor": "A floor is a number of customers, of class B or C."})
            service.set_floor(actor, letter, int(text) if text else None)
    except Invalid as problem:
        return _page(request, problem.messages())
    toasts.tell(request, _("The floors are set."))
    return HttpResponseRedirect(reverse("class_control"))


@login_required
@require_POST
def decide(request: HttpRequest, public_id: str, answer: str) -> HttpResponse:
    """Accept or decline a proposal (by customer), or take an accepted move back (by decision)."""
    actor: Any = request.user
    reason = request.POST.get("reason", "")
    try:
        if answer == "back":
            made = service.take_back(actor, public_id, reason=reason)
            told = _("{name} is in class {letter} again.").format(name=made.customer.name, letter=made.to_class)
        elif answer in ("accept", "decline"):
            made = service.decide(actor, public_id, accept=answer == "accept", reason=reason)
            told = (
                _("{name}: accepted into class {letter}.") if answer == "accept" else _("{name}: stays in class {old}.")
            )
            told = told.format(name=made.customer.name, letter=made.to_class, old=made.from_class)
        else:
            raise Http404
    except Invalid as problem:
        return _page(request, problem.messages())
    toasts.tell(request, told)
    return HttpResponseRedirect(reverse("class_control"))
