"""The Spark runner: the steps of a run over bucket numbers, on the workers of a cluster.

What goes to a worker is a step (a version of the lake by name, rules, thresholds) and a bucket's number; what comes
back is a tally. Workers read and write files by path, keep nothing between steps and ask each other for nothing, so
that a lost worker's buckets are simply worked on again elsewhere. Tables come back as one file a bucket.
"""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from regulars.engine.fold import Plan
from regulars.engine.parameters import Parameters
from regulars.errors import ClusterError, RegularsError
from regulars.runners.course import Course
from regulars.runners.keeping import Keeper, Refolded
from regulars.runners.lake_source import LakeSource
from regulars.runners.pool import Progress
from regulars.runners.population import Population, Sink
from regulars.runners.source import FactSource
from regulars.runners.spark_jobs import run_job
from regulars.runners.spark_session import Cluster
from regulars.runners.steps import Assigned, AssignStep
from regulars.staging import TEMPORARY, scratch, sweep

Result = TypeVar("Result")
Outcome = tuple[str, Any]  # "done" and a result, "failed" or "hidden" and an error
TABLES = ("customers", "spells")


@dataclass(frozen=True)
class SparkRunner:
    """Runs the engine over a lake on a cluster; figures are those of the local runner.

    ``folder`` is where workers leave their parts of the tables for the driver: all must see it. None: the folder for
    temporary files, which they share only where they are on one machine.
    """

    source: LakeSource
    parameters: Parameters
    as_of: int
    cluster: Cluster
    digits: int = 2
    models: bool = False
    progress: Progress | None = None
    folder: Path | None = None

    @property
    def map(self) -> SparkMap:
        return SparkMap(self.cluster, self.source, self.progress)

    def run(self, customers: Sink, spells: Sink | None = None, *, contacts: int = 0) -> Population:
        """Compute everything; ``customers`` and ``spells`` receive their tables bucket by bucket, in bucket order."""
        with ExitStack() as stack:
            home = self.folder if self.folder is not None else Path(tempfile.gettempdir())
            sweep(home, TEMPORARY)
            parts = stack.enter_context(scratch(home, TEMPORARY))
            workshop = _Workers(self.map, parts)
            course = Course(self.source, self.parameters, self.as_of, self.digits, self.models, workshop, self.progress)
            return course.run(customers, spells, contacts=contacts)


@dataclass(frozen=True)
class _Workers:
    map: SparkMap
    folder: Path

    def keeper(self, source: FactSource, plan: Plan, *, with_spells: bool, models: bool) -> Keeper:
        return Refolded(source, plan, with_spells, models)

    def assigned(self, step: AssignStep, groups: Sequence[Sequence[int]]) -> Iterator[Assigned]:
        """Every bucket's tables are read when their turn comes, so that the driver holds one bucket at a time."""
        done = self.map.together("assign", Delivering(step, str(self.folder)), groups)
        buckets = [bucket for group in groups for bucket in group]
        for bucket, part in zip(buckets, done, strict=True):
            customers, spells = (_fetched(self.folder, bucket, name) for name in TABLES)
            yield replace(part, customers=customers, spells=spells)


@dataclass(frozen=True)
class Delivering:
    """The last step with its tables put down as files, each whole or absent; a second attempt writes the same."""

    step: AssignStep
    folder: str

    def __call__(self, bucket: int) -> Assigned:
        done = self.step(bucket)
        for name in TABLES:
            batch = getattr(done, name)
            if batch is not None:
                self._write(_part(bucket, name), batch)
        return replace(done, customers=None, spells=None)

    def _write(self, name: str, batch: pa.RecordBatch) -> None:
        place = os.path.join(self.folder, name)
        partial = f"{place}.{os.getpid()}-{os.urandom(4).hex()}"
        try:
            with pa.OSFile(partial, "wb") as file, pa.ipc.new_file(file, batch.schema) as writer:
                writer.write_batch(batch)
            os.replace(partial, place)
        except OSError as error:
            raise ClusterError(
                "spark_folder_hidden",
                "A worker cannot write to {folder}: {reason}.",
                "Choose an --out in a folder that all workers see under the same path and may write to.",
                folder=self.folder,
                reason=error.strerror or str(error),
            ) from error


def _part(bucket: int, name: str) -> str:
    return f"{bucket}.{name}.arrow"


def _fetched(folder: Path, bucket: int, name: str) -> pa.RecordBatch | None:
    path = folder / _part(bucket, name)
    if not path.exists():
        return None
    with pa.memory_map(str(path)) as file:
        batch = pa.ipc.open_file(file).get_batch(0)
    path.unlink()  # the mapping keeps the content as long as the batch lives
    return batch


