"""Backtests: no look into the future, the election of the model, bands, abstention, and the published hold-outs."""

import math

import numpy as np
import pytest

from regulars.engine.probability import backtest
from regulars.engine.probability.backtest import band, choose, judge, log_predictive
from regulars.engine.probability.choice import NEAR_TIE, choose_by_halves, elect, split_halves
from regulars.engine.probability.collapse import collapse
from regulars.engine.probability.metrics import Accuracy
from regulars.engine.probability.models import fit_model
from regulars.engine.probability.processes import simulate
from regulars.engine.probability.purchases import sorted_purchases
from regulars.engine.probability.results import Candidate
from regulars.engine.probability.trials import plan_horizon, plan_origins, split_origins, trial_at

from .conftest import day_number
from .fits import ALL, made_up_summary

TRUTH = {"r": 0.9, "alpha": 45.0, "s": 0.8, "beta": 300.0}


def purchases_of(process, customers, seed=1, value=None):
    """Dated rows: everybody joins within the first year, and repeat purchases fall on whole days after that."""
    rng = np.random.default_rng(seed)
    join = rng.integers(0, 365, customers)
    customer = np.concatenate([np.arange(customers), process.customer])
    day = np.concatenate([join, join[process.customer] + np.ceil(process.time).astype(np.int64)])
    money = np.round(rng.gamma(4.0, 1000.0, len(day))) + 1
    rows = day <= 800
    return {"customer": customer[rows], "day": day[rows], "value": money[rows]}


@pytest.fixture(scope="module")
def rows():
    return purchases_of(simulate("pareto_nbd", TRUTH, customers=4000, until=800.0, seed=3), 4000)


@pytest.fixture(scope="module")
def proof(rows):
    return backtest(rows)


def test_model_beats_naive_on_its_own_process(proof):
    assert not proof.abstain
    assert proof.model.rmse < proof.naive.rmse and proof.model.wape < proof.naive.wape
    assert abs(proof.model.bias) < 0.08
    assert proof.model.gini > 0.9 * proof.naive.gini > 0
    assert proof.zero.forecast == 0.0 and proof.zero.bias == -1.0
    assert proof.coverage >= 0.8
    assert proof.value.gini > 0.3 and proof.value.wape < proof.value_naive.wape


def test_origins_are_apart_and_choose_before_they_report(proof):
    days = [origin.origin for origin in proof.origins]
    assert proof.horizon == 182 and list(proof.selected_on) + days == [254, 436, 618]
    assert max(proof.selected_on) + proof.horizon <= min(days)
    assert proof.choice[0].model == "pareto_nbd" and len(proof.choice) >= 3


def test_chances_are_calibrated(proof):
    assert set(proof.reliability) == {30, 90, 182}
    for rows in proof.reliability.values():
        for row in rows:
            if row.customers > 150:
                assert row.forecast == pytest.approx(row.actual, abs=0.08)
    deciles = [row.forecast for row in proof.deciles]
    assert deciles == sorted(deciles, reverse=True)
    assert proof.deciles[0].forecast == pytest.approx(proof.deciles[0].actual, rel=0.15)


def test_nothing_after_the_origin_is_looked_at(rows):
    """Facts after the origin change the outcome of a trial, never its forecast."""
    purchases = sorted_purchases(**rows)
    cut = {name: column[rows["day"] <= 618] for name, column in rows.items()}
    whole, past = trial_at(purchases, 618, 182), trial_at(sorted_purchases(**cut), 618, 182)
    one, other = judge([whole], model="bg_nbd"), judge([past], model="bg_nbd")
    assert one.model.forecast == other.model.forecast
    assert one.model.actual > 0 == other.model.actual


def test_order_of_rows_changes_nothing(rows, proof):
    order = np.random.default_rng(5).permutation(len(rows["day"]))
    assert backtest({name: column[order] for name, column in rows.items()}) == proof


def test_named_model_is_not_elected(rows):
    proof = backtest(rows, "mbg_cnbd_k", k=1, horizon=120)
    assert (proof.purchase_model, proof.k, proof.choice, proof.selected_on) == ("mbg_cnbd_k", 1, (), ())
    assert proof.horizon == 120 and len(proof.origins) == 5


