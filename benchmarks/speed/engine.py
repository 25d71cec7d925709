"""The engine, from a lake to the customers table, against one DuckDB GROUP BY customer over the same facts.

DuckDB reads the facts as one time-ordered Parquet file and groups them by customer (count, sum, first and last day);
the engine reads them from its buckets and computes every metric of every customer and of the population.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.pairs import Ratio, in_turn, machine, median, ratio, run_job

GATES = {10_000_000: 1.5, 100_000_000: 0.7}
PEAK_MB = 2048
MAKING = 2.0


def run(
    orders: int = 10_000_000, customers: int | None = None, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    customers = customers or max(orders // 20, 1)
    pairs = pairs or (3 if orders >= 100_000_000 else 7)
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        facts, lake = folder / "facts.parquet", folder / "lake"
        run_job("benchmarks.speed.engine:simulate", facts, orders, customers, seed)
        making = run_job("benchmarks.speed.engine:make_buckets", facts, lake, customers)
        cold = run_job("benchmarks.speed.engine:ours", lake, folder, NUMBA_CACHE_DIR=str(folder / "kernels"))
        mine, other = in_turn(
            ("benchmarks.speed.engine:ours", lake, folder), ("benchmarks.speed.engine:duckdb", facts), pairs
        )
    ratios = {
        "engine": ratio(mine, other),
        "engine_whole_process": ratio(mine, other, "whole"),
        "making_buckets": Ratio.of([making.work / median(other)]),
    }
    peak = max(m.peak_mb for m in mine)
    gate = GATES.get(orders)
    met = (gate is None or ratios["engine"].value <= gate) and peak <= PEAK_MB
    met = met and (orders < 10_000_000 or ratios["making_buckets"].value <= MAKING)
    print(f"{machine()}; seed {seed}; {orders:,} orders, {customers:,} customers")
    print(f"  GROUP BY        {median(other):8.2f} s   (whole process {median(other, 'whole'):.2f} s)")
    print(
        f"  engine          {median(mine):8.2f} s   (whole process {median(mine, 'whole'):.2f} s, peak {peak:.0f} MB)"
    )
    print(f"  first run ever  {cold.whole:8.2f} s   (kernels compiled)")
    print(f"  making buckets  {making.work:8.2f} s   (peak {making.peak_mb:.0f} MB)")
    for label, value in ratios.items():
        print(f"  {label:22} {value}")
    print(f"  gate            {'none at this size' if gate is None else gate}: {'met' if met else 'MISSED'}")
    return {
        "ratio": round(ratios["engine"].value, 4),
        "ratios": {label: value.as_json() for label, value in ratios.items()},
        "peak_mb": peak,
        "orders": orders,
        "customers": customers,
        "cold_start_seconds": round(cold.whole, 2),
        "passed": met,
    }


def simulate(path: str, orders: str, customers: str, seed: str) -> dict[str, Any]:
    from regulars.simulate import write_facts

    began = time.perf_counter()
    write_facts(Path(path), orders=int(orders), customers=int(customers), seed=int(seed))
    return {"seconds": time.perf_counter() - began}


def make_buckets(facts: str, lake: str, customers: str) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from regulars.lake import Lake

    ids = pa.array([f"C{i:08d}" for i in range(int(customers))])
    began = time.perf_counter()
    made = Lake.create(lake, buckets=64, currency="CNY", durable=False)
    made.bulk_load(pq.ParquetFile(facts, pre_buffer=False).iter_batches(1 << 20), customer_ids=ids)
    return {"seconds": time.perf_counter() - began}


def ours(lake: str, folder: str) -> dict[str, Any]:
    from regulars.engine.parameters import Parameters
    from regulars.lake import Lake
    from regulars.runners.lake_source import LakeSource
    from regulars.runners.local import LocalRunner
    from regulars.runners.table_file import TableFile

    began = time.perf_counter()
    source = LakeSource(Lake.open(lake).snapshot())
    with TableFile(Path(folder) / "customers.parquet") as table:
        population = LocalRunner(source, Parameters(), source.last_day).run(table.write)
    return {"seconds": time.perf_counter() - began, "customers": int(population.sums.sums["all"][0][0])}


def duckdb(facts: str) -> dict[str, Any]:
    import os

    import duckdb

    began = time.perf_counter()
    connection = duckdb.connect()
    connection.execute(f"SET threads = {os.cpu_count()}")
    connection.execute(
        "CREATE TABLE grouped AS SELECT customer_key, count(*), sum(amount), min(day), max(day) "
        f"FROM read_parquet('{facts}') GROUP BY customer_key"
    )
    return {"seconds": time.perf_counter() - began}
