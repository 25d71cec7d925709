"""Likelihoods: derivatives, invariance to order, weights and time units, and agreement with plain formulas."""

import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import betaln, gammaln

from regulars.engine.probability import fit_purchases, fit_spend
from regulars.engine.probability.collapse import collapse
from regulars.engine.probability.dropout_likelihood import DropoutLikelihood, gap_terms
from regulars.engine.probability.gamma_gamma import SpendLikelihood, merge_tallies, tally_spend
from regulars.engine.probability.models import log_likelihood
from regulars.engine.probability.pareto_nbd import ParetoLikelihood
from regulars.engine.probability.processes import simulate

from .fits import made_up_summary, purchase_fit

SUMMARY = made_up_summary()
HISTORIES = collapse(SUMMARY["frequency"], SUMMARY["recency"], SUMMARY["T"])
LIKELIHOODS = {
    "bg": DropoutLikelihood(HISTORIES, k=1, after_first=False),
    "mbg": DropoutLikelihood(HISTORIES, k=1, after_first=True),
    "cnbd-2": DropoutLikelihood(HISTORIES, k=2, after_first=True),
    "cnbd-5": DropoutLikelihood(HISTORIES, k=5, after_first=True),
    "pareto": ParetoLikelihood(HISTORIES),
    "spend": SpendLikelihood(tally_spend(SUMMARY["frequency"], SUMMARY["monetary_value"])),
}


@pytest.mark.parametrize("name", LIKELIHOODS)
@pytest.mark.parametrize("alpha", [8.0, 70.0])
def test_derivatives(name, alpha):
    likelihood = LIKELIHOODS[name]
    point = np.log([0.7, alpha, 0.9, 40.0 if name == "pareto" else 2.1])
    if name == "spend":
        point = np.log([2.0, 1.7, 30.0 * alpha])
    _, gradient, hessian = likelihood(point)
    step = 1e-5
    for i in range(len(point)):
        ahead, behind = point.copy(), point.copy()
        ahead[i] += step
        behind[i] -= step
        (value_ahead, slope_ahead, _), (value_behind, slope_behind, _) = likelihood(ahead), likelihood(behind)
        scale = 1.0 + np.abs(gradient).max()
        assert (value_ahead - value_behind) / (2 * step) == pytest.approx(gradient[i], abs=1e-5 * scale)
        bend = (slope_ahead - slope_behind) / (2 * step)
        np.testing.assert_allclose(bend, hessian[i], atol=1e-6 * (1.0 + np.abs(hessian).max()))


def plain_dropout(x, t_x, age, parameters, k, after_first):
    """ln L of one history straight from the formula on top of bgnbd.py and cnbd.py, without the gaps' factors."""
    r, alpha, a, b = parameters
    shape = r + k * x
    first = 1 if after_first else 0
    rate = gammaln(shape) - gammaln(r) + r * math.log(alpha)
    stages = sum(
        (age - t_x) ** j / math.factorial(j) * math.exp(gammaln(shape + j) - gammaln(shape)) / (alpha + age) ** j
        for j in range(k)
    )
    stayed = math.exp(betaln(a, b + x + first) - betaln(a, b)) * stages * (alpha + age) ** -shape
    left = math.exp(betaln(a + 1, b + x + first - 1) - betaln(a, b)) * (alpha + t_x) ** -shape if x + first else 0.0
    return rate + math.log(stayed + left)


@pytest.mark.parametrize(("name", "k", "after_first"), [("bg", 1, False), ("mbg", 1, True), ("cnbd-5", 5, True)])
def test_dropout_likelihood_is_the_formula(name, k, after_first):
    parameters = (0.7, 30.0, 0.9, 2.1)
    rows = zip(SUMMARY["frequency"], SUMMARY["recency"], SUMMARY["T"], strict=True)
    plain = sum(plain_dropout(int(x), t_x, age, parameters, k, after_first) for x, t_x, age in rows)
    assert LIKELIHOODS[name](np.log(parameters))[0] == pytest.approx(plain, rel=1e-12)


def test_pareto_likelihood_is_the_formula():
    r, alpha, s, beta = 0.6, 40.0, 0.7, 55.0
    total = 0.0
    few = {name: column[:40] for name, column in SUMMARY.items()}
    for x, t_x, age in zip(few["frequency"], few["recency"], few["T"], strict=True):
        left = quad(lambda t, x=x: (alpha + t) ** -(r + x) * (beta + t) ** -(s + 1), t_x, age, epsrel=1e-12)[0]
        stayed = (alpha + age) ** -(r + x) * (beta + age) ** -s
        front = gammaln(r + x) - gammaln(r) + r * math.log(alpha) + s * math.log(beta)
        total += front + math.log(stayed + s * left)
    likelihood = ParetoLikelihood(collapse(few["frequency"], few["recency"], few["T"]))
    assert likelihood(np.log([r, alpha, s, beta]))[0] == pytest.approx(total, rel=1e-10)


