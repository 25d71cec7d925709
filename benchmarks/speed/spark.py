"""Spark against one machine over the same lake, and Spark against itself: twice the work on twice the workers.

Every round runs, each in a fresh process: the local runner with two threads, Spark with two workers of one core, and
Spark with one worker of one core over a lake of half the size, on a standalone cluster that is started for it on the
loopback interface. Times are of the second run in a process, without models: what a session start and the workers'
imports cost is printed beside. The tables of both runners must be equal byte by byte, and so must all figures.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.pairs import Measured, machine, median, ratio, run_job

Runs = dict[str, list[Measured]]
JOB = "benchmarks.speed.spark:"


def run(
    orders: int = 10_000_000, customers: int | None = None, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    customers = customers or max(orders // 20, 1)
    pairs = pairs or (3 if orders >= 100_000_000 else 7)
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        whole, half = (
            _lake(folder, "whole", orders, customers, seed),
            _lake(folder, "half", orders // 2, customers // 2, seed),
        )
        runs: Runs = {"local": [], "two": [], "one": []}
        for number in range(pairs):
            order = list(runs) if number % 2 == 0 else list(runs)[::-1]
            for kind in order:
                runs[kind].append(_measured(kind, half if kind == "one" else whole, folder / f"{kind}-{number}"))
        equal = _equal(folder / "local-0", folder / "two-0")
    ratios = {"spark_over_local": ratio(runs["two"], runs["local"]), "weak_scaling": ratio(runs["two"], runs["one"])}
    start, cold = (max(m.result[part] for m in runs["two"]) for part in ("session", "cold"))
    peak = max(m.peak_mb for m in runs["local"] + runs["two"])
    print(f"{machine()}; seed {seed}; {orders:,} orders, {customers:,} customers")
    print(f"  local, two threads               {median(runs['local']):8.2f} s")
    print(f"  Spark, two workers               {median(runs['two']):8.2f} s")
    print(f"  Spark, one worker, half the work {median(runs['one']):8.2f} s")
    print(f"  session start {start:.1f} s, first run in it {cold:.1f} s (longest of {pairs})")
    for label, value in ratios.items():
        print(f"  {label:22} {value}")
    print(f"  results               {'equal' if equal else 'DIFFERENT'}")
    return {
        "ratio": round(ratios["spark_over_local"].value, 4),
        "ratios": {label: value.as_json() for label, value in ratios.items()},
        "peak_mb": peak,
        "orders": orders,
        "customers": customers,
        "session_seconds": round(start, 2),
        "equal": equal,
        "passed": equal,
    }


def _lake(folder: Path, name: str, orders: int, customers: int, seed: int) -> Path:
    facts = folder / "facts.parquet"
    run_job("benchmarks.speed.engine:simulate", facts, orders, customers, seed)
    run_job("benchmarks.speed.engine:make_buckets", facts, folder / name, customers)
    facts.unlink()
    return folder / name


def _measured(kind: str, lake: Path, folder: Path) -> Measured:
    folder.mkdir()
    return run_job(f"{JOB}local", lake, folder) if kind == "local" else run_job(f"{JOB}{kind}", lake, folder)


def _equal(one: Path, other: Path) -> bool:
    return all(
        (one / name).read_bytes() == (other / name).read_bytes() for name in ("customers.parquet", "figures.json")
    )


def local(lake: str, folder: str) -> dict[str, Any]:
    from regulars.runners.local import LocalRunner

    source, rules = _source(lake)
    return _twice(LocalRunner(source, rules, source.last_day, threads=2), Path(folder))


def two(lake: str, folder: str) -> dict[str, Any]:
    return _on_spark(lake, Path(folder), 2)


def one(lake: str, folder: str) -> dict[str, Any]:
    return _on_spark(lake, Path(folder), 1)


def _on_spark(lake: str, folder: Path, workers: int) -> dict[str, Any]:
    from regulars.runners.spark import SparkRunner

    source, rules = _source(lake)
    with _session(folder, workers) as (cluster, seconds):
        runner = SparkRunner(source, rules, source.last_day, cluster, folder=folder)
        return {**_twice(runner, folder), "session": seconds}


@contextmanager
def _session(folder: Path, workers: int) -> Iterator[tuple[Any, float]]:
    from tests.runners.standalone import standalone

    from regulars.runners.spark_session import connected

    with standalone(folder / "cluster", workers) as found:
        began = time.perf_counter()
        with connected(found.url, patience=120) as cluster:
            yield cluster, time.perf_counter() - began


def _source(lake: str) -> tuple[Any, Any]:
    from regulars.engine.parameters import Parameters
    from regulars.runners.lake_source import LakeSource

    return LakeSource.open(lake), Parameters()


def _twice(runner: Any, folder: Path) -> dict[str, Any]:
    """Seconds of the second of two runs (``cold``: of the first), its tables and figures left in ``folder``."""
    from regulars.outputs import write_summary
    from regulars.runners.summary import InputFacts, make_summary
    from regulars.runners.table_file import TableFile

    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        with TableFile(folder / "customers.parquet") as table:
            population = runner.run(table.write)
        seconds.append(time.perf_counter() - began)
    write_summary(make_summary(population, runner.source.names, InputFacts({})), folder / "figures.json")
    return {"seconds": seconds[1], "cold": seconds[0]}
