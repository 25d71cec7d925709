"""The queue: claiming by a filtered UPDATE, beats, and the sweep for jobs whose worker died."""

from __future__ import annotations

import fcntl
import os
import secrets
import socket
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone

from regulars.config.options import options
from regulars.crm.jobs import outcomes
from regulars.crm.jobs.models import Job

LEASE = timedelta(seconds=90)  # without a beat for so long a job counts as abandoned, wherever its worker was
CANDIDATES = 8


class Presence:
    """A worker's sign of life: a file that it keeps locked. The lock ends with the process, however that ends."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._file: IO[str] | None = None

    def __enter__(self) -> Presence:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        self._file = (folder / f"{self.name}.lock").open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return self

    def __exit__(self, *_reason: object) -> None:
        if self._file is not None:
            Path(self._file.name).unlink(missing_ok=True)
            self._file.close()


def _folder() -> Path:
    return options().data / "workers"


def gone(name: str) -> bool:
    """Whether the worker ``name`` of this data folder is known to have ended."""
    path = _folder() / f"{name}.lock"
    if not name.startswith(socket.gethostname()[:40]):
        return False  # of another machine: only its beats tell
    try:
        with path.open("r+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    path.unlink(missing_ok=True)
    return True


def claim(worker: str) -> Job | None:
    """The oldest job that may run now, now ours; None when there is none."""
    now = timezone.now()
    busy = Job.objects.filter(state=Job.State.RUNNING, lane__isnull=False).values("lane")
    waiting = (
        Job.objects.filter(Q(not_before=None) | Q(not_before__lte=now), state=Job.State.WAITING)
        .exclude(Q(lane__isnull=False) & Q(lane__in=busy))
        .order_by("id")
        .values_list("pk", flat=True)[:CANDIDATES]
    )
    for pk in list(waiting):
        if _taken(pk, worker):
            return Job.objects.select_related("actor").get(pk=pk)
    return None


def _taken(pk: int, worker: str) -> bool:
    now = timezone.now()
    try:
        with transaction.atomic():
            return bool(
                Job.objects.filter(pk=pk, state=Job.State.WAITING).update(
                    state=Job.State.RUNNING, worker=worker, attempts=F("attempts") + 1, beat_at=now, stage_at=now,
                    started_at=now, stage="", done=0, total=0,
                )
            )  # fmt: skip
    except IntegrityError:  # another worker was first in this lane
        return False


def beat(jobs: Iterable[Job]) -> None:
    """Say that these jobs are alive."""
    for row in jobs:
        Job.objects.filter(pk=row.pk, state=Job.State.RUNNING, attempts=row.attempts).update(beat_at=timezone.now())


def sweep() -> int:
    """Jobs whose worker is gone or silent go back into the queue, or are given up; gives how many there were."""
    silent = timezone.now() - LEASE
    found = 0
    for row in Job.objects.filter(state=Job.State.RUNNING):
        if not (row.beat_at is None or row.beat_at < silent or (row.worker and gone(row.worker))):
            continue
        found += 1
        if row.stop_wanted:
            outcomes.stopped(row)
        elif row.attempts >= outcomes.MOST_ATTEMPTS:
            outcomes.given_up(row)
        else:
            outcomes.again(row)
    return found