def test_regular_customers_elect_a_regular_model():
    truth = {"k": 4, "r": 3.0, "alpha": 15.0, "a": 0.6, "b": 3.0}
    rows = purchases_of(simulate("mbg_cnbd_k", truth, customers=4000, until=800.0, seed=3), 4000)
    proof = backtest(rows)
    assert proof.purchase_model == "mbg_cnbd_k" and proof.k >= 3
    poisson = backtest(rows, "pareto_nbd")
    assert backtest(rows, "mbg_cnbd_k", k=proof.k).model.rmse < poisson.model.rmse


def test_abstains_where_everybody_goes_on_as_before():
    """A shop that was closed before the cut: the model takes its customers for lost, and they all come back."""
    summary = made_up_summary(500)
    age = summary["T"]
    table = {
        "frequency_cal": summary["frequency"],
        "recency_cal": np.where(summary["frequency"] > 0, np.maximum(0.6 * summary["recency"], 0.5), 0.0),
        "T_cal": age,
        "frequency_holdout": np.rint(summary["frequency"] / age * 100),
        "duration_holdout": np.full(500, 100.0),
    }
    proof = backtest(table, "pareto_nbd")
    assert proof.naive.wape < proof.model.wape and proof.abstain
    assert math.isfinite(proof.model.rmse)


def test_lifetimes_holdout_summary(rows):
    purchases = sorted_purchases(**rows)
    trial = trial_at(purchases, 436, 182)
    table = {
        "frequency_cal": trial.columns.frequency,
        "recency_cal": trial.columns.recency,
        "T_cal": trial.columns.age,
        "frequency_holdout": trial.days,
        "duration_holdout": np.full(trial.n, 182.0),
        "monetary_value_cal": trial.mean_value,
    }
    proof = backtest(table, "bg_nbd")
    assert proof.model == judge([trial], model="bg_nbd").model
    assert proof.origins[0].origin is None and set(proof.reliability) == {182}
    table["duration_holdout"] = np.append(np.full(trial.n - 1, 182.0), 90.0)
    with pytest.raises(Exception, match="duration_holdout"):
        backtest(table, "bg_nbd")


def test_plan():
    assert [plan_horizon(days) for days in (83, 84, 168, 273, 546, 1095)] == [None, 28, 56, 91, 182, 365]
    assert plan_origins(0, 738, 182) == (192, 374, 556)
    assert split_origins((1, 2, 3)) == ((1,), (2, 3)) and split_origins((1,)) == ((), (1,))


def figures(forecast, actual):
    return Accuracy(1, forecast, actual, None, None, 0.0, None, None)


def test_band_comes_from_the_errors_of_totals():
    low, high = band([figures(100.0, 120.0), figures(100.0, 90.0)])
    spread = math.sqrt((math.log(1.2) ** 2 + math.log(0.9) ** 2) / 2)
    assert math.log(high) == pytest.approx(1.8856 * spread, rel=1e-4) and low == pytest.approx(1 / high)
    assert band([figures(0.0, 3.0)]) == (0.0, math.inf)
    narrow = band([figures(100.0, 101.0)] * 6)
    assert narrow[1] < 1.02


def test_near_ties_go_by_preference_and_ridges_last():
    fits = {fit.model: fit for fit in ALL[:2]} | {"pareto_nbd": ALL[3]}
    scores = {"bg_nbd": -1.0, "mbg_cnbd_k": -1.0 - 0.4 * NEAR_TIE, "pareto_nbd": -1.0 - 0.8 * NEAR_TIE}
    candidates = [Candidate(model, 1, value) for model, value in scores.items()]
    assert elect(candidates, list(fits.values())).model == "pareto_nbd"
    ridge = type(ALL[3])(**{**vars(ALL[3]), "warnings": ("ridge",)})
    assert elect(candidates, [fits["bg_nbd"], fits["mbg_cnbd_k"], ridge]).model == "mbg_cnbd_k"
    far = [*candidates[:2], Candidate("pareto_nbd", 1, -1.0 - 1.2 * NEAR_TIE)]
    assert elect(far, list(fits.values())).model == "mbg_cnbd_k"


