"""How much memory a run takes, and how to stay within what it may.

Memory goes to four things: the libraries; the sorted distinct values and unique histories of everybody, which exact
cuts and fits need at once; the buckets in work; and the states that wait between two steps. The states can wait on
disk and fewer buckets can be in work; the rest is the least that a run needs. Figures are bytes, measured.
"""

from __future__ import annotations

import ctypes
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from regulars.errors import ParameterError
from regulars.runners.footing import MOST_ROWS
from regulars.runners.scoring import GROUP

MB, GB = 1_000_000, 1_000_000_000
LIBRARIES = 400 * MB
RANKED, RANKED_AT_ONCE = 40, 75  # a customer: distinct values of three rankings, merged in batches or all at once
KNOWN, KNOWN_AT_ONCE = 90, 190  # a customer: unique histories and money sums, alike
HELD, WATCHED, SCORED = 24, 22, 700  # a customer's worth, a purchase of the sample, a customer of the group in work
PROVEN = 85  # a purchase of the sample while the models are proven on it
STATE, FOOTING, GAP = 81, 28, 2  # a customer waiting, with models as well, and an order
ROW, MEMBER = 45, 500  # an order and a customer of a bucket in work
MOST = 2 * GB  # without a wish, more is taken only where the least asks for it
BATCH = 8
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": MB, "GB": GB, "TB": 1000 * GB, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30,
          "TIB": 2**40, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}  # fmt: skip


@dataclass(frozen=True)
class Allotment:
    """How a run goes about it: buckets in work at once, whether states wait on disk, how many tallies wait."""

    threads: int
    spill: bool
    batch: int | None


@dataclass(frozen=True)
class Load:
    """What a run has to carry."""

    orders: int
    customers: int
    buckets: int
    models: bool

    @property
    def waiting(self) -> int:
        """States between two steps."""
        return self.customers * (STATE + (FOOTING if self.models else 0)) + self.orders * GAP

    @property
    def bucket(self) -> int:
        """One bucket in work."""
        members, rows = -(-self.customers // max(self.buckets, 1)), -(-self.orders // max(self.buckets, 1))
        return rows * ROW + members * MEMBER

    def everybody(self, *, at_once: bool) -> int:
        """The libraries and what must be together in one place, at the step that needs most."""
        n = self.customers
        steps = [n * (RANKED_AT_ONCE if at_once else RANKED)]
        if self.models:
            steps.append(n * (KNOWN_AT_ONCE if at_once else KNOWN))
            steps.append(min(self.orders, MOST_ROWS) * PROVEN)
            scored = min(n, GROUP + n // max(self.buckets, 1))
            steps.append(n * HELD + min(self.orders, MOST_ROWS) * WATCHED + scored * SCORED)
        return LIBRARIES + max(steps)

    @property
    def least(self) -> int:
        """Bytes below which the run is refused."""
        return self.everybody(at_once=False) + self.bucket


def allot(load: Load, threads: int, memory: int | None) -> Allotment:
    """The fastest way within ``memory`` bytes; None: half of what the machine has free, at most 2 GB.

    Raises ParameterError when a wish is below the least.
    """
    if memory is None:
        memory = max(min(MOST, free_memory() // 2), load.least)
    elif memory < load.least:
        raise _too_little(memory, load)
    for count in range(threads, 0, -1):
        together = load.everybody(at_once=True) + count * load.bucket
        if together + load.waiting <= memory:
            return Allotment(count, False, None)
        if together <= memory:
            return Allotment(count, True, None)
        if load.everybody(at_once=False) + count * load.bucket <= memory:
            return Allotment(count, True, BATCH)
    return Allotment(1, True, BATCH)


def give_back_at_once() -> None:
    """Let freed arrays go back to the system instead of waiting in the heap; a little slower, and for the process.

    Only the GNU library has these switches (mallopt: M_MMAP_THRESHOLD, M_ARENA_MAX); elsewhere nothing happens.
    """
    pa.set_memory_pool(pa.system_memory_pool())
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(-3, 1 << 20)
        library.mallopt(-8, 2)


def _too_little(memory: int, load: Load) -> ParameterError:
    return ParameterError(
        "memory_too_small",
        "{memory} of memory are too little for {orders} orders of {customers} customers: it takes {least}.",
        "Give --memory {least} or more, run on Spark, or leave --memory out.",
        memory=size_text(memory),
        least=size_text(load.least),
        orders=f"{load.orders:,}",
        customers=f"{load.customers:,}",
    )


def size_text(size: int) -> str:
    """Bytes as they can be written for --memory, rounded up."""
    return f"{-(-size // MB)}MB"


def memory_of(text: str | int) -> int:
    """``1GB``, ``800MB``, ``2GiB`` or bytes → bytes. Raises ParameterError for anything else."""
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", str(text))
    if found is None or found[2].upper() not in _UNITS or float(found[1]) <= 0:
        raise ParameterError(
            "memory_size", "{value} is not an amount of memory.", "Write it as 800MB, 1GB or 1.5GiB.", value=text
        )
    return int(float(found[1]) * _UNITS[found[2].upper()])


def free_memory() -> int:
    """Bytes that this process could take: what the machine has available, or its control group allows."""
    room = [_available()]
    for name in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = _read(name)
        if text.isdecimal():
            room.append(int(text))
    return min(room)


def _available() -> int:
    found = re.search(r"^MemAvailable:\s+(\d+) kB", _read("/proc/meminfo"), re.MULTILINE)
    if found:
        return int(found[1]) * 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _read(name: str) -> str:
    try:
        return Path(name).read_text(encoding="ascii").strip()
    except OSError:
        return ""