@dataclass(frozen=True)
class SparkMap:
    """Buckets as partitions of one number each. Steps are broadcast; small results are collected in bucket order,
    large ones that merge in any order come up a tree of workers.
    """

    cluster: Cluster
    source: LakeSource
    progress: Progress | None = None

    def each(self, stage: str, work: Callable[[int], Result], buckets: Sequence[int]) -> Iterator[Result]:
        return self.together(stage, work, [[bucket] for bucket in buckets])

    def together(self, stage: str, work: Callable[[int], Result], groups: Sequence[Sequence[int]]) -> Iterator[Result]:
        """As ``each``, the buckets of a group one after another in one place."""
        outcomes = self._run(stage, groups, lambda sent: self._spread(groups, sent).collect(), work)
        return iter([self._opened(one) for one in outcomes])

    def merged(
        self,
        stage: str,
        work: Callable[[int], Result],
        merge: Callable[[Sequence[Result]], Result],
        buckets: Sequence[int],
    ) -> Result:
        groups = [[bucket] for bucket in buckets]

        def job(sent: Any) -> Outcome:
            return self._spread(groups, sent).treeReduce(_merging(sent), depth=2)

        return self._opened(self._run(stage, groups, job, work, merge))

    def _spread(self, groups: Sequence[Sequence[int]], sent: Any) -> Any:
        numbers = [[int(bucket) for bucket in group] for group in groups]
        return self.cluster.context.parallelize(numbers, max(len(numbers), 1)).mapPartitions(_working(sent))

    def _run(self, stage: str, groups: Sequence[Any], job: Callable[[Any], Any], *parts: Any) -> Any:
        if not groups:
            return []
        sent = self.cluster.context.broadcast(pickle.dumps(parts, protocol=5))
        try:
            return run_job(self.cluster, stage, len(groups), lambda: job(sent), self.progress)
        finally:
            sent.unpersist()

    def _opened(self, outcome: Outcome) -> Any:
        kind, content = outcome
        if kind == "hidden":
            raise ClusterError(
                "spark_lake_hidden",
                "A worker cannot read the lake {lake}: {reason}",
                "The lake must lie in a folder that all workers see under the same path, or in an object store. "
                "Name it with --lake.",
                lake=self.source.snapshot.storage.root,
                reason=content.message,
            )
        if kind == "failed":
            raise content
        return content


def _working(sent: Any) -> Callable[[Iterator[list[int]]], Iterator[Outcome]]:
    """What a worker does with its numbers. Sent by value, so that it runs before Regulars is imported there."""
    prepare = _preparing()

    def work(groups: Iterator[list[int]]) -> Iterator[Outcome]:
        prepare()
        from regulars.runners.spark import outcomes

        return outcomes(sent.value, [bucket for group in groups for bucket in group])

    return work


def _merging(sent: Any) -> Callable[[Outcome, Outcome], Outcome]:
    prepare = _preparing()

    def merge(first: Outcome, second: Outcome) -> Outcome:
        prepare()
        from regulars.runners.spark import merged_outcome

        return merged_outcome(sent.value, first, second)

    return merge


def _preparing() -> Callable[[], None]:
    def prepare() -> None:
        """A folder for compiled kernels where neither the package's nor the home folder can be written."""
        import importlib.util
        import os

        spec = importlib.util.find_spec("regulars")
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        places.append(os.path.expanduser("~"))
        if "NUMBA_CACHE_DIR" not in os.environ and not any(os.access(place, os.W_OK) for place in places):
            os.environ["NUMBA_CACHE_DIR"] = os.path.join(os.getcwd(), "kernels")

    return prepare


def outcomes(sent: bytes, numbers: Sequence[int]) -> Iterator[Outcome]:
    """On a worker: the step at each bucket. Refusals travel as values, as trying again would not mend them."""
    try:
        work = pickle.loads(sent)[0]  # noqa: S301 - our own driver's
    except RegularsError as error:
        yield "hidden", error
        return
    for number in numbers:
        try:
            yield "done", work(number)
        except RegularsError as error:
            yield "failed", error


def merged_outcome(sent: bytes, first: Outcome, second: Outcome) -> Outcome:
    """Two results as one; a refusal outlives the rest."""
    for one in (first, second):
        if one[0] != "done":
            return one
    return "done", pickle.loads(sent)[1]([first[1], second[1]])  # noqa: S301 - our own driver's
