"""Begin, stop and take back jobs. Rights are checked by who calls: a job only says what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from regulars.crm.jobs.models import Job
from regulars.crm.jobs.registry import UNDO, daily, job, kind, undoes
from regulars.crm.jobs.running import Interrupted, Running, Stopped
from regulars.errors import RegularsError

UNDO_TIME = timedelta(minutes=10)


class JobError(RegularsError):
    """A job that cannot be begun, stopped or taken back."""


def enqueue(key: str, actor: Any, arguments: dict[str, Any] | None = None, *, once: str | None = None) -> Job:
    """A new job. ``once``: the name of an occasion; the same occasion gives the job that is there already."""
    found = kind(key)
    if found is None:
        raise JobError("unknown_job", "There is no work called {kind}.", "Reload the page.", kind=key)
    values = {"kind": key, "actor": actor, "arguments": arguments or {}, "lane": found.lane}
    if once is None:
        return Job.objects.create(**values)
    try:
        with transaction.atomic():
            return Job.objects.create(once=once, **values)
    except IntegrityError:
        return Job.objects.get(once=once)


def stop(row: Job) -> None:
    """A waiting job is stopped at once, a running one as soon as its work looks up."""
    stopped = Job.objects.filter(pk=row.pk, state=Job.State.WAITING).update(
        state=Job.State.STOPPED, finished_at=timezone.now()
    )
    if not stopped:
        Job.objects.filter(pk=row.pk, state=Job.State.RUNNING).update(stop_wanted=True)


def can_undo(row: Job) -> bool:
    """Whether the way back is open: there is one, it has what it needs, and its time is not over."""
    found = kind(row.kind)
    ended = row.state in (Job.State.DONE, Job.State.STOPPED, Job.State.FAILED)
    in_time = row.undo_until is not None and row.undo_until > timezone.now()
    return ended and in_time and row.undo is not None and found is not None and found.undo is not None


@transaction.atomic
def undo(row: Job, actor: Any) -> Job:
    """Begin the way back as a job of its own. Raises JobError when it is too late or somebody was first."""
    if not can_undo(row) or not Job.objects.filter(pk=row.pk, undo_until=row.undo_until).update(undo_until=None):
        raise JobError("undo_over", "This can no longer be undone.", "Undo is open for ten minutes, once.")
    found = kind(row.kind)
    return Job.objects.create(
        kind=f"{row.kind}{UNDO}", actor=actor, arguments={"of": row.pk}, lane=found.lane if found else None
    )


__all__ = [
    "UNDO_TIME",
    "Interrupted",
    "JobError",
    "Running",
    "Stopped",
    "can_undo",
    "daily",
    "enqueue",
    "job",
    "stop",
    "undo",
    "undoes",
]
