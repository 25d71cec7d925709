"""A day's 100,000 orders, from their file to the published result, against one DuckDB GROUP BY over all facts.

Ours reads the file (CSV), adds it to a lake that holds everything before it, computes every metric of every customer
and of the population anew, and puts customers.parquet and summary.json in their place. DuckDB groups the same facts by
customer (count, sum, first and last day); they lie in one Parquet file in order of time, and the day in a second one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from benchmarks.pairs import in_turn, machine, median, ratio, run_job

GATES = {100_000_000: 2 / 3}
INCREMENT = 100_000
NEW, LATE = 0.05, 0.02
"""Shares of the day's orders by new customers, and dated up to a month back."""
HERE = "benchmarks.speed.increment"


def run(
    orders: int = 100_000_000, customers: int | None = None, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    customers = customers or max(orders // 20, 1)
    pairs = pairs or (3 if orders >= 100_000_000 else 7)
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        run_job("benchmarks.speed.engine:simulate", folder / "facts.parquet", orders, customers, seed)
        run_job("benchmarks.speed.engine:make_buckets", folder / "facts.parquet", folder / "lake", customers)
        run_job(f"{HERE}:make_day", folder, customers, seed)
        cold = run_job(f"{HERE}:ours", folder, NUMBA_CACHE_DIR=str(folder / "kernels"))
        mine, other = in_turn((f"{HERE}:ours", folder), (f"{HERE}:duckdb", folder), pairs)
    ratios = {"increment": ratio(mine, other), "increment_whole_process": ratio(mine, other, "whole")}
    peak = max(m.peak_mb for m in mine)
    gate = GATES.get(orders)
    met = gate is None or ratios["increment"].value <= gate
    stages = {stage: median_of(mine, stage) for stage in ("read", "load", "compute", "publish")}
    print(f"{machine()}; seed {seed}; {orders:,} orders, {customers:,} customers, {INCREMENT:,} orders more")
    print(f"  GROUP BY        {median(other):8.2f} s   (whole process {median(other, 'whole'):.2f} s)")
    print(
        f"  increment       {median(mine):8.2f} s   (whole process {median(mine, 'whole'):.2f} s, peak {peak:.0f} MB)"
    )
    print("  of which        " + ", ".join(f"{stage} {seconds:.2f} s" for stage, seconds in stages.items()))
    print(f"  first run ever  {cold.whole:8.2f} s   (kernels compiled)")
    for label, value in ratios.items():
        print(f"  {label:24} {value}")
    print(f"  gate            {'none at this size' if gate is None else f'{gate:.3f}'}: {'met' if met else 'MISSED'}")
    return {
        "ratio": round(ratios["increment"].value, 4),
        "ratios": {label: value.as_json() for label, value in ratios.items()},
        "peak_mb": peak,
        "orders": orders,
        "customers": customers,
        "increment": INCREMENT,
        "stages": {stage: round(seconds, 3) for stage, seconds in stages.items()},
        "cold_start_seconds": round(cold.whole, 2),
        "passed": met,
    }


def median_of(runs: Any, stage: str) -> float:
    import statistics

    return statistics.median(one.result[stage] for one in runs)


def make_day(folder: str, customers: str, seed: str) -> dict[str, Any]:
    """The day after the last one: as the file a shop exports, and as facts for DuckDB."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    began = time.perf_counter()
    place, known = Path(folder), int(customers)
    rng = np.random.default_rng(int(seed))
    facts = pq.ParquetFile(place / "facts.parquet")
    last = int(facts.read_row_group(facts.num_row_groups - 1, ["day"]).column("day").to_numpy().max()) + 1
    key = rng.integers(0, known, INCREMENT)
    newcomers = np.flatnonzero(rng.random(INCREMENT) < NEW)
    key[newcomers] = known + np.arange(len(newcomers))
    day = np.where(rng.random(INCREMENT) < LATE, last - rng.integers(1, 31, INCREMENT), last).astype(np.int32)
    amount = rng.integers(100, 100_000, INCREMENT)
    profit = amount // 4
    columns = {"customer_key": key.astype(np.int32), "day": day, "amount": amount, "profit": profit}
    pq.write_table(pa.table(columns), place / "day.parquet")
    exported = {
        "order_id": pa.array([f"D{i:07d}" for i in range(INCREMENT)]),
        "customer_id": pa.array([f"C{i:08d}" for i in key]),
        "ordered_at": pa.array(day).cast(pa.date32()),
        "amount": pa.array(amount / 100),
        "profit": pa.array(profit / 100),
    }
    pyarrow.csv.write_csv(pa.table(exported), place / "day.csv")
    return {"seconds": time.perf_counter() - began}


def ours(folder: str) -> dict[str, Any]:
    from regulars.engine.parameters import Parameters
    from regulars.ingest import IngestOptions, read_orders
    from regulars.lake import Lake
    from regulars.outputs import RESULT, write_summary
    from regulars.runners.lake_source import LakeSource
    from regulars.runners.local import LocalRunner
    from regulars.runners.summary import InputFacts, make_summary
    from regulars.runners.table_file import TableFile
    from regulars.staging import staged

    place = Path(folder)
    shutil.rmtree(place / "today", ignore_errors=True)
    shutil.copytree(place / "lake", place / "today", copy_function=os.link)  # files of a lake never change
    clock = [time.perf_counter()]

    def tick() -> None:
        clock.append(time.perf_counter())

    ingested = read_orders([place / "day.csv"], IngestOptions())
    tick()
    lake = Lake.open(place / "today")
    report = lake.load(
        ingested.orders, ingested.lines, ingested.customers, source=ingested.source, content=ingested.content,
        counters=ingested.counters.as_dict(), currency=ingested.currency, products=ingested.products,
    )  # fmt: skip
    tick()
    with staged(place / "result", RESULT, overwrite=True) as result:
        source = LakeSource(lake.snapshot())
        with TableFile(result / "customers.parquet") as table:
            population = LocalRunner(source, Parameters(), source.last_day).run(table.write)
        summary = make_summary(population, source.names, InputFacts(ingested.counters.as_dict()))
        tick()
        write_summary(summary, result / "summary.json")
    tick()
    assert report.new == INCREMENT
    took = [after - before for before, after in pairwise(clock)]
    stages = dict(zip(("read", "load", "compute", "publish"), took, strict=True))
    return {"seconds": clock[-1] - clock[0], **stages, "customers": summary["input"]["customers"]}


def duckdb(folder: str) -> dict[str, Any]:
    import duckdb

    began = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {os.cpu_count()}")
    files = ", ".join(f"'{Path(folder) / name}'" for name in ("facts.parquet", "day.parquet"))
    connection.execute(
        "CREATE TABLE grouped AS SELECT customer_key, count(*), sum(amount), min(day), max(day) "
        f"FROM read_parquet([{files}]) GROUP BY customer_key"
    )
    return {"seconds": time.perf_counter() - began}
