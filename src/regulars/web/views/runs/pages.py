"""Runs of the engine: list, begin one, and the files of one."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from regulars.crm.accounts import audit, policies
from regulars.crm.accounts.errors import Forbidden
from regulars.crm.insights import metrics, runs
from regulars.crm.insights.models import Run
from regulars.crm.jobs.models import Job
from regulars.language import translator
from regulars.web import languages
from regulars.web.views.jobs.shown import ShownJob

A_PAGE = 30
TONES = {"published": "grow", "failed": "lost", "running": "steady", "waiting": "none", "dropped": "none"}
LIVE_JOB = (Job.State.WAITING, Job.State.RUNNING)
# What a run leaves for saving: route word → (file, type). The report names customers: who may export may have it.
FILES = {
    "report": ("report.html", "text/html"),
    "customers": ("customers.parquet", "application/vnd.apache.parquet"),
    "summary": ("summary.json", "application/json"),
}


class ShownRun:
    """One run as a row of the list."""

    def __init__(self, row: Run, current: bool) -> None:
        self.row, self.current = row, current

    @property
    def state_key(self) -> str:
        """A run whose work ended without telling it has failed."""
        job = self.row.job
        orphaned = job is None or job.state not in LIVE_JOB
        return "failed" if self.row.state in runs.LIVE and orphaned else str(self.row.state)

    @property
    def state(self) -> str:
        if self.current:
            return pgettext("run", "current")
        return {
            "waiting": pgettext("run", "waiting"),
            "running": pgettext("run", "in progress"),
            "published": pgettext("run", "kept"),
            "failed": pgettext("run", "failed"),
            "dropped": pgettext("run", "no longer kept"),
        }[self.state_key]

    @property
    def tone(self) -> str:
        return TONES[self.state_key] if self.current or self.state_key != "published" else "none"

    @property
    def reason(self) -> str:
        return {
            "command": pgettext("run began by", "a command"),
            "night": pgettext("run began by", "the night"),
            "import": pgettext("run began by", "an import"),
            "demand": pgettext("run began by", "a person"),
        }.get(self.row.reason, self.row.reason)

    @property
    def took(self) -> float | None:
        if self.row.started_at is None or self.row.published_at is None:
            return None
        return (self.row.published_at - self.row.started_at).total_seconds()

    @property
    def error(self) -> str:
        told = self.row.error or (self.row.job.error if self.state_key == "failed" and self.row.job else {})
        return error_text(told) if told else ""

    @property
    def has_files(self) -> bool:
        return self.state_key == "published"


def error_text(told: dict[str, Any]) -> str:
    """Message and hint of a kept error in the reader's language."""
    say = translator("errors", languages.reading())
    context = told.get("context", {})
    parts = [say(told["template"]).format(**context), say(told["hint"]).format(**context) if told.get("hint") else ""]
    return " ".join(part for part in parts if part)


@login_required
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    policies.require(request.user, "numbers.view")
    rows = Run.objects.select_related("job", "asked_by").defer("summary").order_by("-id")
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows[: A_PAGE + 1])
    current = metrics.current()
    shown = [ShownRun(row, current is not None and row.pk == current.pk) for row in found[:A_PAGE]]
    live = next((s for s in shown if s.row.job is not None and s.row.job.state in LIVE_JOB), None)
    context = {
        "runs": shown,
        "current": current,
        "job": ShownJob(live.row.job, request.user) if live is not None and live.row.job is not None else None,
        "may_start": policies.can(request.user, "runs.start"),
        "may_export": policies.can(request.user, "customers.export"),
        "next": f"?before={found[A_PAGE - 1].pk}" if len(found) > A_PAGE else "",
        "something_new": current is None or runs.something_new(),
    }
    return render(request, "runs/list.html", context)


@login_required
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    runs.start(request.user)
    return redirect("runs")


@login_required
@require_GET
def file(request: HttpRequest, public_id: str, name: str) -> HttpResponse:
    """A file of a published run, for saving: never shown here, where it would be part of this site."""
    policies.require(request.user, "numbers.view")
    run = Run.objects.filter(public_id=public_id, state=Run.State.PUBLISHED).defer("summary").first()
    if run is None or name not in FILES:
        raise Http404
    if name != "summary":
        policies.require(request.user, "customers.export")
        if policies.scope(request.user) != "all":
            raise Forbidden(
                "forbidden", "Your role does not allow this ({permission}).",
                "Ask somebody who manages people and roles.", permission=_("all customers"),
            )  # fmt: skip
    told, kind = FILES[name]
    path = runs.folder_of(run) / told
    if not path.exists():
        raise Http404
    audit.record(request.user, "run.download", object_type="run", object_id=run.public_id, label=told)
    saved_as = f"{slugify(path.stem)}-{run.as_of}{path.suffix}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=saved_as, content_type=kind)
