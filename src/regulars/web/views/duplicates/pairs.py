"""Pairs that may be one customer, with the reasons."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.crm.accounts.policies import require
from regulars.crm.customers.duplicates import services
from regulars.crm.customers.models import Customer, DuplicatePair
from regulars.crm.customers.policies import alive, masked, visible_to
from regulars.crm.customers.services.checking import not_found
from regulars.crm.jobs.models import Job
from regulars.web import toasts

A_PAGE = 25


@login_required
@require_GET
def duplicates(request: HttpRequest) -> HttpResponse:
    """The surest first; ``after`` ("score-id") pages on."""
    rows = services.pairs(request.user)
    score, _sign, last = request.GET.get("after", "").partition("-")
    if score.isdecimal() and last.isdecimal() and len(score) < 4 and len(last) < 19:
        rows = rows.filter(Q(score__lt=int(score)) | Q(score=int(score), pk__lt=int(last)))
    found = list(rows[: A_PAGE + 1])
    shown = [_shown(request.user, pair) for pair in found[:A_PAGE]]
    further = f"?after={found[A_PAGE - 1].score}-{found[A_PAGE - 1].pk}" if len(found) > A_PAGE else ""
    job = services.last_search()
    live = job is not None and job.state in (Job.State.WAITING, Job.State.RUNNING)
    context = {"pairs": shown, "next": further, "job": job, "live": live, "first": not score}
    return render(request, "duplicates/list.html", context)


def _shown(actor: Any, pair: DuplicatePair) -> dict[str, Any]:
    people = [
        {
            "customer": customer,
            "phone": masked(actor, "phone", customer.phone),
            "email": masked(actor, "email", customer.email),
            "owner": customer.owner.name if customer.owner else "",
        }
        for customer in _older_first(pair)
    ]
    return {"people": people, "score": pair.score, "reasons": [reason(why) for why in pair.reasons],
            "first": people[0]["customer"], "second": people[1]["customer"]}  # fmt: skip


def _older_first(pair: DuplicatePair) -> list[Customer]:
    """The customer that is known longer is proposed to stay."""
    return sorted((pair.first, pair.second), key=lambda customer: (customer.created_at, customer.pk))


def reason(why: str) -> str:
    return {
        "same_phone": _("same phone"),
        "near_phone": _("phone differs in one digit"),
        "same_email": _("same e-mail"),
        "near_email": _("e-mail almost the same"),
        "same_name": _("same name"),
        "alike_name": _("name almost the same"),
        "same_sound": _("name sounds the same"),
        "same_region": _("same region"),
    }.get(why, why)


@login_required
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    services.search(request.user)
    return redirect("duplicates")


@login_required
@require_POST
def apart(request: HttpRequest, first: str, second: str) -> HttpResponse:
    one, other = (customer_of(request.user, public_id) for public_id in (first, second))
    services.not_the_same(request.user, first=one, second=other)
    toasts.tell(
        request, _("Noted: {one} and {other} are not the same.").format(one=one.name, other=other.name),
        undo=f"/duplicates/together/{first}/{second}/",
    )  # fmt: skip
    if request.headers.get("HX-Request") == "true":
        return HttpResponse("")
    return redirect("duplicates")


@login_required
@require_POST
def together(request: HttpRequest, first: str, second: str) -> HttpResponse:
    one, other = (customer_of(request.user, public_id) for public_id in (first, second))
    services.perhaps_the_same(request.user, first=one, second=other)
    toasts.tell(request, _("The next search shows them together again."))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse("")
    return redirect("duplicates")


def customer_of(actor: Any, public_id: str) -> Customer:
    """A customer that the actor sees; NotFound otherwise."""
    require(actor, "customers.merge")
    found = Customer.objects.select_related("owner", "referrer").filter(alive(), visible_to(actor), public_id=public_id)
    customer = found.first()
    if customer is None:
        raise not_found()
    return customer
