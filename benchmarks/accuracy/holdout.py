"""The hold-out table on real data: what each model, and the one that is published by default, says of the time after.

    python -m benchmarks.accuracy.holdout [--data ../shared/data]

CDNOW full, 39 weeks against the next 39; Online Retail II up to 2011-06-09 against the next 26 weeks. Models are fitted
on the first part alone, and the default is elected on origins inside it. Gates for the default: nGini and capture
within .005 of the best of the published table or better, |bias| at most that of BG/NBD + 3 points.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import numpy as np

from regulars.engine.probability import backtest
from regulars.engine.probability.backtest import judge
from regulars.engine.probability.metrics import Accuracy
from regulars.engine.probability.purchases import sorted_purchases
from regulars.engine.probability.trials import trial_at

HERE = Path(__file__).resolve()
SETS = {"CDNOW full": ("1997-09-30", 273), "Online Retail II": ("2011-06-09", 182)}
BEST = {"CDNOW full": (0.673, 0.681, 0.143), "Online Retail II": (0.774, 0.831, 0.015)}
NEAR = 0.005


def cdnow(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, day, cents; the published table counts zero amounts as purchases, so they are a cent here."""
    rows = np.loadtxt(folder / "cdnow.txt", dtype=str, skiprows=1)
    day = np.array([f"{d[:4]}-{d[4:6]}-{d[6:]}" for d in rows[:, 1]], dtype="datetime64[D]")
    return rows[:, 0].astype(np.int64), day.astype(np.int64), np.maximum(np.rint(rows[:, 3].astype(float) * 100), 1)


def online_retail(folder: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Customer, day, pence of both sheets, their overlap taken once, lines without a customer left out."""
    import pandas as pd

    first = pd.read_csv(folder / "online-retail-2009-2010.csv.gz", dtype=str)
    first = first.rename(columns={"Price": "UnitPrice", "Customer ID": "CustomerID"})
    second = pd.read_csv(folder / "online-retail-2010-2011.csv.gz", dtype=str)
    columns = ["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"]
    lines = pd.concat([first.loc[first.InvoiceDate < "2010-12-01", columns], second[columns]])
    lines = lines.dropna(subset=["CustomerID"])
    pence = np.rint(lines.Quantity.astype(float) * lines.UnitPrice.astype(float) * 100).to_numpy()
    day = pd.to_datetime(lines.InvoiceDate).to_numpy().astype("datetime64[D]").astype(np.int64)
    return lines.CustomerID.astype(float).astype(np.int64).to_numpy(), day, pence


def line(name: str, figures: Accuracy, coverage: float | None) -> str:
    covered = "" if coverage is None else f"{coverage:9.3f}"
    return (
        f"  {name:22}{figures.wape:7.3f}{figures.rmse:8.3f}{figures.bias:+8.1%}{figures.gini:8.3f}"
        f"{figures.capture:9.3f}{covered}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=HERE.parents[3] / "shared" / "data")
    folder = parser.parse_args().data
    passed, answer = True, {}
    for name, read in (("CDNOW full", cdnow), ("Online Retail II", online_retail)):
        customer, day, value = read(folder)
        cut, horizon = int(np.datetime64(SETS[name][0]).astype(np.int64)), SETS[name][1]
        known = day <= cut
        elected = backtest({"customer": customer[known], "day": day[known], "value": value[known]})
        trial = trial_at(sorted_purchases(customer, day, value), cut, horizon)
        print(f"{name}, {trial.n} customers, {int(trial.days.sum())} purchase days in the next {horizon} days")
        print(f"  {'':22}{'WAPE':>7}{'RMSE':>8}{'bias':>8}{'nGini':>8}{'capture':>9}{'80 % holds':>11}")
        default = None
        for label, model, k in (
            ("BG/NBD", "bg_nbd", 1),
            ("MBG/NBD", "mbg_cnbd_k", 1),
            ("MBG/CNBD-k", "mbg_cnbd_k", None),
            ("Pareto/NBD", "pareto_nbd", 1),
            ("published by default", elected.purchase_model, elected.k),
        ):
            proof = judge([trial], model=model, k=k)
            shown = f"{label} (k = {proof.k})" if model == "mbg_cnbd_k" and k is None else label
            print(line(shown, proof.model, proof.coverage))
            default = proof
        print(line("naive x/T", default.naive, None))
        print(
            f"  default: {elected.purchase_model}, k = {elected.k}; "
            + ", ".join(f"{c.model}-{c.k} {c.out_of_sample:.4f}" for c in elected.choice)
        )
        gini, capture, bias = BEST[name]
        fine = default.model.gini >= gini - NEAR and default.model.capture >= capture - NEAR
        fine = fine and abs(default.model.bias) <= bias + 0.03
        passed &= fine
        answer[name] = {
            "model": elected.purchase_model,
            "k": elected.k,
            "gini": default.model.gini,
            "capture": default.model.capture,
            "bias": default.model.bias,
            "passed": fine,
        }
    print(json.dumps({"accuracy": "holdout", "sets": answer, "passed": bool(passed)}))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
