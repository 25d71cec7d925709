"""Parameters, totals and intervals from data that the models themselves made, over many seeds.

    python -m benchmarks.accuracy.recovery [--seeds 200] [--customers 10000] [--processes 2]

For each process and seed: a fit at ages of 200 to 700 days, and the year after it. Printed are the mean error of each
parameter in standard errors (z), the share of 95 % intervals of parameters that hold the truth, the bias of the total
of purchases, the coverage of the 80 % intervals of purchase days over all customers and over those with more than eight
expected, and how often money passes its upper limit where anything above nothing is likely. Exits non-zero when a mean
z is beyond 0.5, a parameter's coverage is outside 88-99 %, a mean bias is beyond 1 %, the interval coverage is under
80 %, or the money limit is passed outside 8-12 %.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys

import numpy as np

from regulars.engine.probability import fit_purchases, fit_spend, score
from regulars.engine.probability.processes import simulate

TRUTH = {
    "bg_nbd": {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.5},
    "mbg_cnbd_k": {"k": 3, "r": 1.2, "alpha": 15.0, "a": 0.7, "b": 2.0},
    "pareto_nbd": {"r": 0.8, "alpha": 50.0, "s": 0.9, "beta": 200.0},
}
SPEND = {"p": 5.0, "q": 3.5, "v": 1500.0}


def one_seed(task: tuple[str, int, int]) -> tuple[str, dict[str, float]]:
    """Figures of one simulated shop."""
    model, seed, customers = task
    truth = TRUTH[model]
    process = simulate(model, truth, customers=customers, until=1065.0, seed=seed)
    rng = np.random.default_rng(seed + 10**6)
    age = rng.integers(200, 700, customers).astype(float)
    summary = process.summary(age)
    came = process.count(age, age + 365.0)
    scale = 1.0 / rng.gamma(SPEND["q"], 1.0 / SPEND["v"], customers)
    past, later = (rng.gamma(np.maximum(SPEND["p"] * n, 1e-9)) * scale * (n > 0) for n in (summary["frequency"], came))
    summary["monetary_value"] = past / np.maximum(summary["frequency"], 1)
    fit, spend = fit_purchases(summary, model), fit_spend(summary)
    scores = score(summary, fit, spend, yearly_rate=0.0)
    mean = scores["expected_purchases_365"]
    low, high = scores["expected_purchases_365_low"], scores["expected_purchases_365_high"]
    inside, busy = (came >= low) & (came <= high), mean > 8
    ceiling = scores.future.quantiles(np.array([365.0]), (0.9,))[scores.row, 0, 0]
    figures = {"k": float(fit.k == truth.get("k", 1)), "bias": float(mean.sum() / came.sum() - 1)}
    for found, wanted in ((fit, truth), (spend, SPEND)):
        for name, value in wanted.items():
            if name != "k":
                figures[f"z {name}"] = (found.parameters[name] - value) / found.standard_errors[name]
    figures["coverage"] = float(inside.mean())
    figures["coverage busy"] = float(inside[busy].mean()) if busy.any() else float("nan")
    possible = ceiling > 0
    figures["money above"] = float((later > scores["clv_12m_high"])[possible].mean())
    return model, figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--customers", type=int, default=10_000)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    tasks = [(model, seed, options.customers) for model in TRUTH for seed in range(options.seeds)]
    found: dict[str, list[dict[str, float]]] = {model: [] for model in TRUTH}
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for model, figures in pool.imap_unordered(one_seed, tasks, chunksize=4):
            found[model].append(figures)
    passed, answer = True, {}
    for model, rows in found.items():
        columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
        means = {name: float(np.nanmean(column)) for name, column in columns.items()}
        holds = {n: float((abs(c) < 1.96).mean()) for n, c in columns.items() if n.startswith("z ")}
        answer[model] = {"means": means, "intervals hold": holds}
        print(model, f"{len(rows)} seeds of {options.customers} customers")
        for name, mean in means.items():
            extra = f"   95 % interval holds the truth: {holds[name]:.1%}" if name in holds else ""
            print(f"  {name:14}{mean:9.4f}{extra}")
        passed &= all(abs(means[name]) <= 0.5 and 0.88 <= share <= 0.99 for name, share in holds.items())
        passed &= abs(means["bias"]) <= 0.01 and means["coverage"] >= 0.8 and 0.08 <= means["money above"] <= 0.12
        passed &= means["k"] >= 0.99
    print(json.dumps({"accuracy": "recovery", "found": answer, "passed": bool(passed)}))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
