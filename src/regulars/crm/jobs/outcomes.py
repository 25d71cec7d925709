"""How jobs end: done, stopped, failed with a reason, or back into the queue."""

from __future__ import annotations

import errno
import logging
import secrets
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.jobs.models import Job
from regulars.crm.jobs.registry import UNDO
from regulars.crm.jobs.services import UNDO_TIME
from regulars.errors import RegularsError

LOG = logging.getLogger("regulars.jobs")
MOST_ATTEMPTS = 3
WAIT = timedelta(seconds=5)  # before the second attempt; doubled for each further one
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def reason_of(error: BaseException) -> dict[str, Any]:
    """What a page tells of an error: code, message and hint in English (the catalogue "errors" has them in Chinese)."""
    if isinstance(error, RegularsError):
        return {
            "code": error.code,
            "template": error.template,
            "hint": error.hint_template,
            "context": {k: str(v) for k, v in error.context.items()},
        }
    if no_room(error):
        return {
            "code": "no_space",
            "template": gettext_noop("There is no room left on the disk."),
            "hint": gettext_noop("Free some space and begin again; nothing is left half done."),
            "context": {},
        }
    if isinstance(error, MemoryError):
        return {
            "code": "no_memory",
            "template": gettext_noop("There is not enough memory for this work."),
            "hint": gettext_noop("Close other programs or use a larger machine, and begin again."),
            "context": {},
        }
    number = f"E-{secrets.token_hex(3).upper()}"
    LOG.error("job failed, number %s", number, exc_info=error)
    return {
        "code": "defect",
        "template": gettext_noop("This work failed where it should not have ({number})."),
        "hint": gettext_noop("Begin it again; if it fails again, report the number with the log."),
        "context": {"number": number},
    }


def no_room(error: BaseException) -> bool:
    """Whether the disk is full, said by the system or by the database."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    said = str(error)
    return isinstance(error, OperationalError) and ("is full" in said or "No space left" in said)


def passing(error: BaseException) -> bool:
    """Whether a second attempt may help: the database was busy or away."""
    return isinstance(error, OperationalError | InterfaceError) and not no_room(error)


def finished(row: Job, result: dict[str, Any] | None) -> None:
    _settle(row, Job.State.DONE, result={**(result or {})}, error={})
    if row.kind.endswith(UNDO):
        Job.objects.filter(pk=row.arguments["of"]).update(state=Job.State.UNDONE, undo=None, undo_until=None)


def stopped(row: Job) -> None:
    _settle(row, Job.State.STOPPED)


def failed(row: Job, error: BaseException) -> None:
    """Failed for good, or back into the queue when another attempt may help."""
    if passing(error) and row.attempts < MOST_ATTEMPTS:
        again(row, after=WAIT * 2 ** (row.attempts - 1))
        return
    _settle(row, Job.State.FAILED, error=reason_of(error))
    if row.kind.endswith(UNDO):  # the way back stays open
        Job.objects.filter(pk=row.arguments["of"]).update(undo_until=timezone.now() + UNDO_TIME)


def again(row: Job, *, after: timedelta | None = None, uncounted: bool = False) -> None:
    """Back into the queue; ``uncounted``: the attempt was no fault of the work (the worker was told to end)."""
    _mine(row).update(
        state=Job.State.WAITING,
        beat_at=None,
        worker="",
        not_before=timezone.now() + after if after else None,
        attempts=row.attempts - 1 if uncounted else row.attempts,
    )


def given_up(row: Job) -> None:
    """Its workers died too often."""
    _settle(
        row,
        Job.State.FAILED,
        error={
            "code": "job_died",
            "template": gettext_noop("This work was broken off {times} times, the last time at: {stage}."),
            "hint": gettext_noop("Look into the log for the reason (often memory), mend it and begin again."),
            "context": {"times": str(row.attempts), "stage": row.stage or "–"},
        },
    )


def _mine(row: Job) -> Any:
    return Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, attempts=row.attempts)


def _settle(row: Job, state: str, **changes: Any) -> None:
    now = timezone.now()
    fresh = Job.objects.filter(pk=row.pk).values_list("undo", flat=True).first()
    until = now + UNDO_TIME if fresh is not None else None
    _mine(row).update(state=state, finished_at=now, undo_until=until, worker="", **changes)
