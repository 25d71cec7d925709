"""The invented shop behaves like one, and its planted truth is true."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from regulars.errors import ParameterError
from regulars.simulate import Shop, simulate_shop
from regulars.simulate.seasons import LUNAR_NEW_YEAR

DONE = "交易成功"


@pytest.fixture(scope="module")
def lines(shop: Shop) -> pd.DataFrame:
    table = shop.orders.to_pandas()
    for name in ("unit_price", "discount", "amount", "cost", "refunded_amount"):
        table[name] = table[name].astype(float)
    return table


@pytest.fixture(scope="module")
def orders(lines: pd.DataFrame) -> pd.DataFrame:
    first = lines.groupby("order_id", sort=False).first()
    return first.assign(amount=lines.groupby("order_id", sort=False).amount.sum())


@pytest.fixture(scope="module")
def truth(shop: Shop) -> pd.DataFrame:
    return shop.truth.to_pandas().set_index("customer_id")


def by_person(orders: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    """Completed orders of known people, second ids joined with the first."""
    done = orders[(orders.status == DONE) & orders.customer_id.notna()].copy()
    person = truth.duplicate_of.where(truth.duplicate_of.notna(), truth.index.to_series())
    done["person"] = done.customer_id.map(person)
    return done.sort_values(["person", "ordered_at"])


def test_the_same_seed_gives_the_same_shop_and_another_seed_another() -> None:
    first, again, other = (simulate_shop(300, 6, seed) for seed in (3, 3, 4))
    assert first.orders.equals(again.orders)
    assert first.customers.equals(again.customers)
    assert first.truth.equals(again.truth)
    assert not first.orders.equals(other.orders)


def test_lines_of_an_order_stand_together_and_agree(lines: pd.DataFrame) -> None:
    blocks = (lines.order_id != lines.order_id.shift()).sum()
    assert blocks == lines.order_id.nunique()
    same = lines.groupby("order_id")[["customer_id", "ordered_at", "status", "channel"]].nunique()
    assert same.max().max() == 1


def test_a_clean_shop_has_no_line_twice(lines: pd.DataFrame) -> None:
    assert not lines.duplicated(["order_id", "product_id"]).any()


def test_orders_stand_in_order_of_time_within_the_months(orders: pd.DataFrame) -> None:
    assert orders.ordered_at.is_monotonic_increasing
    assert orders.ordered_at.min() >= pd.Timestamp(2024, 1, 1)
    assert orders.ordered_at.max() < pd.Timestamp(2026, 1, 1)


def test_the_money_of_a_line_adds_up(lines: pd.DataFrame) -> None:
    assert (lines.unit_price * lines.quantity - lines.discount - lines.amount).abs().max() < 0.005
    assert (lines.refunded_amount >= 0).all()
    assert (lines.refunded_amount[lines.refunded_amount > 0] <= lines.amount[lines.refunded_amount > 0]).all()


def test_every_customer_of_the_register_bought(shop: Shop, orders: pd.DataFrame) -> None:
    assert set(shop.customers["customer_id"].to_pylist()) == set(orders.customer_id.dropna())


def test_who_left_never_buys_again_and_who_stayed_has_not_left(orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    done = by_person(orders, truth)
    last = done.groupby("person").ordered_at.max().dt.date
    left = truth.dropped_on[truth.churned & truth.duplicate_of.isna()]
    assert (last[left.index] <= left).all()
    assert truth.dropped_on[~truth.churned].isna().all()
    assert 0.2 < truth.churned.mean() < 0.8


def test_first_purchases_fall_on_the_planted_day(orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    first = by_person(orders, truth).groupby("person").ordered_at.min().dt.date
    planted = truth.first_purchase[truth.duplicate_of.isna()]
    assert (first.reindex(planted.index) == planted).all()


def test_purchases_are_counted_as_planted(orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    done = orders[(orders.status == DONE) & orders.customer_id.notna()].groupby("customer_id").size()
    assert (done.reindex(truth.index).fillna(0).astype(int) == truth.purchases).all()


def test_gaps_have_the_planted_mean_and_regularity(shop: Shop) -> None:
    """Over frequent customers who stayed: mean gap ÷ its truth is 1, and the spread of gaps is that of the shape."""
    from regulars.simulate.histories import shop_histories
    from regulars.simulate.population import REGULAR, Population
    from regulars.simulate.seasons import Clock

    n = 400
    zeros = np.zeros(n)
    population = Population(
        kind=np.full(n, REGULAR), born=zeros, left=np.full(n, np.inf), gap=np.full(n, 12.0), regularity=np.full(n, 4.0),
        level=zeros + 1, favourite=zeros.astype(int), channel=zeros.astype(int), referrer=zeros.astype(int) - 1,
    )  # fmt: skip
    clock = Clock.seasonal(pd.Timestamp(2024, 1, 1).date(), 700)
    found = shop_histories(population, clock, np.random.default_rng(1))
    shop_time = clock.shop_time(found.time)
    gaps = np.diff(shop_time)[np.diff(found.customer) == 0]
    assert gaps.mean() == pytest.approx(12, rel=0.02)
    assert gaps.std() / gaps.mean() == pytest.approx(0.5, rel=0.03)


def test_seasonal_customers_buy_before_the_lunar_new_years(orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    done = by_person(orders[orders.campaign_id.isna()], truth)
    seasonal = done[done.person.map(truth["class"]) == "seasonal"]
    days = seasonal.ordered_at.dt.date
    near = [any(2 <= (day - bought).days <= 26 for day in LUNAR_NEW_YEAR.values()) for bought in days]
    assert np.mean(near) == 1


def test_organizations_buy_more_at_a_time(orders: pd.DataFrame, truth: pd.DataFrame, shop: Shop) -> None:
    done = by_person(orders, truth)
    mean = done.groupby(done.person.map(truth["class"])).amount.mean()
    assert mean["organization"] > 3 * mean["regular"]
    kinds = shop.customers.to_pandas().set_index("customer_id").kind
    assert set(kinds[truth.index[truth["class"] == "organization"]]) == {"企业"}


def test_dead_orders_returns_and_passers_by_come_in_their_shares(orders: pd.DataFrame) -> None:
    share = orders.status.value_counts(normalize=True)
    assert set(share.index) == {DONE, "已取消", "待付款", "退货完成"}
    assert share["已取消"] == pytest.approx(0.02, abs=0.004)
    assert share["退货完成"] == pytest.approx(0.024, abs=0.005)
    assert (orders.amount[orders.status == "退货完成"] < 0).all()
    assert (orders.amount[orders.status == DONE] > 0).all()
    assert orders.customer_id.isna().mean() == pytest.approx(0.02, abs=0.005)


def test_a_second_id_has_the_name_and_telephone_of_the_first(shop: Shop, truth: pd.DataFrame) -> None:
    people = shop.customers.to_pandas().set_index("customer_id")
    second = truth.duplicate_of.dropna()
    assert len(second) > 10
    for column in ("name", "phone"):
        assert (people[column].reindex(second.index).to_numpy() == people[column].reindex(second).to_numpy()).all()
    assert people.phone.drop(second.index).is_unique


def test_referrers_came_first_and_those_they_sent_stay_longer(truth: pd.DataFrame) -> None:
    sent = truth.referrer_id.dropna()
    assert (truth.first_purchase.reindex(sent).to_numpy() <= truth.first_purchase[sent.index].to_numpy()).all()
    assert len(sent) / len(truth) == pytest.approx(0.12, abs=0.02)


def test_nobody_can_be_called_and_no_text_is_a_formula(shop: Shop, lines: pd.DataFrame) -> None:
    people = shop.customers.to_pandas()
    assert people.phone.str.fullmatch(r"154\d{8}").all()
    texts = set(people.name) | set(lines["product"]) | set(lines.channel) | set(people.region)
    assert not [text for text in texts if re.match(r"[=+\-@＝＋－＠\s]", text)]
    individuals = people.name[people.kind == "个人"]
    assert individuals.str.fullmatch(r"[\u4e00-\u9fff]{2,4}").all()


def window_rate(orders: pd.DataFrame, members: pd.Series, start: Any, end: Any) -> tuple[float, int]:
    inside = orders[(orders.ordered_at.dt.date >= start) & (orders.ordered_at.dt.date <= end)]
    counts = inside.groupby("person").size().reindex(members).fillna(0)
    return float(counts.mean()), len(members)


def test_the_hold_out_shows_which_campaigns_worked_and_that_618_did_not() -> None:
    shop = simulate_shop(customers=20_000, months=24, seed=5)
    truth = shop.truth.to_pandas().set_index("customer_id")
    lines = shop.orders.to_pandas()
    orders = by_person(lines.groupby("order_id", sort=False).first(), truth)
    plans, groups = shop.campaigns.to_pandas(), shop.assignments.to_pandas()
    facts = shop.truth_campaigns.to_pandas().set_index("campaign_id")
    for plan in plans.itertuples():
        mine = groups[groups.campaign_id == plan.campaign_id]
        treated, n = window_rate(orders, mine.customer_id[mine.group == "treated"], plan.start, plan.end)
        held, m = window_rate(orders, mine.customer_id[mine.group == "held_out"], plan.start, plan.end)
        error = np.sqrt(treated / n + held / m)
        assert treated - held == pytest.approx(facts.uplift[plan.campaign_id], abs=4 * error)
    assert not facts.works[[name for name in facts.index if name.startswith("618")]].any()
    assert facts.works.sum() >= 6
    assert (facts.discount_given > 0).all()


def test_offers_are_used_by_the_contacted_only(shop: Shop, orders: pd.DataFrame, truth: pd.DataFrame) -> None:
    groups = shop.assignments.to_pandas()
    contacted = set(
        zip(*groups.loc[groups.group == "treated", ["campaign_id", "customer_id"]].to_numpy().T, strict=True)
    )
    used = by_person(orders[orders.campaign_id.notna()], truth)
    assert {(c, p) for c, p in zip(used.campaign_id, used.person, strict=True)} <= contacted
    plans = shop.campaigns.to_pandas().set_index("campaign_id")
    day = used.ordered_at.dt.date
    assert (day >= used.campaign_id.map(plans.start)).all()
    assert (day <= used.campaign_id.map(plans.end)).all()


def test_one_customer_and_one_month_make_a_shop() -> None:
    tiny = simulate_shop(customers=1, months=1, seed=2)
    assert tiny.truth.num_rows == 1
    assert tiny.orders.num_rows >= 1


def test_no_customers_are_refused() -> None:
    with pytest.raises(ParameterError):
        simulate_shop(customers=0)
