"""A sample of the draws of benchmarks/accuracy/special_functions.py, and the sums behind k > 1, in exact arithmetic."""

import mpmath as mp
import numpy as np
import pytest
from benchmarks.accuracy.special_functions import draws, judge

from regulars.engine.probability.dropout_future import dropout_tails, few_at_least
from regulars.engine.probability.dropout_mean import SHARES, _over_shares, mean_if_alive
from regulars.engine.probability.future import means_if_alive
from regulars.engine.probability.lapse_integral import lapse_integral
from regulars.engine.probability.pareto_future import pareto_tail, pareto_tails
from regulars.engine.probability.special import beta_share

from .fits import ALL, name, purchase_fit

LIMIT = 1e-10


@pytest.mark.parametrize("model", ["bg_nbd", "mbg_cnbd_k", "pareto_nbd"])
def test_scores_over_the_whole_range(model):
    for row in draws(40, seed=11):
        _, errors, sound = judge((model, row))
        assert sound, row
        assert max(errors) <= LIMIT, row


def stage_sum(shape, ratio, phase, k, a, b):
    """Sum over m of P(M = m) W_n in 50 digits."""
    with mp.workdps(50):
        shape, ratio, a, b = map(mp.mpf, (shape, ratio, a, b))
        z = ratio / (1 + ratio)
        mass, total, m = (1 - z) ** shape, mp.mpf(0), 0
        kept, upto = mp.mpf(1), [mp.mpf(0)]
        while True:
            n = (m + phase) // k
            while len(upto) <= n:
                upto.append(upto[-1] + kept)
                kept *= (b + len(upto) - 2) / (a + b + len(upto) - 2)
            total += mass * upto[n]
            growth = (shape + m) / (m + 1) * z
            if n and growth < 1 and mass * upto[n] < mp.mpf(10) ** -30 * total * (1 - growth):
                return total
            mass *= growth
            m += 1


def regular_cases(count):
    rng = np.random.default_rng(8)
    while count:
        k = int(rng.integers(1, 6))
        phase = int(rng.integers(0, k))
        r, alpha, a, b = 10 ** rng.uniform(-3, 3, 4)
        shape = r + k * (int(10 ** rng.uniform(0, 2.5)) - 1) + phase
        ratio = rng.uniform(1, 3650) / (alpha + 10 ** rng.uniform(0, 4))
        if (shape + 10 * shape**0.5 + 45) * ratio < 3000:
            count -= 1
            yield shape, ratio, phase, k, a, b + 1


def test_expected_purchases_of_regular_customers():
    stay, total = np.empty(SHARES), np.empty(SHARES)
    for case in regular_cases(60):
        exact = stage_sum(*case)
        assert abs(mean_if_alive(*case, stay, total, np.zeros(1, dtype=np.int64)) / exact - 1) < LIMIT, case
        if case[0] * case[1] > 50:
            assert abs(_over_shares(*case) / exact - 1) < LIMIT, case


@pytest.mark.parametrize("fit", ALL[:3], ids=name)
@pytest.mark.parametrize("oldest", [40, 700, 6000])
def test_interpolated_table_is_exact(fit, oldest):
    ages = np.arange(oldest + 1.0)
    days = np.array([1.0, 30.0, 365.0, 3650.0])
    for x in (0.0, 4.0, 60.0):
        table = means_if_alive(fit, np.full(len(ages), x), ages, days)
        for i in range(0, len(ages), max(len(ages) // 11, 1)):
            alone = means_if_alive(fit, np.array([x]), ages[i : i + 1], days)[0]
            np.testing.assert_allclose(table[i], alone, rtol=1e-11)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_small_chances_keep_their_digits(k):
    for shape, ratio in ((0.3, 1e-4), (2.5, 1e-3), (40.0, 2e-6), (900.0, 0.4), (0.01, 5.0)):
        with mp.workdps(40):
            z = mp.mpf(ratio) / (1 + mp.mpf(ratio))
            exact = mp.betainc(k, mp.mpf(shape), 0, z, regularized=True)
        assert few_at_least(k, shape, ratio) == pytest.approx(float(exact), rel=1e-12)


@pytest.mark.parametrize("fit", ALL, ids=name)
@pytest.mark.parametrize(("x", "age", "days"), [(0.0, 20.0, 365.0), (3.0, 200.0, 90.0), (40.0, 400.0, 365.0)])
def test_chances_of_n_add_up_to_the_expectation(fit, x, age, days):
    expected = means_if_alive(fit, np.array([x]), np.array([age]), np.array([days]))[0, :, 0]
    theta = np.array([v for n, v in fit.parameters.items() if n != "k"])
    tails = np.empty(2000)
    for phase in range(fit.k):
        if fit.model == "pareto_nbd":
            pareto_tails(x, age, days, theta, tails)
        else:
            dropout_tails(x, age, days, phase, theta, fit.k, int(fit.model != "bg_nbd"), tails)
        assert tails[1:].sum() == pytest.approx(expected[phase], rel=1e-8)


def test_pareto_tails_agree_one_by_one():
    rng = np.random.default_rng(4)
    for _ in range(200):
        theta = 10 ** rng.uniform(-1.5, 1.5, 4)
        x, age, days = float(rng.integers(0, 60)), rng.uniform(0, 1000), rng.uniform(1, 400)
        tails = np.empty(25)
        pareto_tails(x, age, days, theta, tails)
        single = [pareto_tail(float(n), x, age, days, theta) for n in range(1, 25)]
        np.testing.assert_allclose(tails[1:], single, rtol=0, atol=1e-9)


def test_incomplete_beta():
    rng = np.random.default_rng(6)
    for _ in range(300):
        a, b, z = 10 ** rng.uniform(-1, 3), 10 ** rng.uniform(-2, 3), rng.uniform(0.001, 0.999)
        with mp.workdps(40):
            exact = mp.betainc(a, b, 0, z, regularized=True)
        assert beta_share(a, b, np.log(z), np.log1p(-z)) == pytest.approx(float(exact), rel=1e-9, abs=1e-13)


def test_lapse_integral_against_quadrature():
    for p, q, a, b, h in (
        (3.5, 1.6, 10.0, 12.0, 30.0),
        (0.2, 900.0, 5.0, 3000.0, 800.0),
        (2000.0, 0.5, 700.0, 1.0, 9.0),
    ):
        with mp.workdps(30):
            exact = mp.quad(lambda t: (1 + t / a) ** -p * (1 + t / b) ** -q, mp.linspace(0, h, 40))  # noqa: B023
        assert lapse_integral(p, q, a, b, h) == pytest.approx(float(exact), rel=1e-12)


def test_no_horizon_no_purchases():
    fit = purchase_fit("bg_nbd", ALL[0].parameters)
    assert means_if_alive(fit, np.array([2.0]), np.array([9.0]), np.array([0.0]))[0, 0, 0] == 0.0
