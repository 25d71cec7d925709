"""How a step runs over all buckets: the one thing in which runners differ, together with where state waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from regulars.runners.pool import Progress, default_threads, in_order

Result = TypeVar("Result")


class BucketMap(Protocol):
    """Runs a function of a bucket's number over buckets, wherever they are worked on.

    On a cluster the function, what it holds and what it returns are pickled.
    """

    def each(self, stage: str, work: Callable[[int], Result], buckets: Sequence[int]) -> Iterator[Result]:
        """Results in the order of ``buckets``."""
        ...

    def merged(
        self,
        stage: str,
        work: Callable[[int], Result],
        merge: Callable[[Sequence[Result]], Result],
        buckets: Sequence[int],
    ) -> Result:
        """All results as one. ``merge`` must not depend on order or grouping: whole numbers, sorted values."""
        ...


@dataclass(frozen=True)
class ThreadMap:
    """Threads of this process. ``batch``: so many results wait before they are merged, to save memory; None: all."""

    threads: int = field(default_factory=default_threads)
    progress: Progress | None = None
    batch: int | None = None

    def each(self, stage: str, work: Callable[[int], Result], buckets: Sequence[int]) -> Iterator[Result]:
        return in_order(work, buckets, threads=self.threads, stage=stage, progress=self.progress)

    def merged(
        self,
        stage: str,
        work: Callable[[int], Result],
        merge: Callable[[Sequence[Result]], Result],
        buckets: Sequence[int],
    ) -> Result:
        parts: list[Result] = []
        for part in self.each(stage, work, buckets):
            parts.append(part)
            if self.batch is not None and len(parts) >= self.batch:
                parts = [merge(parts)]
        return merge(parts)
