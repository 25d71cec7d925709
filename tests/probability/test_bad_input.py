"""What cannot be fitted is refused with its reason; what can be but should not be trusted says so; nothing is NaN."""

import math

import numpy as np
import pytest

from regulars.engine.probability import backtest, fit_purchases, fit_spend, score, summarize
from regulars.engine.probability.messages import NOTE_NEW, NOTE_NO_REPEAT, NOTE_NO_SPEND
from regulars.errors import ModelError, ParameterError

from .fits import ALL, made_up_summary, name, spend_fit

MODELS = ["bg_nbd", "mbg_cnbd_k", "pareto_nbd"]


def histories(*rows):
    frequency, recency, age = zip(*rows, strict=True)
    return {"frequency": list(frequency), "recency": list(recency), "T": list(age)}


def sound(fit):
    numbers = [*fit.parameters.values(), fit.log_likelihood, fit.gradient_norm]
    errors = [error for error in fit.standard_errors.values() if error is not None]
    return all(map(math.isfinite, numbers)) and all(map(math.isfinite, errors)) and not math.isnan(fit.condition)


@pytest.mark.parametrize("model", [*MODELS, None])
def test_nobody_came_back(model):
    with pytest.raises(ModelError) as refused:
        fit_purchases(histories((0, 0, 10), (0, 0, 40), (0, 0, 99)), model)
    assert refused.value.code == "no_repeats"
    assert "3" in refused.value.message and refused.value.hint


@pytest.mark.parametrize("model", MODELS)
def test_one_customer(model):
    fit = fit_purchases(histories((3, 40.0, 60.0)), model)
    assert {"too_few_repeats", "constant"} <= set(fit.warnings)
    assert not fit.trusted and sound(fit)


@pytest.mark.parametrize("model", MODELS)
def test_constant_histories(model):
    fit = fit_purchases(histories(*[(3, 40.0, 60.0)] * 500), model)
    assert "constant" in fit.warnings and not fit.trusted and sound(fit)
    scores = score(histories((3, 40.0, 60.0), (0, 0, 1)), fit)
    assert all(np.isfinite(scores[column]).all() for column in scores.names if column != "overdue_on")


@pytest.mark.parametrize("model", [*MODELS, None])
def test_first_purchase_on_the_as_of_day(model):
    """T = 0 says nothing yet, and does no harm."""
    plain = made_up_summary(300)
    with_new = {key: np.append(column, [0.0, 0.0]) for key, column in plain.items()}
    fit = fit_purchases(with_new, model)
    assert sound(fit) and fit.n == 302
    scores = score(with_new, fit)
    assert (scores["p_alive"][-2:] > 0.3).all()
    assert np.isfinite(scores["expected_purchases_365"]).all()


def test_only_first_purchases_on_the_as_of_day():
    with pytest.raises(ModelError, match="has a repeat purchase day"):
        fit_purchases(histories((0, 0, 0), (0, 0, 0)), "bg_nbd")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ((2, 0.0, 30.0), "summary_no_time"),
        ((0, 5.0, 30.0), "summary_no_repeat"),
        ((2, 31.0, 30.0), "summary_recency"),
        ((-1, 0.0, 30.0), "summary_frequency"),
        ((1.5, 3.0, 30.0), "summary_frequency"),
        ((math.nan, 3.0, 30.0), "summary_frequency"),
        ((2, -3.0, 30.0), "summary_negative_time"),
        ((2, math.nan, 30.0), "summary_missing"),
        ((2, 3.0, math.inf), "summary_missing"),
    ],
)
def test_impossible_history(row, code):
    with pytest.raises(ModelError) as refused:
        fit_purchases(histories((1, 5, 30), row, row), "bg_nbd")
    assert refused.value.code == code
    assert "row 1" in refused.value.message and "2 impossible" in refused.value.message


def test_missing_column_and_wrong_values():
    with pytest.raises(ModelError, match="no column recency"):
        fit_purchases({"frequency": [1], "T": [3]}, "bg_nbd")
    with pytest.raises(ModelError, match="not a number"):
        fit_purchases({"frequency": [1], "recency": ["a"], "T": [3]}, "bg_nbd")
    with pytest.raises(ModelError, match="no customers"):
        fit_purchases({"frequency": [], "recency": [], "T": []}, "bg_nbd")
    with pytest.raises(ModelError, match="3, 2 and 2 rows"):
        fit_purchases({"frequency": [1, 1, 1], "recency": [2, 2], "T": [3, 3]}, "bg_nbd")


def test_unknown_names():
    good = made_up_summary(60)
    with pytest.raises(ParameterError, match="no purchase model"):
        fit_purchases(good, "bgnbd")
    with pytest.raises(ParameterError, match="time unit"):
        fit_purchases(good, "bg_nbd", time_unit="month")
    with pytest.raises(ModelError, match="no score"):
        score(good, ALL[0])["p_dead"]
    with pytest.raises(ParameterError):
        score(good, ALL[0], horizons=[0])
    with pytest.raises(ParameterError):
        score(good, ALL[0], level=1.0)
    with pytest.raises(ParameterError):
        score(good, ALL[0], spend_fit(), margin=np.ones(3))


def test_flat_ridge():
    """Nobody ever leaves: the lifetime half of the model has nothing to hold on to."""
    rng = np.random.default_rng(2)
    age = np.full(3000, 200.0)
    rate = rng.gamma(1.5, 1 / 30.0, 3000)
    frequency = rng.poisson(rate * age)
    recency = np.where(frequency > 0, age * rng.beta(np.maximum(frequency, 1), 1), 0.0)
    summary = {"frequency": frequency, "recency": recency, "T": age}
    for model in MODELS:
        fit = fit_purchases(summary, model, k=1)
        assert {"ridge", "boundary"} & set(fit.warnings), model
        assert not fit.trusted and sound(fit)
        assert score(summary, fit)["p_alive"].mean() > 0.97


