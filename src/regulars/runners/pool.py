"""Work on buckets in threads, results in bucket order, only a few buckets in flight."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Progress = Callable[[str, int, int], None]


def default_threads() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_order(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    *,
    threads: int,
    stage: str = "",
    progress: Progress | None = None,
) -> Iterator[Result]:
    """``work`` of every item, yielded in the order of the items; at most ``threads + 1`` results wait at any time.

    The kernels and the Parquet reader release the interpreter lock, so threads use all cores.
    """
    waiting: deque[Future[Result]] = deque()
    done = 0
    with ThreadPoolExecutor(max_workers=threads, thread_name_prefix="bucket") as executor:
        try:
            for item in items:
                waiting.append(executor.submit(work, item))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
                    done += 1
                    tell(progress, stage, done, len(items))
            while waiting:
                yield waiting.popleft().result()
                done += 1
                tell(progress, stage, done, len(items))
        finally:
            executor.shutdown(wait=True, cancel_futures=True)


def tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    """Report progress where somebody listens."""
    if progress is not None:
        progress(stage, done, total)
