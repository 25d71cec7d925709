"""Background work: list, one job, its progress, stop and undo."""

from __future__ import annotations

import json
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from regulars.crm.accounts import audit, policies
from regulars.crm.jobs import services
from regulars.crm.jobs.models import Job
from regulars.web import toasts
from regulars.web.views.jobs.shown import ShownJob, may_see, may_steer

A_PAGE = 50


@login_required
@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """The latest work that the reader may see, newest first; ``before`` pages on."""
    rows = Job.objects.select_related("actor").order_by("-id")
    if not policies.can(request.user, "settings.manage"):
        own = Q(actor=request.user.pk)
        rows = rows.filter(own | Q(kind="insights.run") if policies.can(request.user, "numbers.view") else own)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    shown = [ShownJob(row, request.user) for row in found[:A_PAGE]]
    further = f"?before={found[A_PAGE - 1].pk}" if len(found) > A_PAGE else ""
    return render(request, "jobs/list.html", {"jobs": shown, "next": further})


@login_required
@require_GET
def job(request: HttpRequest, public_id: str) -> HttpResponse:
    return render(request, "jobs/page.html", {"job": _seen(request, public_id)})


@login_required
@require_GET
def progress(request: HttpRequest, public_id: str) -> HttpResponse:
    """The part that asks for itself every second until the work has ended; then it tells the page."""
    shown = _seen(request, public_id)
    response = render(request, "jobs/progress.html", {"job": shown})
    if not shown.live:
        ended = {"job": shown.public_id, "kind": shown.row.kind, "state": shown.row.state}
        response.headers["HX-Trigger"] = json.dumps({"regulars:job-ended": ended})
    return response


@login_required
@require_POST
def stop(request: HttpRequest, public_id: str) -> HttpResponse:
    shown = _seen(request, public_id)
    _require_steering(request.user, shown.row)
    services.stop(shown.row)
    audit.record(request.user, "job.stop", object_type="job", object_id=shown.public_id, label=shown.row.kind)
    if request.headers.get("HX-Request") == "true":
        shown.row.refresh_from_db()
        return render(request, "jobs/progress.html", {"job": shown})
    return redirect("job", public_id)


@login_required
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    shown = _seen(request, public_id)
    _require_steering(request.user, shown.row)
    back = services.undo(shown.row, request.user)
    audit.record(request.user, "job.undo", object_type="job", object_id=shown.public_id, label=shown.row.kind)
    if request.headers.get("HX-Request") == "true" and request.POST.get("inline"):
        return render(request, "jobs/progress.html", {"job": ShownJob(back, request.user)})
    toasts.tell(request, _("It is being undone."))
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": f"/jobs/{back.public_id}/"})
    return redirect("job", back.public_id)


def _seen(request: HttpRequest, public_id: str) -> ShownJob:
    row = Job.objects.select_related("actor").filter(public_id=public_id).first()
    if row is None or not may_see(request.user, row):
        raise Http404
    return ShownJob(row, request.user)


def _require_steering(actor: Any, row: Job) -> None:
    if not may_steer(actor, row):
        policies.require(actor, "settings.manage")
