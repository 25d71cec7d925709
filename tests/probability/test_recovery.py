"""Parameters and predictions come back from data that the models themselves made."""

import numpy as np
import pytest

from regulars.engine.probability import fit_purchases, fit_spend, score
from regulars.engine.probability.processes import simulate, simulate_values

TRUTH = {
    "bg_nbd": {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.5},
    "mbg_cnbd_k": {"k": 3, "r": 1.2, "alpha": 15.0, "a": 0.7, "b": 2.0},
    "pareto_nbd": {"r": 0.8, "alpha": 50.0, "s": 0.9, "beta": 200.0},
}
CUSTOMERS, UNTIL = 20_000, 1065.0
SPEND = {"p": 5.0, "q": 3.5, "v": 1500.0}


@pytest.fixture(scope="module", params=TRUTH)
def drawn(request):
    process = simulate(request.param, TRUTH[request.param], customers=CUSTOMERS, until=UNTIL, seed=17)
    age = np.random.default_rng(5).integers(200, 700, CUSTOMERS).astype(float)
    return request.param, process, age, process.summary(age)


@pytest.fixture(scope="module")
def fitted(drawn):
    return fit_purchases(drawn[3], drawn[0])


def test_parameters_come_back(drawn, fitted):
    model, truth = drawn[0], TRUTH[drawn[0]]
    assert fitted.k == truth.get("k", 1)
    assert fitted.converged and fitted.warnings == ()
    for name, value in truth.items():
        if name != "k":
            assert abs(fitted.parameters[name] - value) < 4 * fitted.standard_errors[name], (model, name)


def test_predictions_are_calibrated(drawn, fitted):
    _, process, age, summary = drawn
    scores = score(summary, fitted)
    came = process.count(age, age + 365.0)
    assert scores["expected_purchases_365"].sum() == pytest.approx(came.sum(), rel=0.04)
    stays = process.end > age
    assert scores["p_alive"].mean() == pytest.approx(stays.mean(), abs=0.02)
    for days in (30, 90, 365):
        chance, bought = scores[f"p_active_{days}"], process.count(age, age + days) > 0
        for low in (0.0, 0.2, 0.4, 0.6, 0.8):
            rows = (chance >= low) & (chance < low + 0.2)
            if rows.sum() > 200:
                spread = 5 * np.sqrt(0.25 / rows.sum())
                assert chance[rows].mean() == pytest.approx(bought[rows].mean(), abs=spread)


def test_intervals_cover(drawn, fitted):
    _, process, age, summary = drawn
    scores = score(summary, fitted)
    for days in (30, 90, 365):
        came = process.count(age, age + days)
        low, high = scores[f"expected_purchases_{days}_low"], scores[f"expected_purchases_{days}_high"]
        inside = (came >= low) & (came <= high)
        assert inside.mean() >= 0.8
        busy = scores[f"expected_purchases_{days}"] > 8
        if busy.sum() > 500:
            assert 0.78 <= inside[busy].mean() <= 0.93


def test_quantiles_of_counts_are_those_of_the_process(drawn, fitted):
    """Not more than 10 % above the 90 % quantile, and not fewer than 90 % at most it."""
    _, process, age, summary = drawn
    scores = score(summary, fitted)
    came = process.count(age, age + 365.0)
    ninety = scores.future.quantiles(np.array([365.0]), (0.1, 0.9))[scores.row, 0]
    assert (came > ninety[:, 1]).mean() <= 0.107
    assert (came < ninety[:, 0]).mean() <= 0.107


def test_gamma_gamma_comes_back():
    days = np.random.default_rng(3).geometric(0.25, 20_000)
    mean, truth = simulate_values(SPEND, days, seed=9)
    fit = fit_spend({"frequency": days, "monetary_value": mean})
    for name, value in SPEND.items():
        assert abs(fit.parameters[name] - value) < 4 * fit.standard_errors[name], name
    assert fit.converged and fit.warnings == () and fit.statistic == "mean"
    assert np.isfinite(truth).all()


def test_money_interval_covers(drawn, fitted):
    """Money of the next year, from the process and Gamma-Gamma, passes its quantiles as often as it should."""
    _, process, age, summary = drawn
    past_days, came = summary["frequency"], process.count(age, age + 365.0)
    rng = np.random.default_rng(23)
    scale = 1.0 / rng.gamma(SPEND["q"], 1.0 / SPEND["v"], CUSTOMERS)
    past, future = (rng.gamma(np.maximum(SPEND["p"] * n, 1e-9)) * scale * (n > 0) for n in (past_days, came))
    known = {**summary, "monetary_value": past / np.maximum(past_days, 1)}
    scores = score(known, fitted, fit_spend(known), yearly_rate=0.0)
    low, high = (bound[scores.row] for bound in scores._money_units.T)
    unit = scores.spend.parameters["v"] + past
    possible = high > 0  # else even the 90 % quantile is that nobody comes
    for outside, rows in ((future > high * unit, possible), (future < low * unit, low > 0)):
        assert rows.sum() > 200
        assert outside[rows].mean() == pytest.approx(0.1, abs=0.008 + 3 * np.sqrt(0.09 / rows.sum()))
    assert scores["clv_12m"].sum() == pytest.approx(future.sum(), rel=0.06)


def test_simulation_is_repeatable():
    one, two = (simulate("bg_nbd", TRUTH["bg_nbd"], customers=50, until=300.0, seed=4) for _ in range(2))
    assert np.array_equal(one.time, two.time) and np.array_equal(one.customer, two.customer)
    other = simulate("bg_nbd", TRUTH["bg_nbd"], customers=50, until=300.0, seed=5)
    assert not np.array_equal(one.time[:10], other.time[:10])