def test_negative_money():
    spent = {"frequency": [2, 3, 1, 4] * 30, "monetary_value": [50.0, 0.0, -20.0, 80.0] * 30}
    fit = fit_spend(spent)
    assert fit.n == 60 and "nonpositive_spend" in fit.warnings and math.isfinite(fit.log_likelihood)
    with pytest.raises(ModelError) as refused:
        fit_spend({"frequency": [2, 0], "monetary_value": [-5.0, 9.0]})
    assert refused.value.code == "no_spend"
    with pytest.raises(ModelError):
        fit_spend({"frequency": [2], "monetary_value": [math.nan]})


def test_spend_of_one_customer_and_of_equal_customers():
    for summary in (
        {"frequency": [4], "monetary_value": [12.5]},
        {"frequency": [4] * 200, "monetary_value": [12.5] * 200},
    ):
        fit = fit_spend(summary)
        assert "constant" in fit.warnings and all(map(math.isfinite, fit.parameters.values()))


def test_q_at_most_one_gives_the_median():
    """Money so uneven that it has no mean."""
    rng = np.random.default_rng(8)
    frequency = rng.geometric(0.3, 4000)
    scale = 1.0 / rng.gamma(0.6, 1.0 / 400.0, 4000)
    mean = rng.gamma(4.0 * frequency) * scale / frequency
    spend = fit_spend({"frequency": frequency, "monetary_value": mean})
    assert spend.parameters["q"] < 1.0 and "q_le_1" in spend.warnings and spend.statistic == "median"
    summary = {**histories((0, 0, 90), (3, 50, 90)), "monetary_value": [0.0, 200.0]}
    expected = score(summary, ALL[0], spend)["expected_spend"]
    assert np.isfinite(expected).all() and (expected > 0).all()
    assert expected[0] == pytest.approx(np.median(4.0 * scale), rel=0.15)


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_returned_goods_and_newcomers_get_a_note(fit):
    summary = {**histories((2, 30, 90), (2, 30, 90), (0, 0, 5), (0, 0, 90)), "monetary_value": [40.0, -3.0, 0, 0]}
    scores = score(summary, fit, spend_fit())
    assert scores["clv_note"].tolist() == [0, NOTE_NO_SPEND, NOTE_NEW, NOTE_NO_REPEAT]
    assert scores.known.tolist() == [True, False, False, True]
    assert all(np.isfinite(scores[column]).all() for column in scores.names)


@pytest.mark.parametrize("fit", ALL, ids=name)
def test_extreme_histories_stay_finite(fit):
    rng = np.random.default_rng(12)
    age = 10.0 ** rng.uniform(-3, 5, 500)
    frequency = np.floor(10.0 ** rng.uniform(0, 4, 500)) - 1
    recency = np.where(frequency > 0, age * rng.random(500), 0.0)
    summary = {"frequency": frequency, "recency": recency, "T": age, "monetary_value": np.where(frequency > 0, 7.0, 0)}
    scores = score(summary, fit, spend_fit(), horizons=(1, 3650))
    for column in scores.names:
        assert np.isfinite(scores[column]).all(), column
        assert column == "overdue_after" or (scores[column] >= 0).all(), column
    assert (scores["p_alive"] <= 1).all() and (scores["p_active_3650"] <= 1).all()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("seed", range(30))
def test_small_shops_of_every_kind_never_break(seed):
    """Random small shops, most of them far too thin: a refusal or a finite fit that converged, and finite scores."""
    rng = np.random.default_rng(seed)
    customers = int(rng.choice([1, 2, 3, 5, 10, 40, 300]))
    age = rng.integers(0, rng.choice([2, 30, 400, 4000]), customers).astype(float)
    rate = rng.gamma(rng.choice([0.05, 0.5, 5]), rng.choice([0.1, 2, 20.0]), customers)
    frequency = np.minimum(rng.poisson(rate), age).astype(int)
    recency = np.where(frequency > 0, np.maximum(np.floor(age * rng.random(customers)), frequency), 0.0)
    summary = {"frequency": frequency, "recency": recency, "T": age}
    for model in [*MODELS, None]:
        try:
            fit = fit_purchases(summary, model)
        except ModelError as refused:
            assert refused.code == "no_repeats" and not frequency.any()
            continue
        assert sound(fit) and fit.converged
        scores = score(summary, fit)
        assert all(np.isfinite(scores[column]).all() for column in scores.names)


def test_too_short_for_a_backtest():
    with pytest.raises(ModelError) as refused:
        backtest({"customer": [1, 1, 2], "day": [0, 20, 50], "value": [5.0, 5.0, 5.0]})
    assert refused.value.code == "history_too_short"
    with pytest.raises(ModelError, match="no purchase"):
        backtest({"customer": [1], "day": [0], "value": [-5.0]})
    with pytest.raises(ModelError, match="none of the columns"):
        backtest({"who": [1]})


def test_purchase_rows_that_do_not_fit():
    with pytest.raises(ModelError, match="2, 1 and 1 rows"):
        summarize(np.array([1, 2]), np.array([3]), np.array([4.0]), 9)
    with pytest.raises(ModelError, match="row 1 is not a number"):
        summarize(np.array([1, 2]), np.array([3, 3]), np.array([4.0, math.nan]), 9)
    assert len(summarize(np.array([], dtype=int), np.array([], dtype=int), np.array([]), 9)) == 0
