"""The scores of lifetimes 0.11.3 at equal parameters (golden/README.md says how the file was made)."""

import json
from pathlib import Path

import numpy as np
import pytest

from regulars.engine.probability import score
from regulars.engine.probability.collapse import collapse_indexed
from regulars.engine.probability.future import Future
from regulars.engine.probability.value import Discounting

from .fits import purchase_fit, spend_fit

GOLDEN = json.loads((Path(__file__).parent / "golden" / "lifetimes.json").read_text())
SUMMARY = {name: np.array(values) for name, values in GOLDEN["summary"].items()}
SPEND = spend_fit(GOLDEN["spend"]["parameters"])
CASES = [pytest.param(case, id=f"{case['model']}-{i}") for i, case in enumerate(GOLDEN["cases"])]
SAME = {"rtol": 1e-10, "atol": 0.0}


@pytest.mark.parametrize("case", CASES)
def test_scores_are_the_same(case):
    scores = score(SUMMARY, purchase_fit(case["model"], case["parameters"]), SPEND)
    np.testing.assert_allclose(scores["p_alive"], case["p_alive"], **SAME)
    for h, expected in zip(GOLDEN["horizons"], case["expected"], strict=True):
        np.testing.assert_allclose(scores[f"expected_purchases_{h}"], expected, **SAME)


@pytest.mark.parametrize("case", CASES)
def test_value_is_the_same_with_the_same_months(case):
    scores = score(SUMMARY, purchase_fit(case["model"], case["parameters"]), SPEND)
    months = np.arange(1.0, 13.0)
    plan = Discounting(30.0 * months, 1.008**-months)
    purchases = scores.future.mixed((scores.future.means_if_alive(plan.days) @ plan.weights)[..., None])[scores.row, 0]
    np.testing.assert_allclose(scores["expected_spend"] * purchases, case["clv"], **SAME)


def test_expected_spend_is_the_same():
    fit = purchase_fit("bg_nbd", GOLDEN["cases"][0]["parameters"])
    np.testing.assert_allclose(score(SUMMARY, fit, SPEND)["expected_spend"], GOLDEN["spend"]["expected"], **SAME)


@pytest.mark.parametrize("case", [case for case in GOLDEN["cases"] if "probability_of_n" in case])
def test_distribution_of_pareto_counts_is_the_same(case):
    histories, row = collapse_indexed(SUMMARY["frequency"], SUMMARY["recency"], SUMMARY["T"])
    future = Future(purchase_fit(case["model"], case["parameters"]), histories)
    one = np.ones(1, dtype=np.int64)
    for i, chances in enumerate(case["probability_of_n"]):
        for n, chance in enumerate(chances):
            ours = future.log_predictive(np.array([row[i]], dtype=np.int64), np.array([n]), one, 90.0)
            assert np.exp(ours) == pytest.approx(chance, rel=1e-10)
