"""Histories drawn from the models have the moments that the models say."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.errors import ParameterError
from regulars.simulate import simulate_histories, simulate_shop
from regulars.simulate.histories import Histories

N, DAYS = 20_000, 720


def gaps_of(found: Histories) -> np.ndarray:
    return np.diff(found.time)[np.diff(found.customer) == 0]


@pytest.mark.parametrize("model", ["bg_nbd", "pareto_nbd", "mbg_cnbd_k"])
def test_histories_are_sorted_begin_with_the_birth_and_stay_inside(model: str) -> None:
    found = simulate_histories(model, 2000, 300, 1)  # type: ignore[arg-type]
    assert (np.lexsort((found.time, found.customer)) == np.arange(len(found.time))).all()
    first = found.time[np.concatenate([[True], np.diff(found.customer) > 0])]
    assert first == pytest.approx(found.born)
    assert found.counts.min() == 1
    assert found.time.max() < 300
    assert (found.time <= found.left[found.customer] + 1e-9).all()


def test_rates_and_dropouts_are_gamma_and_beta() -> None:
    found = simulate_histories("bg_nbd", N, DAYS, 2, parameters={"r": 2.0, "alpha": 50.0, "a": 2.0, "b": 3.0})
    assert found.traits["rate"].mean() == pytest.approx(2 / 50, rel=0.03)
    assert found.traits["dropout"].mean() == pytest.approx(0.4, rel=0.02)


def test_under_bg_nbd_everybody_survives_the_first_purchase_and_leaves_after_a_repeat() -> None:
    found = simulate_histories("bg_nbd", N, 20_000, 3, parameters={"r": 5.0, "alpha": 50.0, "a": 2.0, "b": 3.0})
    gone = np.isfinite(found.left)
    assert gone.mean() > 0.95
    assert found.counts[gone].min() == 2
    assert (found.counts[gone] == 2).mean() == pytest.approx(0.4, abs=0.02)  # P(gone after the first repeat) = E p


def test_under_mbg_some_leave_after_the_first_purchase() -> None:
    found = simulate_histories(
        "mbg_cnbd_k", N, 20_000, 4, parameters={"r": 5.0, "alpha": 50.0, "a": 2.0, "b": 3.0, "k": 2}
    )
    gone = np.isfinite(found.left)
    assert (found.counts[gone] == 1).mean() == pytest.approx(0.4, abs=0.02)


def test_erlang_gaps_are_as_regular_as_their_stages_say() -> None:
    given = {"r": 500.0, "alpha": 10_000.0, "a": 0.01, "b": 100.0, "k": 4.0}
    gaps = gaps_of(simulate_histories("mbg_cnbd_k", 500, 20_000, 5, parameters=given))
    assert gaps.mean() == pytest.approx(4 / 0.05, rel=0.03)
    assert gaps.std() / gaps.mean() == pytest.approx(0.5, rel=0.05)


def test_under_pareto_nbd_half_have_left_by_the_median_of_the_pareto_law() -> None:
    given = {"s": 1.5, "beta": 200.0}
    found = simulate_histories("pareto_nbd", N, DAYS, 6, parameters=given)
    median = 200.0 * (2 ** (1 / 1.5) - 1)
    assert (found.left - found.born < median).mean() == pytest.approx(0.5, abs=0.015)


def test_a_shop_drawn_from_a_model_has_one_line_an_order_and_no_campaigns() -> None:
    shop = simulate_shop(customers=500, months=12, seed=8, process="pareto_nbd", parameters={"r": 1.2})
    assert shop.orders.num_rows == len(set(shop.orders["order_id"].to_pylist()))
    assert shop.campaigns.num_rows == 0
    assert set(shop.orders["status"].to_pylist()) == {"交易成功"}
    assert shop.parameters["model"]["r"] == 1.2
    assert {"rate", "death_rate", "dropped_on"} <= set(shop.truth.column_names)


@pytest.mark.parametrize(("model", "given"), [("nbd", {}), ("bg_nbd", {"s": 1.0})])
def test_unknown_models_and_parameters_are_refused(model: str, given: dict[str, float]) -> None:
    with pytest.raises(ParameterError) as caught:
        simulate_shop(customers=5, months=2, process=model, parameters=given)  # type: ignore[arg-type]
    assert caught.value.code == "simulation_model"
