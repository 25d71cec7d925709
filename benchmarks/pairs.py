"""Side-by-side measurement: two jobs in turn, each in a fresh process, and their ratio pair by pair.

A job is a function ``module:function`` called with string arguments in a new interpreter. It returns the seconds of its
own work (imports left out, as kernels and libraries are loaded once a process); the whole process is measured beside
it.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Measured:
    """One run: seconds of the work, of the whole process, peak memory in MB, and what the job returned beside them."""

    work: float
    whole: float
    peak_mb: float
    result: dict[str, Any]


@dataclass(frozen=True)
class Ratio:
    """Median of the ratios of pairs, with how many there were and how far they lie apart."""

    value: float
    n: int
    min: float
    max: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Ratio:
        return cls(statistics.median(values), len(values), min(values), max(values))

    def __str__(self) -> str:
        return f"{self.value:.2f} × ({self.min:.2f}–{self.max:.2f}, n {self.n})"

    def as_json(self) -> dict[str, Any]:
        return {"value": round(self.value, 4), "n": self.n, "min": round(self.min, 4), "max": round(self.max, 4)}


def run_job(job: str, *arguments: object, **environment: str) -> Measured:
    """Run ``module:function`` in a fresh interpreter."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.pairs", job, *map(str, arguments)],
        cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    whole = time.perf_counter() - began
    answer = json.loads(done.stdout.splitlines()[-1])
    return Measured(answer["work"], whole, answer["peak_mb"], answer["result"])


def in_turn(ours: Sequence[object], theirs: Sequence[object], pairs: int) -> tuple[list[Measured], list[Measured]]:
    """Run both ``pairs`` times in turn (after one of each that is not counted)."""
    run_job(*ours)  # type: ignore[arg-type]
    run_job(*theirs)  # type: ignore[arg-type]
    mine, other = [], []
    for number in range(pairs):
        first, second = (ours, theirs) if number % 2 == 0 else (theirs, ours)
        done = {id(one): run_job(*one) for one in (first, second)}  # type: ignore[arg-type]
        mine.append(done[id(ours)])
        other.append(done[id(theirs)])
    return mine, other


def ratio(mine: Sequence[Measured], other: Sequence[Measured], what: str = "work") -> Ratio:
    return Ratio.of([getattr(a, what) / getattr(b, what) for a, b in zip(mine, other, strict=True)])


def median(runs: Sequence[Measured], what: str = "work") -> float:
    return statistics.median(getattr(r, what) for r in runs)


def machine() -> str:
    import platform

    with open("/proc/cpuinfo", encoding="utf-8") as stream:
        model = next((line.split(":")[1].strip() for line in stream if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} × {model}, Python {platform.python_version()}"


def _child(job: str, arguments: Sequence[str]) -> None:
    module, _, name = job.partition(":")
    work = getattr(import_module(module), name)
    answer = work(*arguments)
    seconds = answer.pop("seconds")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"work": seconds, "peak_mb": round(peak, 1), "result": answer}) + "\n")


if __name__ == "__main__":
    _child(sys.argv[1], sys.argv[2:])
