"""A job in the hands of its work: progress, stopping, marks, and what undo needs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from time import monotonic
from typing import Any

from django.utils import timezone

from regulars.crm.jobs.models import Job

SECONDS_BETWEEN_WRITES = 0.4


class Stopped(Exception):
    """The person who began the job stopped it."""


class Interrupted(Exception):
    """The worker ends; the job goes back into the queue."""


class Taken(Exception):
    """The job was taken for dead and given to another worker."""


class Running:
    """What the work of a job gets. ``ending`` is set when the worker is told to end."""

    def __init__(self, row: Job, ending: threading.Event | None = None, shown: Job | None = None) -> None:
        self.job = row
        self._ending = ending
        self._shown = shown or row  # whose arguments and undo data the work sees: of an undo, the job that is undone
        self._written = 0.0
        self._stage = row.stage

    @property
    def arguments(self) -> dict[str, Any]:
        found: dict[str, Any] = self._shown.arguments
        return found

    @property
    def actor(self) -> Any:
        return self.job.actor

    @property
    def attempt(self) -> int:
        return self.job.attempts

    @property
    def undo_data(self) -> Any:
        """What ``keep_undo`` kept; in the way back and when the work begins again."""
        return self._shown.undo

    @property
    def marks(self) -> dict[str, Any]:
        """What an earlier life of this job remembered."""
        found: dict[str, Any] = self.job.result
        return found

    def remember(self, **marks: Any) -> None:
        self._change(result={**self.job.result, **marks})

    def keep_undo(self, data: Any) -> None:
        """Keep what is needed to take the job back; calling again replaces it."""
        self._change(undo=data)

    def progress(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say how far it is. Raises Stopped or Interrupted where the work has to end: call it where it may."""
        if self._ending is not None and self._ending.is_set():
            raise Interrupted
        fresh = stage != self._stage
        if not fresh and done != total and monotonic() - self._written < SECONDS_BETWEEN_WRITES:
            return
        now = timezone.now()
        changes: dict[str, Any] = {"stage": stage[:60], "done": done, "total": total, "beat_at": now}
        if fresh:
            changes["stage_at"] = now
        self._change(**changes)
        self._stage, self._written = stage, monotonic()
        if Job.objects.filter(pk=self.job.pk, stop_wanted=True).exists():
            raise Stopped

    def reporter(self) -> Callable[[str, int, int], None]:
        """``progress`` as the engine and the lake call it."""
        return self.progress

    def _change(self, **changes: Any) -> None:
        mine = Job.objects.filter(pk=self.job.pk, state=Job.State.RUNNING, attempts=self.job.attempts)
        if not mine.update(**changes):
            raise Taken
        for name, value in changes.items():
            setattr(self.job, name, value)
