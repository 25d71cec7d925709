"""The figures of the papers on the CDNOW sample, 39 weeks of calibration, to the digits given."""

import csv

import numpy as np
import pytest

from regulars.engine.probability import fit_purchases, fit_spend, summarize

from .conftest import DATA, day_number

pytestmark = pytest.mark.realdata


@pytest.fixture(scope="module")
def weeks():
    """The published summary; its two decimals are sevenths of a week."""
    path = DATA / "cdnow-sample-summary.csv"
    if not path.exists():
        pytest.skip("cdnow-sample-summary.csv is not beside the checkout")
    with path.open() as file:
        rows = list(csv.DictReader(file))
    days = {name: np.rint([float(row[name]) * 7 for row in rows]) for name in ("recency", "T")}
    return {
        "frequency": np.array([int(row["frequency"]) for row in rows]),
        "recency": days["recency"] / 7,
        "T": days["T"] / 7,
    }


@pytest.mark.parametrize(
    ("model", "parameters", "log_likelihood"),
    [
        ("bg_nbd", {"r": 0.24259, "alpha": 4.41360, "a": 0.79292, "b": 2.42591}, -9582.4292),
        ("mbg_cnbd_k", {"r": 0.52484, "alpha": 6.18309, "a": 0.89136, "b": 1.61400}, -9582.1357),
    ],
)
def test_dropout_models(weeks, model, parameters, log_likelihood):
    fit = fit_purchases(weeks, model, time_unit="week")
    assert {name: round(fit.parameters[name], 5) for name in parameters} == parameters
    assert round(fit.log_likelihood, 4) == log_likelihood
    assert fit.converged and fit.warnings == () and fit.n == 2357 and fit.k == 1
    assert fit.gradient_norm < 1e-9


def test_pareto_nbd(weeks):
    fit = fit_purchases(weeks, "pareto_nbd", time_unit="week")
    published = {"r": 0.55328, "alpha": 10.57767, "s": 0.60625, "beta": 11.66902}
    assert {name: fit.parameters[name] for name in published} == pytest.approx(published, abs=3e-4)
    assert round(fit.log_likelihood, 4) == -9594.9762
    assert fit.gradient_norm < 1e-9


def test_pareto_parameters_are_nearer_the_maximum_than_the_published_ones(weeks):
    from regulars.engine.probability.pareto_nbd import ParetoLikelihood
    from regulars.engine.probability.summaries import read_summary

    likelihood = ParetoLikelihood(read_summary(weeks).histories())
    published = np.log([0.55328, 10.57767, 0.60625, 11.66902])
    assert likelihood(published)[0] < fit_purchases(weeks, "pareto_nbd").log_likelihood


def test_gamma_gamma(cdnow_sample):
    customer, day, cents = cdnow_sample
    summary = summarize(customer, day, cents, day_number("1997-09-30"))
    whole_cents = np.floor(summary.monetary_value + 0.5) / 100
    fit = fit_spend({"frequency": summary.frequency, "monetary_value": whole_cents})
    assert fit.n == 946
    assert {name: round(value, 4) for name, value in fit.parameters.items()} == {"p": 6.2488, "q": 3.7446, "v": 15.4477}


def test_purchases_give_the_published_summary(cdnow_sample, weeks):
    customer, day, cents = cdnow_sample
    summary = summarize(customer, day, np.maximum(cents, 1), day_number("1997-09-30"))
    assert len(summary) == 2357
    for name, ours in (("frequency", summary.frequency), ("recency", summary.recency), ("T", summary.T)):
        published = weeks[name] if name == "frequency" else np.rint(weeks[name] * 7)
        assert np.array_equal(ours, published), name
