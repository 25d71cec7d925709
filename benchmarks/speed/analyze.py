"""The whole command on a real file: first sheet of Online Retail II (525,461 order lines), from file to report.

The reference is pandas reading the same file and grouping it by customer: what an analyst would wait for anyway.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.pairs import ROOT, in_turn, machine, median, ratio, run_job

FILE = ROOT.parent / "shared" / "data" / "online-retail-2009-2010.csv.gz"


def run(
    orders: int | None = None, customers: int | None = None, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    if not FILE.is_file():
        raise SystemExit(f"{FILE.name} is not beside the checkout; see the page on benchmarks.")
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        folder = Path(name)
        cold = run_job("benchmarks.speed.analyze:ours", FILE, folder, NUMBA_CACHE_DIR=str(folder / "kernels"))
        mine, other = in_turn(
            ("benchmarks.speed.analyze:ours", FILE, folder), ("benchmarks.speed.analyze:grouped", FILE), pairs or 7
        )
    found = ratio(mine, other)
    peak = max(m.peak_mb for m in mine)
    print(f"{machine()}; {FILE.name}")
    print(f"  pandas read + groupby  {median(other):6.2f} s")
    print(
        f"  whole command          {median(mine):6.2f} s   (process {median(mine, 'whole'):.2f} s, peak {peak:.0f} MB)"
    )
    print(f"  first run ever         {cold.whole:6.2f} s")
    print(f"  ratio                  {found}")
    return {
        "ratio": round(found.value, 4),
        "ratios": {"analyze": found.as_json(), "analyze_whole_process": ratio(mine, other, "whole").as_json()},
        "peak_mb": peak,
        "warm_seconds": round(median(mine), 2),
        "cold_start_seconds": round(cold.whole, 2),
        "passed": True,
    }


def ours(path: str, folder: str) -> dict[str, Any]:
    from regulars.analyzing import Run
    from regulars.engine.parameters import Parameters
    from regulars.ingest import IngestOptions
    from regulars.outputs import analyze_to

    began = time.perf_counter()
    out = Path(folder) / "result"
    analysis = analyze_to([Path(path)], Run(Parameters(), IngestOptions()), out, lang="en", overwrite=True)
    return {"seconds": time.perf_counter() - began, "customers": analysis.customers.num_rows}


def grouped(path: str) -> dict[str, Any]:
    import pandas

    began = time.perf_counter()
    table = pandas.read_csv(path, parse_dates=["InvoiceDate"])
    table["amount"] = table["Quantity"] * table["Price"]
    by_customer = table.groupby("Customer ID").agg(
        {"Invoice": "nunique", "amount": "sum", "InvoiceDate": ["min", "max"]}
    )
    return {"seconds": time.perf_counter() - began, "customers": len(by_customer)}
