"""Follow-ups: noting one, finishing its next step, the page of what is due, files."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from regulars.crm.accounts import policies as rights
from regulars.crm.accounts.models import User
from regulars.crm.customers import policies, services
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.filters import own
from regulars.crm.customers.models import Customer, FollowUp
from regulars.crm.customers.queries import due_follow_ups
from regulars.web import toasts
from regulars.web.views.customers import finding
from regulars.web.views.customers.entering import leads_to

PAGE = 50
WHOSE = ("mine", "team", "mentioned")


@login_required
@require_POST
def note(request: HttpRequest, public_id: str) -> HttpResponse:
    actor: Any = request.user
    customer = finding.customer_of(request, public_id)
    given = request.POST
    try:
        services.follow_up(
            actor,
            customer,
            kind=given.get("kind", FollowUp.Kind.NOTE),
            body=given.get("body", ""),
            happened_at=_moment(given.get("happened_at", "")),
            next_on=_day(given.get("next_on", "")),
            files=request.FILES.getlist("files"),
        )
    except Invalid as error:
        context = {
            "customer": customer, "typed": given, "wrong": error.messages(), "follow_kinds": own.FOLLOW_UP_KINDS,
        }  # fmt: skip
        return render(request, "customers/follow_up_form.html", context, status=422)
    toasts.tell(request, _("The follow-up was noted."))
    return leads_to(request, f"{reverse('customer', args=[customer.public_id])}?{request.GET.urlencode()}")


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid({"next_on": gettext_noop("Give a day as 2026-10-31.")}) from None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text) if text else None
    except ValueError:
        found = None
    if text and found is None:
        raise Invalid({"happened_at": gettext_noop("Give a day as 2026-10-31.")})
    return timezone.make_aware(found) if found is not None and timezone.is_naive(found) else found


@login_required
@require_POST
def change(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """Finish the next step, open it again, or remove the follow-up."""
    actor: Any = request.user
    found = finding.follow_up_of(request, public_id)
    if action in ("finish", "reopen"):
        services.finish(actor, found, done=action == "finish")
        told = _("Done.") if action == "finish" else _("Open again.")
    elif action == "remove":
        services.remove_follow_up(actor, found)
        told = _("The follow-up was removed.")
    else:
        raise Http404
    toasts.tell(request, told)
    if request.headers.get("HX-Request") == "true" and request.POST.get("row") == "yes":
        return HttpResponse("")
    return leads_to(request, reverse("customer", args=[found.customer.public_id]))


@login_required
@require_safe
def attachment(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file for saving; never shown as a page of ours."""
    found = finding.attachment_of(request, public_id)
    try:
        stream = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(stream, as_attachment=True, filename=found.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is due: mine, the team's, and where I was named."""
    actor: Any = request.user
    rights.require(actor, "customers.view")
    whose = request.GET.get("whose", "mine")
    if whose not in WHOSE:
        raise Http404
    today = timezone.localdate()
    steps = due_follow_ups(actor, whose)[:PAGE]
    rows = list(steps)
    late = [row for row in rows if row.next_on is not None and row.next_on < today]
    now = [row for row in rows if row.next_on == today]
    coming = [row for row in rows if row.next_on is not None and row.next_on > today]
    named = list(_named(actor)[:PAGE]) if whose == "mentioned" else []
    groups = [(_("Overdue"), late), (_("Today"), now), (_("Coming"), coming)]
    context = {
        "whose": whose,
        "tabs": [("mine", _("Mine")), ("team", _("Team")), ("mentioned", _("I was named"))],
        "groups": [(name, group) for name, group in groups if group],
        "named": named,
        "today": today,
        "due": len(late) + len(now),
        "kinds": dict(own.FOLLOW_UP_KINDS),
        "may_follow": rights.can(actor, "follow_ups.create"),
    }
    return render(request, "customers/follow_ups.html", context)


def _named(actor: User) -> Any:
    visible = Customer.objects.filter(policies.alive() & policies.visible_to(actor)).values("pk")
    found = FollowUp.objects.filter(mentioned=actor, deleted_at=None, customer__in=visible)
    return found.select_related("customer", "author").order_by("-happened_at")
