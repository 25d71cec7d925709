"""Runs of the engine: begun by people, by an import or by the clock; one at a time; published or without a trace."""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.config.options import options
from regulars.crm.accounts import audit, policies
from regulars.crm.insights import inbox, lake_access, metrics, publishing
from regulars.crm.insights.models import Run
from regulars.crm.jobs import outcomes
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.services import enqueue
from regulars.errors import RegularsError

KIND = "insights.run"
LANE = "engine"
REASONS = ("command", "night", "import", "demand")
LONG_AGO = timedelta(hours=20)  # a night that was slept through is made up for when the last run is older
NIGHT_LASTS = timedelta(hours=4)
LIVE = (Run.State.WAITING, Run.State.RUNNING)


class RunError(RegularsError):
    """A run that cannot be made."""


@transaction.atomic
def start(actor: Any, reason: str = "demand") -> Run:
    """Begin a run; one that waits already is that run. ``actor`` None: the clock or a command."""
    if actor is not None:
        policies.require(actor, "runs.start")
    waiting = Run.objects.filter(state=Run.State.WAITING, job__state=Job.State.WAITING).first()
    if waiting is not None:
        return waiting
    job = enqueue(KIND, actor, {"reason": reason})
    run = Run.objects.create(reason=reason, asked_by=actor, job=job)
    if actor is not None:
        audit.record(actor, "run.start", object_type="run", object_id=run.public_id)
    return run


def of_job(job: Job) -> Run:
    """The run that a job makes; a job of the clock brings none with it."""
    reason = str(job.arguments.get("reason", "demand"))
    run, _made = Run.objects.get_or_create(job=job, defaults={"reason": reason, "asked_by": job.actor})
    return run


def begin_nightly(day: date) -> None:
    """The scheduler's question, every few seconds: begin the night's run once, when there is something new."""
    occasion = f"insights.night:{day}"
    if Job.objects.filter(once=occasion).exists() or not _is_due(day) or not something_new():
        return
    job = enqueue(KIND, None, {"reason": "night"}, once=occasion)
    of_job(job)


def _is_due(day: date) -> bool:
    """Tonight's hour has come and no run began since; later than the night only when the last run is long ago."""
    hour, minute = (int(part) for part in options().nightly.split(":"))
    began = datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(options().timezone))
    last = Run.objects.exclude(state=Run.State.FAILED).order_by("-created_at").values_list("created_at", flat=True)
    latest = last.first()
    now = timezone.now()
    if latest is not None and latest >= began:
        return False
    return now - began < NIGHT_LASTS or latest is None or now - latest > LONG_AGO


def something_new() -> bool:
    """Whether there are orders that the current run does not know."""
    lake = lake_access.lake()
    if inbox.waiting():
        return True
    if lake is None:
        return False
    run = metrics.current()
    return run is None or run.lake_version != lake.snapshot().version


def folder_of(run: Run) -> Path:
    """Where a run's files lie: customers.parquet, summary.json, contacts.csv, report.html."""
    return options().data / "runs" / run.public_id


def tidy() -> None:
    """Runs whose work ended without them are failed; what they left behind goes."""
    for run in Run.objects.filter(state__in=LIVE).select_related("job").defer("summary"):
        job = run.job
        if job is None or job.state not in (Job.State.WAITING, Job.State.RUNNING):
            reason = job.error if job is not None and job.error else stopped_reason()
            Run.objects.filter(pk=run.pk, state__in=LIVE).update(state=Run.State.FAILED, error=reason)
    there = Run.objects.filter(state__in=(*LIVE, Run.State.PUBLISHED))
    _drop_tables_beside({metrics.table_name(run) for run in there.only("pk")})
    _drop_folders_beside(set(there.values_list("public_id", flat=True)))


def _drop_tables_beside(kept: set[str]) -> None:
    for table in publishing.tables() - kept:
        publishing.drop(table)


def _drop_folders_beside(kept: set[str]) -> None:
    home = options().data / "runs"
    for path in home.iterdir() if home.is_dir() else ():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


def fail(run: Run, error: BaseException) -> None:
    """The run ends without being published; the one before stays current."""
    reason = stopped_reason() if not isinstance(error, Exception) else outcomes.reason_of(error)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, error=reason)
    publishing.drop(metrics.table_name(run))
    shutil.rmtree(folder_of(run), ignore_errors=True)


def stopped_reason() -> dict[str, Any]:
    return {"code": "run_stopped", "template": gettext_noop("The run was stopped."), "hint": "", "context": {}}


def retained(runs: list[Run], today: date) -> set[int]:
    """Which of the published ``runs`` stay: the current one and the one before (a page may still read it), the last of
    each day for the days that are kept, the last of each month for ever.
    """
    in_order = sorted(runs, key=lambda run: (run.published_at or run.created_at, run.pk))
    days: dict[date, Run] = {}
    months: dict[tuple[int, int], Run] = {}
    for run in in_order:
        moment = timezone.localtime(run.published_at or run.created_at)
        days[moment.date()] = run
        about = run.as_of or moment.date()
        months[about.year, about.month] = run
    kept = {run.pk for run in (*months.values(), *in_order[-2:])}
    return kept | {run.pk for day, run in days.items() if today - day <= timedelta(days=options().runs_kept_days)}


def retire() -> int:
    """Drop the columns and files of runs whose time is over; the others but the current one lose their indexes."""
    published = metrics.kept()
    kept = retained(published, timezone.localdate())
    gone = [run for run in published if run.pk not in kept]
    for run in gone:
        Run.objects.filter(pk=run.pk).update(state=Run.State.DROPPED)
        publishing.drop(metrics.table_name(run))
        shutil.rmtree(folder_of(run), ignore_errors=True)
    for run in published[1:]:
        if run.pk in kept:
            publishing.drop_indexes(metrics.table_name(run), [name for name in run.columns if name in metrics.NAMES])
    return len(gone)


def standing() -> tuple[Run | None, Run | None]:
    """The current run, and the latest one when that failed after it; usually one query. A run that somebody stopped is
    no failure, and while another is on its way nothing is told.
    """
    found = list(Run.objects.order_by("-id").defer("summary")[:5])
    published = [run for run in found if run.state == Run.State.PUBLISHED]
    if not found:
        return None, None
    current = max(published, key=lambda run: (run.published_at, run.pk)) if published else metrics.current()
    latest = found[0]
    failed = latest.state == Run.State.FAILED and latest.error.get("code") != "run_stopped"
    return current, latest if failed else None
