"""The worker: threads that claim jobs and do them, one thread that beats, sweeps and begins what the clock begins."""

from __future__ import annotations

import logging
import threading
from time import monotonic, sleep

from django.db import close_old_connections, connections

from regulars.crm.jobs import outcomes, queue, schedule
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.registry import UNDO, kind
from regulars.crm.jobs.running import Interrupted, Running, Stopped, Taken

LOG = logging.getLogger("regulars.jobs")
IDLE = 0.5  # seconds between looks into an empty queue
BEAT = 10.0
SWEEP = 15.0
LAST_WORDS = 6  # attempts to write down how a job ended, while the database cannot be written
PATIENCE = 5.0  # seconds that running work has to look up when the worker ends


def work_off(row: Job, ending: threading.Event | None = None) -> None:
    """Do one claimed job and write down how it ended."""
    try:
        ended = _done(row, ending)
    except Stopped:
        ended = lambda: outcomes.stopped(row)  # noqa: E731
    except Interrupted:
        ended = lambda: outcomes.again(row, uncounted=True)  # noqa: E731
    except Taken:
        LOG.warning("job %s is somebody else's by now", row.public_id)
        return
    except Exception as error:
        failure = error
        ended = lambda: outcomes.failed(row, failure)  # noqa: E731
    _written_down(row, ended)


def _done(row: Job, ending: threading.Event | None) -> object:
    found = kind(row.kind)
    if found is None:
        raise LookupError(f"no work is registered as {row.kind}")
    shown = Job.objects.get(pk=row.arguments["of"]) if row.kind.endswith(UNDO) else None
    result = found.work(Running(row, ending, shown))
    return lambda: outcomes.finished(row, result)


def _written_down(row: Job, ended: object) -> None:
    """The end of a job is written even when the disk is full for a moment; else the sweep finds the job."""
    for attempt in range(LAST_WORDS):
        try:
            ended()  # type: ignore[operator]
            return
        except Exception as error:
            LOG.error("the end of job %s could not be written: %s", row.public_id, error)
            close_old_connections()
            sleep(min(8.0, 0.25 * 2**attempt))


def run_pending(most: int = 100) -> int:
    """Do everything that waits, here and now; gives how many jobs that were."""
    for number in range(most):
        row = queue.claim("")
        if row is None:
            return number
        work_off(row)
    return most


class Worker:
    """``threads`` jobs at a time, until ``end()``."""

    def __init__(self, threads: int = 2, *, clock: bool = True) -> None:
        self.ending = threading.Event()
        self._now: dict[int, Job] = {}
        self._threads = [threading.Thread(target=self._work, daemon=True, name=f"job-{i}") for i in range(threads)]
        self._keeper = threading.Thread(target=self._keep, args=(clock,), daemon=True, name="jobs-keeper")

    def run(self) -> None:
        """Work until told to end; afterwards nothing is running here, or it goes back into the queue at once."""
        with queue.Presence() as presence:
            self._name = presence.name
            queue.sweep()
            for thread in (*self._threads, self._keeper):
                thread.start()
            self.ending.wait()
            patience = monotonic() + PATIENCE
            for thread in self._threads:
                thread.join(timeout=max(0.0, patience - monotonic()))
            for row in list(self._now.values()):
                outcomes.again(row, uncounted=True)
        connections.close_all()

    def end(self) -> None:
        self.ending.set()

    def _work(self) -> None:
        while not self.ending.is_set():
            try:
                row = queue.claim(self._name)
            except Exception as error:
                LOG.error("the queue cannot be read: %s", error)
                row = None
                self.ending.wait(BEAT / 2)
            if row is None:
                close_old_connections()
                self.ending.wait(IDLE)
                continue
            self._now[row.pk] = row
            LOG.info("job %s %s begins", row.kind, row.public_id)
            try:
                work_off(row, self.ending)
            finally:
                self._now.pop(row.pk, None)
                close_old_connections()
            LOG.info("job %s %s ended", row.kind, row.public_id)
        connections.close_all()

    def _keep(self, clock: bool) -> None:
        swept = 0.0
        while not self.ending.wait(BEAT / 2):
            try:
                queue.beat(list(self._now.values()))
                if monotonic() - swept > SWEEP:
                    queue.sweep()
                    if clock:
                        schedule.tick()
                    swept = monotonic()
            except Exception as error:
                LOG.error("looking after the queue failed: %s", error)
            close_old_connections()
        connections.close_all()
