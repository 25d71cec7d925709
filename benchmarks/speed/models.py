"""Probability models, purchases → CLV, against lifetimes and pymc-marketing (MAP), step by step, in turn, fresh
processes.

The peers are installed by this benchmark alone, into environments of their own beside the checkout's. *Warm* is the
second run of a step in a process that has run it before; *cold* is the first, imports included (for ours with kernels
cached). Data are drawn from a BG/NBD process with gamma-gamma spending, so that all have the same, and the right,
model.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

from benchmarks.pairs import ROOT, Ratio, machine, run_job

STEPS = ("summary", "bg_nbd_fit", "gamma_gamma_fit", "score")
GATES: dict[str, dict[int, float]] = {
    "bg_nbd_fit": {1_000_000: 60.0},
    "gamma_gamma_fit": {1_000_000: 20.0},
    "score": {1_000_000: 300.0},
    "whole": {1_000_000: 25.0},
    "pareto_nbd_fit": {100_000: 30.0},
    "pymc_fit_spend_score": {100_000: 100.0, 1_000_000: 40.0},
}
PARETO_UP_TO = 100_000
PYMC_UP_TO = 1_000_000


def run(
    orders: int | None = None, customers: int | None = 100_000, pairs: int | None = None, seed: int = 1
) -> dict[str, Any]:
    customers, pairs = customers or 100_000, pairs or 7
    with_pareto = customers <= PARETO_UP_TO
    with tempfile.TemporaryDirectory(prefix="regulars-bench-") as name:
        path = Path(name) / "purchases.npz"
        run_job("benchmarks.speed.models:simulate", path, customers, seed)
        runs = [_one_round(path, customers, with_pareto) for _ in range(pairs)]
    ours, lifetimes, pymc = ([r[i] for r in runs] for i in range(3))
    ratios = _ratios(ours, lifetimes, pymc, with_pareto)
    peak = max(o["peak_mb"] for o in ours)
    print(f"{machine()}; seed {seed}; {customers:,} customers, {pairs} rounds; seconds are medians")
    for step in (*STEPS, *(("pareto_nbd_fit",) if with_pareto else ()), "whole"):
        row = [_median(side, step) for side in (ours, lifetimes, *((pymc,) if pymc[0] else ()))]
        print(f"  {step:16}" + "".join(f"{value:10.3f} s" if value is not None else " " * 12 for value in row))
    met = True
    for label, value in ratios.items():
        gate = GATES.get(label, {}).get(customers)
        passed = gate is None or value.value >= gate
        met = met and passed
        print(f"  {label:28} {value}" + (f"   gate {gate:g}: {'met' if passed else 'MISSED'}" if gate else ""))
    print(f"  peak {peak:.0f} MB")
    return {
        "ratio": round(ratios["whole"].value, 4),
        "ratios": {label: value.as_json() for label, value in ratios.items()},
        "peak_mb": peak,
        "customers": customers,
        "passed": met,
    }


def _one_round(path: Path, customers: int, with_pareto: bool) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    mine = run_job("benchmarks.speed.models:ours", path, "pareto" if with_pareto else "none")
    ours = {**mine.result, "peak_mb": mine.peak_mb}
    lifetimes = _peer("peers", "peer_lifetimes.py", path, "pareto" if with_pareto else "none")
    pymc = _peer("peers-pymc", "peer_pymc.py", path) if customers <= PYMC_UP_TO else {}
    for side in (ours, lifetimes, pymc):
        if side:
            side["whole"] = sum(side[step] for step in STEPS)
            side["fit_spend_score"] = side["whole"] - side["summary"]
    return ours, lifetimes, pymc


def _ratios(
    ours: list[dict[str, Any]], lifetimes: list[dict[str, Any]], pymc: list[dict[str, Any]], with_pareto: bool
) -> dict[str, Ratio]:
    def against(other: list[dict[str, Any]], step: str, mine: str | None = None) -> Ratio:
        return Ratio.of([b[step] / a[mine or step] for a, b in zip(ours, other, strict=True)])

    ratios = {step: against(lifetimes, step) for step in (*STEPS, "whole")}
    if with_pareto:
        ratios["pareto_nbd_fit"] = against(lifetimes, "pareto_nbd_fit")
    if pymc[0]:
        ratios["pymc_fit_spend_score"] = against(pymc, "fit_spend_score")
        cold = [
            (p["import"] + sum(p[f"{s}_cold"] for s in STEPS)) / (o["import"] + o["whole_cold"])
            for o, p in zip(ours, pymc, strict=True)
        ]
        ratios["pymc_cold_whole"] = Ratio.of(cold)
    cold = [(p["import"] + p["whole"]) / (o["import"] + o["whole_cold"]) for o, p in zip(ours, lifetimes, strict=True)]
    return {**ratios, "lifetimes_cold_whole": Ratio.of(cold)}


def _median(side: list[dict[str, Any]], step: str) -> float | None:
    values = [one[step] for one in side if step in one]
    return statistics.median(values) if values else None


def _peer(requirements: str, script: str, *arguments: object) -> dict[str, Any]:
    python = _environment(requirements)
    done = subprocess.run(
        [python, ROOT / "benchmarks" / "speed" / script, *map(str, arguments)],
        stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _environment(requirements: str) -> Path:
    """An environment with one peer, made once."""
    folder = ROOT / f".venv-{requirements}"
    python = folder / "bin" / "python"
    if not (folder / ".ready").exists():
        print(f"Installing requirements/{requirements}.txt …", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        pins = ROOT / "requirements" / f"{requirements}.txt"
        subprocess.run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", pins], check=True)
        (folder / ".ready").touch()
    return python


def simulate(path: str, customers: str, seed: str) -> dict[str, Any]:
    import numpy as np

    from regulars.simulate import simulate_histories

    drawn = simulate_histories("bg_nbd", int(customers), 730, int(seed), births=365)
    random = np.random.default_rng(int(seed))
    level = 15.4 / random.gamma(3.7, 1.0, int(customers))
    value = np.round(random.gamma(6.25, level[drawn.customer]) + 0.01, 2)
    np.savez(path, customer=drawn.customer, day=np.floor(drawn.time).astype(np.int32), value=value)
    return {"seconds": 0.0}


def ours(path: str, with_pareto: str) -> dict[str, Any]:
    import time

    seconds: dict[str, Any] = {}
    began = time.perf_counter()
    import numpy as np

    from regulars.engine.probability import fit_purchases, fit_spend, score, summarize

    seconds["import"] = time.perf_counter() - began
    rows = np.load(path)
    customer, day, value = rows["customer"], rows["day"], rows["value"]

    def steps() -> None:
        marks = [time.perf_counter()]
        summary = summarize(customer, day, value, int(day.max()))
        marks.append(time.perf_counter())
        fit = fit_purchases(summary, "bg_nbd")
        marks.append(time.perf_counter())
        spend = fit_spend(summary)
        marks.append(time.perf_counter())
        scores = score(summary, fit, spend)
        for column in ("p_alive", "expected_purchases_365", "clv_12m"):
            scores[column]
        marks.append(time.perf_counter())
        seconds.update(dict(zip(STEPS, np.diff(marks).tolist(), strict=True)))
        if with_pareto == "pareto":
            start = time.perf_counter()
            fit_purchases(summary, "pareto_nbd")
            seconds["pareto_nbd_fit"] = time.perf_counter() - start

    steps()
    seconds["whole_cold"] = sum(seconds[step] for step in STEPS)
    steps()
    return {"seconds": sum(seconds[step] for step in STEPS), **seconds}
