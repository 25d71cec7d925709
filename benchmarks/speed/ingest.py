"""Reading a messy CSV of a million rows into canonical facts, against the time pyarrow takes to read it as strings.

Eight columns with Chinese headers: order number, customer, time, paid amount with ¥ and thousands separators, status,
channel, product, quantity; one row in a hundred cannot be used.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.pairs import in_turn, machine, median, ratio, run_job

GATE = 3.0


def run(
    orders: int = 1_000_000, customers: int | None = None, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        path = Path(name) / "messy.csv"
        write_messy(path, orders, customers or max(orders // 10, 1), seed)
        size = path.stat().st_size / 1e6
        cold = run_job("benchmarks.speed.ingest:ours", path, NUMBA_CACHE_DIR=str(Path(name) / "kernels"))
        mine, other = in_turn(
            ("benchmarks.speed.ingest:ours", path), ("benchmarks.speed.ingest:strings", path), pairs or 7
        )
    found = ratio(mine, other)
    peak = max(m.peak_mb for m in mine)
    met = found.value <= GATE
    print(f"{machine()}; seed {seed}; {orders:,} rows, {size:.0f} MB")
    print(f"  pyarrow, all strings  {median(other):6.2f} s")
    print(f"  read_orders           {median(mine):6.2f} s   (peak {peak:.0f} MB, first run ever {cold.whole:.2f} s)")
    print(f"  ratio                 {found}   gate {GATE}: {'met' if met else 'MISSED'}")
    return {
        "ratio": round(found.value, 4),
        "ratios": {"ingest": found.as_json(), "ingest_whole_process": ratio(mine, other, "whole").as_json()},
        "peak_mb": peak,
        "rows": orders,
        "cold_start_seconds": round(cold.whole, 2),
        "passed": met,
    }


def write_messy(path: Path, rows: int, customers: int, seed: int) -> None:
    """The same file for the same seed."""
    import numpy as np

    random = np.random.default_rng(seed)
    customer = random.integers(0, customers, rows)
    day = np.sort(random.integers(0, 730 * 86_400, rows)) + 1_640_966_400
    cents = np.exp(random.normal(9.5, 1.2, rows)).astype(np.int64) + 1
    status = np.array(["交易成功", "交易成功", "交易成功", "已发货", "交易关闭"])[random.integers(0, 5, rows)]
    channel = np.array(["天猫旗舰店", "微信小程序", "抖音", "门店"])[random.integers(0, 4, rows)]
    product = random.integers(0, 300, rows)
    quantity = random.integers(1, 6, rows)
    bad = random.random(rows) < 0.01
    times = day.astype("datetime64[s]").astype(str)
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("订单编号,买家昵称,下单时间,实付金额,订单状态,渠道,商品名称,数量\n")
        for start in range(0, rows, 50_000):
            lines = []
            for i in range(start, min(start + 50_000, rows)):
                amount = "面议" if bad[i] else f'"¥{cents[i] // 100:,}.{cents[i] % 100:02d}"'
                when = times[i].replace("T", " ")
                lines.append(
                    f"{10_000_000 + i},顾客{customer[i]:07d},{when},{amount},{status[i]},{channel[i]},"
                    f"商品{product[i]:03d},{quantity[i]}\n"
                )
            out.write("".join(lines))


def ours(path: str) -> dict[str, Any]:
    from datetime import date

    from regulars.ingest import IngestOptions, read_orders

    began = time.perf_counter()
    read = read_orders([Path(path)], IngestOptions(today=date(2026, 1, 1)))
    return {"seconds": time.perf_counter() - began, "orders": read.orders.num_rows}


def strings(path: str) -> dict[str, Any]:
    import pyarrow as pa
    from pyarrow import csv

    with open(path, encoding="utf-8") as stream:
        names = stream.readline().strip().split(",")
    began = time.perf_counter()
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())))
    return {"seconds": time.perf_counter() - began, "rows": table.num_rows}
