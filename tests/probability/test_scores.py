"""Scores hang together: bounds, time units, the calendar, what a purchase today would change, and the money."""

import datetime as dt

import numpy as np
import pytest

from regulars.engine.probability import score
from regulars.engine.probability.value import (
    headroom,
    month_ends,
    monthly_discounting,
    potential,
    shrunk_margin,
    value_at_risk,
)

from .fits import ALL, made_up_summary, name, purchase_fit, spend_fit

SUMMARY = made_up_summary()
ONE = {"frequency": [2], "recency": [40.0], "T": [90.0], "monetary_value": [2500.0]}


def one(fit, **changes):
    return score({**ONE, **{key: [value] for key, value in changes.items()}}, fit, spend_fit())


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_chances_and_intervals_hang_together(fit):
    scores = score(SUMMARY, fit, spend_fit())
    alive = scores["p_alive"]
    assert ((alive >= 0) & (alive <= 1)).all()
    before_chance, before_mean = np.zeros(len(scores)), np.zeros(len(scores))
    for days in (30, 90, 365):
        chance, mean = scores[f"p_active_{days}"], scores[f"expected_purchases_{days}"]
        low, high = scores[f"expected_purchases_{days}_low"], scores[f"expected_purchases_{days}_high"]
        assert (chance <= alive + 1e-12).all() and (chance >= before_chance).all()
        assert (mean >= chance - 1e-12).all() and (mean >= before_mean).all()
        assert (low <= mean).all() and (mean <= high).all()
        assert np.array_equal(low, np.floor(low)) and np.array_equal(high, np.floor(high))
        before_chance, before_mean = chance, mean
    assert (scores["clv_12m_low"] <= scores["clv_12m"]).all() and (scores["clv_12m"] <= scores["clv_12m_high"]).all()
    assert (scores["clv_12m"] < scores["expected_profit_12m"]).all()
    assert (scores["value_at_risk"] >= 0).all() and (scores["value_at_risk"] <= scores["clv_12m"]).all()


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_silence_lowers_the_chance(fit):
    """Lateness costs; with regular gaps (k > 1) a purchase is least likely right after one, so P(alive) is compared."""
    alive = [one(fit, recency=recency)["p_alive"][0] for recency in (89.0, 60.0, 30.0, 10.0)]
    assert alive == sorted(alive, reverse=True) and alive[0] > alive[-1]


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_order_of_customers_changes_nothing(fit):
    order = np.random.default_rng(7).permutation(len(SUMMARY["T"]))
    shuffled = {key: column[order] for key, column in SUMMARY.items()}
    one_way, other = score(SUMMARY, fit, spend_fit()), score(shuffled, fit, spend_fit())
    for column in one_way.names:
        assert np.array_equal(one_way[column][order], other[column]), column


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_alone_or_in_company(fit):
    """A customer's scores do not depend on who else is scored (but for the last digits of an interpolation)."""
    together = score(SUMMARY, fit, spend_fit())
    for i in range(0, 400, 80):
        alone = score({key: column[i : i + 1] for key, column in SUMMARY.items()}, fit, spend_fit())
        for column in together.names:
            np.testing.assert_allclose(alone[column][0], together[column][i], rtol=1e-9, err_msg=column)


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_weeks_are_seven_days(fit):
    scales = {key: value / 7 if key in ("alpha", "beta") else value for key, value in fit.parameters.items()}
    weekly = purchase_fit(fit.model, scales, fit.k, "week")
    by_week = {**SUMMARY, "recency": SUMMARY["recency"] / 7, "T": SUMMARY["T"] / 7}
    day, week = score(SUMMARY, fit, spend_fit()), score(by_week, weekly, spend_fit())
    for column in day.names:
        if not column.endswith(("_low", "_high")) and column != "overdue_after":
            np.testing.assert_allclose(week[column], day[column], rtol=1e-9, atol=1e-12, err_msg=column)
    counts = np.abs(week["expected_purchases_365_high"] - day["expected_purchases_365_high"])
    assert (counts <= 1).all() and counts.mean() < 0.01


def test_model_that_never_kills_newcomers_says_so():
    assert one(ALL[0], frequency=0, recency=0.0)["p_alive"][0] == 1.0
    assert one(ALL[1], frequency=0, recency=0.0)["p_alive"][0] < 1.0
    assert one(ALL[3], frequency=0, recency=0.0)["p_alive"][0] < 1.0


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_overdue_date_is_the_quantile_of_the_gap(fit):
    scores = score(SUMMARY, fit, as_of=dt.date(2024, 5, 31))
    wait = scores["overdue_after"]
    early = score(SUMMARY, fit, overdue_level=0.5)["overdue_after"]
    both = (wait >= 0) & (early >= 0)
    assert both.any() and (early[both] <= wait[both]).all()
    last = np.datetime64("2024-05-31") - (SUMMARY["T"] - SUMMARY["recency"]).astype("timedelta64[D]")
    assert np.array_equal(scores["overdue_on"][wait >= 0], (last + wait.astype("timedelta64[D]"))[wait >= 0])
    assert np.isnat(scores["overdue_on"][wait < 0]).all()


