"""The imports of an installation, and the way to the step where one stands."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from regulars.crm.accounts.policies import require
from regulars.crm.insights.imports import services
from regulars.crm.insights.models import ImportBatch
from regulars.crm.jobs.models import Job
from regulars.web.views.imports.shown import ShownImport

A_PAGE = 50
State = ImportBatch.State


@login_required
@require_GET
def imports(request: HttpRequest) -> HttpResponse:
    """Newest first; ``before`` pages on."""
    require(request.user, "customers.import")
    rows = ImportBatch.objects.filter(services.visible(request.user)).select_related("actor").order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.defer("look", "mapping")[: A_PAGE + 1])
    jobs = {job.public_id: job for job in Job.objects.filter(public_id__in=[b.job for b in found if b.job])}
    shown = [ShownImport(batch, request.user, jobs.get(batch.job)) for batch in found[:A_PAGE]]
    further = f"?before={found[A_PAGE - 1].pk}" if len(found) > A_PAGE else ""
    return render(request, "imports/list.html", {"imports": shown, "next": further, "first": not before})


@login_required
@require_GET
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page of the step at which the import stands."""
    batch = services.found(request.user, public_id)
    steps = {State.UPLOADED: "import_columns", State.TRYING: "import_trial", State.TRIED: "import_trial"}
    if batch.state == State.FAILED and not batch.result:
        return redirect("import_trial", public_id)
    return redirect(steps.get(State(batch.state), "import_result"), public_id)
