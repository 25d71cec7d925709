"""Look-alikes against a plain search, what is known at an age, and the proof that they tell something."""

import numpy as np
import pytest

from regulars.engine.probability.lookalikes import (
    MISMATCH,
    Traits,
    backtest_look_alikes,
    find_look_alikes,
    youth,
)
from regulars.engine.probability.purchases import sorted_purchases
from regulars.errors import ModelError


def traits(rng, n, ties=False):
    numbers = rng.normal(size=(n, 3))
    return Traits(np.round(numbers) if ties else numbers, rng.integers(-1, 3, (n, 2)))


@pytest.mark.parametrize("ties", [False, True])
def test_nearest_are_the_nearest(ties):
    rng = np.random.default_rng(4)
    new, old = traits(rng, 30, ties), traits(rng, 400, ties)
    outcome = rng.random(400)
    found = find_look_alikes(new, old, outcome, k=7)
    scale = old.numbers.std(axis=0)
    for i in range(30):
        square = (((new.numbers[i] - old.numbers) / scale) ** 2).sum(axis=1)
        for c in range(2):
            mine, theirs = new.categories[i, c], old.categories[:, c]
            unknown = (theirs < 0) | (mine < 0)
            square = square + np.where(unknown, 0.5, np.where(theirs == mine, 0.0, 1.0)) * MISMATCH**2
        np.testing.assert_allclose(found.distance[i], np.sqrt(np.sort(square)[:7]), rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(square[found.neighbours[i]], np.sort(square)[:7], rtol=1e-12, atol=1e-12)
        assert len(set(found.neighbours[i])) == 7
        assert found.mean[i] == pytest.approx(outcome[found.neighbours[i]].mean())
        assert found.lower[i] <= found.median[i] <= found.upper[i]


def test_equal_traits_do_not_divide_by_zero():
    old = Traits(np.ones((120, 2)), np.zeros((120, 0), dtype=np.int64))
    found = find_look_alikes(Traits(np.ones((1, 2)), np.zeros((1, 0), dtype=np.int64)), old, np.arange(120.0), k=5)
    assert found.neighbours.tolist() == [[0, 1, 2, 3, 4]] and found.distance.tolist() == [[0.0] * 5]


def test_too_few_old_customers():
    rng = np.random.default_rng(1)
    with pytest.raises(ModelError) as refused:
        find_look_alikes(traits(rng, 2), traits(rng, 99), np.zeros(99))
    assert refused.value.code == "too_few_old_customers"


def test_what_is_known_at_an_age():
    rows = [(1, 10, 100), (1, 12, 50), (1, 40, 30), (1, 80, 7), (2, 20, 60), (2, 20, 15), (2, 25, -5), (3, 95, 9)]
    known = youth(sorted_purchases(*map(np.array, zip(*rows, strict=True))), 100, age=30, horizon=40)
    assert known.customer.tolist() == [1, 2]
    assert known.days.tolist() == [3, 1]
    assert known.value.tolist() == [180, 70]
    assert known.first_value.tolist() == [100, 75]
    assert known.later.tolist() == [7, 0]
    assert known.grown_up(100).tolist() == [True, True] and known.grown_up(85).tolist() == [True, False]
    assert known.numbers()[0] == pytest.approx([np.log1p(180), np.log1p(100), np.log(3)])


def shop(customers=3000, seed=2):
    """Big first baskets mean rich and frequent customers; small ones do not."""
    rng = np.random.default_rng(seed)
    rich = rng.random(customers) < 0.3
    first = rng.integers(0, 900, customers)
    rows = [np.stack([np.arange(customers), first, np.where(rich, 20_000, 3_000) * rng.gamma(9, 1 / 9, customers)])]
    for _ in range(8):
        come = rng.random(customers) < np.where(rich, 0.8, 0.1)
        day = first + rng.integers(1, 300, customers)
        rows.append(np.stack([np.arange(customers), day, np.where(rich, 20_000, 3_000) + 0.0 * day])[:, come])
    customer, day, value = np.concatenate(rows, axis=1)
    return sorted_purchases(customer, day, np.round(value))


def test_look_alikes_foretell_what_traits_tell():
    purchases = shop()
    known = youth(purchases, 1200, age=0, horizon=300)
    categories = np.zeros((len(known.customer), 0), dtype=np.int64)
    proof = backtest_look_alikes(known, Traits(known.numbers(), categories), 1200)
    assert proof.useful and proof.old > 500
    assert proof.look_alikes.rmse < 0.7 * proof.average.rmse and proof.look_alikes.gini > 0.8
    noise = Traits(np.random.default_rng(1).normal(size=(len(known.customer), 3)), categories)
    assert not backtest_look_alikes(known, noise, 1200).look_alikes.gini > 0.15


def test_nobody_new_on_the_day_of_the_backtest():
    purchases = shop(500)
    known = youth(purchases, 3000, age=0, horizon=300)
    with pytest.raises(ModelError, match="no customer was new"):
        backtest_look_alikes(known, Traits(known.numbers(), np.zeros((500, 0), dtype=np.int64)), 3000, origin=2500)