def test_overdue_quantile_is_met_by_the_process():
    """Gaps drawn as the model has them: nine in ten are over by the overdue date."""
    rng = np.random.default_rng(6)
    for fit, x, t_x in ((ALL[0], 6, 80.0), (ALL[2], 6, 80.0)):
        r, alpha = fit.parameters["r"], fit.parameters["alpha"]
        rate = rng.gamma(r + fit.k * x, 1.0 / (alpha + t_x), 200_000)
        gap = rng.gamma(fit.k, 1.0 / rate)
        wait = one(fit, frequency=x, recency=t_x)["overdue_after"][0]
        assert (gap <= wait).mean() == pytest.approx(0.9, abs=0.005)


def test_months_follow_the_calendar():
    assert month_ends(dt.date(2024, 1, 31), 3).tolist() == [29.0, 60.0, 90.0]
    assert month_ends(dt.date(2023, 3, 1), 12)[-1] == 366.0
    assert month_ends(dt.date(2024, 3, 1), 12)[-1] == 365.0
    assert month_ends(None, 12)[-1] == pytest.approx(365.0)
    plan = monthly_discounting(dt.date(2024, 3, 1), yearly_rate=0.10)
    assert plan.factors[0] == pytest.approx(1.1 ** (-15.5 / 365))
    assert (plan.weights @ np.ones(12)) == pytest.approx(plan.factors[0])


def test_value_is_purchases_times_spend_times_margin():
    fit = ALL[1]
    plain, half = score(SUMMARY, fit, spend_fit(), yearly_rate=0.0), score(SUMMARY, fit, spend_fit(), margin=0.5)
    assert plain["clv_12m"] == pytest.approx(plain["expected_purchases_365"] * plain["expected_spend"], rel=1e-9)
    assert plain["clv_12m"] == pytest.approx(plain["expected_profit_12m"], rel=1e-12)
    full = score(SUMMARY, fit, spend_fit())
    assert half["clv_12m"] == pytest.approx(0.5 * full["clv_12m"])
    assert half["clv_12m_high"] == pytest.approx(0.5 * full["clv_12m_high"])
    each = score(SUMMARY, fit, spend_fit(), margin=np.linspace(-0.2, 1, 400))
    assert (each["clv_12m_low"] <= each["clv_12m"]).all() and (each["clv_12m"] <= each["clv_12m_high"]).all()


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_value_at_risk_is_what_a_purchase_today_would_change(fit):
    late = one(fit, recency=20.0)
    bought = one(fit, frequency=3, recency=90.0)
    change = max(bought["p_active_90"][0] - late["p_active_90"][0], 0.0)
    assert late["value_at_risk"][0] == pytest.approx(change * late["clv_12m"][0])
    assert one(fit, recency=90.0)["value_at_risk"][0] == 0.0


def test_potential_headroom_and_margin():
    profit = np.array([100.0, 40.0])
    assert potential(profit, np.array([80.0, 90.0])).tolist() == [20.0, -50.0]
    assert headroom(profit, np.array([150.0, 30.0])).tolist() == [50.0, 0.0]
    assert value_at_risk(np.array([0.2, 0.9]), np.array([0.5, 0.6]), np.array([100.0, 100.0])).tolist() == [30.0, 0.0]
    scores = score(SUMMARY, ALL[1], spend_fit(), profit_12m=np.full(400, 50.0))
    assert np.array_equal(scores["potential_12m"], scores["expected_profit_12m"] - 50.0)
    margin = shrunk_margin(np.array([50.0, 0.0, 10.0]), np.array([100.0, 100.0, -5.0]))
    population, mean = 60.0 / 195.0, 65.0
    assert margin[0] == pytest.approx((50 + population * mean) / (100 + mean))
    assert margin[2] == pytest.approx(population)
    assert shrunk_margin(np.zeros(2), np.zeros(2)).tolist() == [0.0, 0.0]


def test_expected_spend_shrinks_towards_the_population():
    p, q, v = spend_fit().parameters.values()
    population = p * v / (q - 1)
    few, many = (one(ALL[1], frequency=n, monetary_value=2 * population)["expected_spend"][0] for n in (1, 30))
    assert population < few < many < 2 * population
    assert one(ALL[1], frequency=0, recency=0.0)["expected_spend"][0] == pytest.approx(population)


def test_spend_needs_the_money_column():
    summary = {key: column for key, column in SUMMARY.items() if key != "monetary_value"}
    scores = score(summary, ALL[0], spend_fit())
    assert np.isfinite(scores["p_alive"]).all()
    with pytest.raises(Exception, match="no column monetary_value"):
        scores["clv_12m"]


def test_table_has_the_published_columns():
    table = score(SUMMARY, ALL[3], spend_fit(), as_of=dt.date(2024, 1, 1), profit_12m=np.zeros(400)).table()
    wanted = {"p_alive", "expected_spend", "overdue_on", "clv_12m", "clv_12m_low", "clv_12m_high", "value_at_risk"}
    wanted |= {"potential_12m", "clv_note"} | {f"p_active_{h}" for h in (30, 90, 365)}
    wanted |= {f"expected_purchases_{h}{end}" for h in (30, 90, 365) for end in ("", "_low", "_high")}
    assert wanted <= set(table)
    assert all(len(column) == 400 for column in table.values())
