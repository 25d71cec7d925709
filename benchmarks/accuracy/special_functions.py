"""Scores against 40-digit arithmetic over the whole range of parameters and histories.

    python -m benchmarks.accuracy.special_functions [--draws 20000] [--processes 2]

r, alpha, a (or s), b (or beta) log-uniform in [1e-3, 1e3], x in 0..10^4, 0 <= t_x <= T <= 10^4 days, horizons 1..3,650
days; half of the draws of x and T are log-uniform. Exits non-zero above 1e-10 relative error, or on anything that is
not finite or is negative. Chances below 1e-290 only have to be finite and at least 0.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import sys

import numpy as np

from benchmarks.accuracy import exact
from regulars.engine.probability import PurchaseFit, score

LIMIT = 1e-10
TINY = 1e-290
NAMES = ("p_alive", "expected", "p_active")


def draws(count: int, seed: int) -> list[tuple[float, ...]]:
    """Rows of four parameters, x, t_x, T and h."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        parameters = 10.0 ** rng.uniform(-3, 3, 4)
        x = int(rng.integers(0, 10_001)) if i % 2 else int(10 ** rng.uniform(0, 4)) - 1
        age = float(rng.uniform(0, 1e4)) if i % 4 < 2 else float(10 ** rng.uniform(-1, 4))
        recency = float(age * rng.random()) if x else 0.0
        rows.append((*map(float, parameters), x, recency, age, int(rng.integers(1, 3651))))
    return rows


def fitted(model: str, parameters: tuple[float, ...]) -> PurchaseFit:
    names = ("r", "alpha", "s", "beta") if model == "pareto_nbd" else ("r", "alpha", "a", "b")
    return PurchaseFit(model, dict(zip(names, parameters, strict=True)), {}, 0.0, 0.0, 1.0, (), True, 1, 1)


def ours(model: str, row: tuple[float, ...]) -> tuple[float, float, float]:
    *parameters, x, recency, age, h = row
    summary = {"frequency": [int(x)], "recency": [recency], "T": [age]}
    scores = score(summary, fitted(model, tuple(parameters)), horizons=[int(h)])
    return tuple(float(scores[name][0]) for name in ("p_alive", f"expected_purchases_{h}", f"p_active_{h}"))


def reference(model: str, row: tuple[float, ...]) -> tuple[float, ...]:
    if model == "pareto_nbd":
        return exact.pareto(*row)
    return exact.dropout(*row, after_first=model == "mbg_cnbd_k")


def judge(task: tuple[str, tuple[float, ...]]) -> tuple[str, list[float], bool]:
    """Model, relative errors of the three scores, and whether all are finite and not negative."""
    model, row = task
    got, want = ours(model, row), reference(model, row)
    errors = [float(abs(g / w - 1)) if w > TINY else 0.0 for g, w in zip(got, want, strict=True)]
    return model, errors, all(math.isfinite(g) and g >= 0.0 for g in got)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=20_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    models = ("bg_nbd", "mbg_cnbd_k", "pareto_nbd")
    worst = {model: [0.0, 0.0, 0.0] for model in models}
    sound = True
    print(f"{'model':12}" + "".join(f"{name:>14}" for name in NAMES) + f"   {options.draws} draws each")
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for i, model in enumerate(models):
            tasks = [(model, row) for row in draws(options.draws, i + 1)]
            for _, errors, fine in pool.imap_unordered(judge, tasks, chunksize=64):
                worst[model] = [max(pair) for pair in zip(worst[model], errors, strict=True)]
                sound = sound and fine
            print(f"{model:12}" + "".join(f"{error:14.2e}" for error in worst[model]), flush=True)
    passed = sound and max(max(errors) for errors in worst.values()) <= LIMIT
    print(json.dumps({"accuracy": "special_functions", "worst": worst, "sound": sound, "passed": passed}))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