def test_chances_of_all_histories_add_up_to_one():
    """Integrating the likelihood of (x, t_x) over everything that can happen by T gives 1, for every model and k."""
    age = 30.0
    for fit in (
        purchase_fit("bg_nbd", {"r": 0.5, "alpha": 20.0, "a": 0.9, "b": 2.0}),
        purchase_fit("mbg_cnbd_k", {"r": 0.5, "alpha": 20.0, "a": 0.9, "b": 2.0}),
        purchase_fit("mbg_cnbd_k", {"r": 0.8, "alpha": 9.0, "a": 0.9, "b": 2.0}, k=3),
        purchase_fit("pareto_nbd", {"r": 0.5, "alpha": 20.0, "s": 0.7, "beta": 25.0}),
    ):
        total = math.exp(log_likelihood(fit, collapse(np.array([0]), np.array([0.0]), np.array([age]))))
        for x in range(1, 60):

            def density(t_x, x=x, fit=fit):
                one = collapse(np.array([x]), np.array([t_x]), np.array([age]))
                order = (x - 1) * math.log(t_x) - math.lgamma(x)
                return math.exp(log_likelihood(fit, one) + order)

            part = quad(density, 0, age, epsrel=1e-9, limit=200)[0]
            total += part
            if part < 1e-9:
                break
        assert total == pytest.approx(1.0, abs=1e-6), fit


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_cnbd_k", "pareto_nbd"])
@pytest.mark.parametrize("whole", [True, False])
def test_order_of_rows_changes_nothing(model, whole):
    summary = made_up_summary(whole=whole)
    order = np.random.default_rng(1).permutation(len(summary["T"]))
    shuffled = {name: column[order] for name, column in summary.items()}
    assert fit_purchases(summary, model) == fit_purchases(shuffled, model)
    assert fit_spend(summary) == fit_spend(shuffled)


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_cnbd_k", "pareto_nbd"])
def test_weights_stand_for_customers(model):
    half = {name: column[:200] for name, column in SUMMARY.items()}
    twice = {name: np.concatenate([column, column]) for name, column in half.items()}
    heavy = collapse(half["frequency"], half["recency"], half["T"], weight=np.full(200, 2))
    assert fit_purchases(heavy, model) == fit_purchases(twice, model)


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_cnbd_k", "pareto_nbd"])
def test_weeks_are_seven_days(model):
    days = simulate("bg_nbd", {"r": 0.6, "alpha": 40.0, "a": 0.8, "b": 2.5}, customers=3000, until=500.0, seed=2)
    days = days.summary(500.0)
    weeks = {"frequency": days["frequency"], "recency": days["recency"] / 7, "T": days["T"] / 7}
    by_day, by_week = fit_purchases(days, model, k=1), fit_purchases(weeks, model, k=1, time_unit="week")
    for name, value in by_day.parameters.items():
        scale = 7.0 if name in ("alpha", "beta") else 1.0
        assert by_week.parameters[name] * scale == pytest.approx(value, rel=1e-4), name
    repeats = days["frequency"].sum()
    assert by_week.log_likelihood - repeats * math.log(7) == pytest.approx(by_day.log_likelihood, rel=1e-9)


def test_tallies_merge():
    x, m = SUMMARY["frequency"], SUMMARY["monetary_value"]
    merged = merge_tallies(tally_spend(x[:150], m[:150]), tally_spend(x[150:], m[150:]))
    point = np.log([2.0, 3.0, 900.0])
    assert SpendLikelihood(merged)(point)[0] == pytest.approx(LIKELIHOODS["spend"](point)[0], rel=1e-13)
    assert fit_spend(merged) == fit_spend(SUMMARY)


def test_gap_terms_of_the_summary_and_of_the_gaps():
    """One repeat purchase: the gap is t_x, and both ways to count it are the same."""
    t_x = np.array([4.0, 9.0, 30.0])
    known = collapse(np.ones(3), t_x, np.full(3, 50.0), log_gaps=float(np.log(t_x).sum()))
    summary_only = collapse(np.ones(3), t_x, np.full(3, 50.0))
    for k in (1, 2, 5):
        assert gap_terms(known, k) == pytest.approx(gap_terms(summary_only, k), rel=1e-12)