def test_halves_are_disjoint_and_whole():
    summary = made_up_summary(301)
    histories = collapse(*(summary[name] for name in ("frequency", "recency", "T")))
    first, second = split_halves(histories)
    assert abs(first.n - second.n) <= 1 and first.n + second.n == 301
    assert (first.weight > 0).all() and (second.weight > 0).all()


def test_choice_from_a_summary_alone():
    truth = {"k": 4, "r": 3.0, "alpha": 15.0, "a": 0.6, "b": 3.0}
    summary = simulate("mbg_cnbd_k", truth, customers=3000, until=400.0, seed=8).summary(400.0)
    fit = choose_by_halves(
        collapse(summary["frequency"], summary["recency"], summary["T"], log_gaps=float(summary["log_gaps"].sum()))
    )
    assert (fit.model, fit.k) == ("mbg_cnbd_k", 4) and len(fit.choice) == 4


def test_choice_without_a_trial_to_choose_on(rows):
    model, k, candidates = choose([], trial_at(sorted_purchases(**rows), 436, 182))
    assert model == "pareto_nbd" and k == 1 and len(candidates) >= 3


def test_true_model_gives_the_outcome_the_highest_probability(rows):
    trial = trial_at(sorted_purchases(**rows), 618, 182)
    scores = {model: log_predictive(fit_model(model, trial.histories()), trial) for model in ("pareto_nbd", "bg_nbd")}
    assert scores["pareto_nbd"] > scores["bg_nbd"]


TABLE = {
    ("cdnow", "naive"): (1.243, 2.158, 0.474, 0.655, 0.657),
    ("cdnow", "bg_nbd"): (0.980, 1.733, -0.143, 0.663, 0.675),
    ("cdnow", "pareto_nbd"): (0.951, 1.726, -0.129, 0.673, 0.681),
    ("online_retail", "naive"): (0.698, 1.930, 0.051, 0.729, 0.813),
    ("online_retail", "bg_nbd"): (0.667, 1.772, -0.015, 0.773, 0.831),
    ("online_retail", "pareto_nbd"): (0.665, 1.788, -0.027, 0.774, 0.831),
}
CUTS = {"cdnow": ("1997-09-30", 273), "online_retail": ("2011-06-09", 182)}


@pytest.mark.realdata
@pytest.mark.parametrize("data", CUTS)
def test_published_holdouts(data, request):
    purchases = sorted_purchases(*request.getfixturevalue(data))
    day, horizon = CUTS[data]
    trial = trial_at(purchases, day_number(day), horizon)
    for model in ("bg_nbd", "pareto_nbd"):
        proof = judge([trial], model=model)
        for name, ours in ((model, proof.model), ("naive", proof.naive)):
            wape, rmse, bias, gini, capture = TABLE[data, name]
            assert (ours.wape, ours.rmse, ours.bias) == pytest.approx((wape, rmse, bias), abs=1.1e-3), (data, name)
            assert (ours.gini, ours.capture) == pytest.approx((gini, capture), abs=5e-3 if name == "naive" else 1.1e-3)


@pytest.mark.realdata
@pytest.mark.parametrize("data", CUTS)
def test_model_chosen_on_the_past_holds_the_gates(data, request):
    customer, day, value = request.getfixturevalue(data)
    cut, horizon = CUTS[data]
    cut = day_number(cut)
    known = day <= cut
    past = backtest({"customer": customer[known], "day": day[known], "value": value[known]})
    held = judge([trial_at(sorted_purchases(customer, day, value), cut, horizon)], model=past.purchase_model, k=past.k)
    best = max(row[3] for (name, _), row in TABLE.items() if name == data)
    capture = max(row[4] for (name, _), row in TABLE.items() if name == data)
    assert held.model.gini >= best - 0.005 and held.model.capture >= capture - 0.005
    assert abs(held.model.bias) <= abs(TABLE[data, "bg_nbd"][2]) + 0.03
    assert held.coverage >= 0.8


def test_a_forecast_of_next_to_nothing_gives_no_band() -> None:
    from regulars.engine.probability.backtest import band
    from regulars.engine.probability.metrics import Accuracy

    trial = Accuracy(n=2, forecast=7e-80, actual=3.0, bias=None, wape=None, rmse=1.0, gini=None, capture=None)
    assert band([trial]) == (0.0, float("inf"))
