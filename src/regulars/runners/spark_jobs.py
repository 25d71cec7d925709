"""One Spark job with its progress, its errors in plain words, and an end when the last worker is gone."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from regulars.errors import ClusterError
from regulars.runners.pool import Progress, tell
from regulars.runners.spark_session import Cluster, short

LOOK = 0.2  # seconds between two looks at a running job


def run_job(cluster: Cluster, stage: str, total: int, job: Callable[[], Any], progress: Progress | None) -> Any:
    """The result of ``job``; ``progress`` hears of finished buckets. Raises ClusterError."""
    group = f"regulars-{uuid.uuid4().hex[:8]}"
    cluster.context.setJobGroup(group, stage, interruptOnCancel=False)
    watch = _Watch(cluster, group, stage, total, progress)
    tell(progress, stage, 0, total)
    watch.start()
    try:
        result = job()
    except Exception as error:
        if watch.deserted:
            raise _deserted(cluster) from error
        raise _failure(error) from error
    finally:
        watch.stop()
    if watch.refused is not None:
        raise watch.refused
    tell(progress, stage, total, total)
    return result


class _Watch(threading.Thread):
    """Looks at a job from beside it."""

    def __init__(self, cluster: Cluster, group: str, stage: str, total: int, progress: Progress | None) -> None:
        super().__init__(name=f"watch-{stage}", daemon=True)
        self._cluster, self._group, self._stage, self._total = cluster, group, stage, total
        self._progress = progress
        self._over = threading.Event()
        self._alone_since: float | None = None
        self._told = 0
        self.deserted = False
        self.refused: BaseException | None = None

    def run(self) -> None:
        try:
            while not self._over.wait(LOOK):
                self._tell()
                self._look_after()
        except BaseException as error:  # what the listener raises must reach the caller's thread
            if not self._over.is_set():
                self.refused = error
                self._cluster.context.cancelJobGroup(self._group)

    def stop(self) -> None:
        self._over.set()
        self.join(timeout=10)

    def _tell(self) -> None:
        tracker = self._cluster.context.statusTracker()
        done = 0
        for number in tracker.getJobIdsForGroup(self._group):
            about = tracker.getJobInfo(number)
            first = tracker.getStageInfo(min(about.stageIds)) if about is not None and len(about.stageIds) else None
            done = max(done, first.numCompletedTasks if first is not None else 0)
        done = min(done, self._total - 1)
        if done > self._told and not self._over.is_set():
            self._told = done
            tell(self._progress, self._stage, done, self._total)

    def _look_after(self) -> None:
        """Spark would wait for ever for a worker that never comes back."""
        if self._cluster.workers() > 0:
            self._alone_since = None
            return
        now = time.monotonic()
        self._alone_since = self._alone_since or now
        if now - self._alone_since > self._cluster.patience and not self.deserted:
            self.deserted = True
            self._cluster.context.cancelJobGroup(self._group)


def _deserted(cluster: Cluster) -> ClusterError:
    return ClusterError(
        "spark_workers_gone",
        "All workers of the cluster went away, and none came back within {seconds} seconds.",
        "Nothing was written. Look at the workers' logs, start them again and repeat the command.",
        seconds=f"{cluster.patience:.0f}",
    )


def _failure(error: Exception) -> Exception:
    text = str(error)
    if "No module named 'regulars'" in text:
        return ClusterError(
            "spark_worker_package",
            "The Python of the workers does not have Regulars.",
            "Install the same version of Regulars on every worker, or name the right Python: "
            "--spark-conf spark.pyspark.python=/path/to/python.",
        )
    if "PYTHON_VERSION_MISMATCH" in text:
        return ClusterError(
            "spark_worker_python",
            "The workers run another version of Python than this command.",
            "Name a Python of the same version: --spark-conf spark.pyspark.python=/path/to/python.",
        )
    if not type(error).__module__.startswith(("py4j", "pyspark")):
        return error
    return ClusterError(
        "spark_job_failed",
        "The cluster could not finish its work: {reason}",
        "Nothing was written. The workers' logs say more.",
        reason=short(error),
    )
