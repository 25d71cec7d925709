"""Work over long arrays in chunks, on all processors; chunks depend on the length alone, so that sums do too."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

T = TypeVar("T")

MOST: Final = 16


def in_chunks(n: int, work: Callable[[int, int], T], *, least: int) -> list[T]:
    """``work(start, stop)`` over [0, n) in at most 16 chunks of ``least`` rows or more, results in order.

    ``work`` must release the GIL, and a chunk should take a few milliseconds: threads cost about a third of one.
    """
    count = min(max(n // least, 1), MOST)
    if count == 1:
        return [work(0, n)]
    edges = [n * i // count for i in range(count + 1)]
    with ThreadPoolExecutor(min(count, os.cpu_count() or 1)) as pool:
        return list(pool.map(work, edges[:-1], edges[1:]))
