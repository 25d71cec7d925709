"""A load that is taken back leaves the lake as if it had never come."""

from __future__ import annotations

import random

import pytest

from regulars.errors import LakeError
from regulars.lake import Lake
from regulars.lake.withdrawing import withdraw
from tests.lake.lake_rows import Line, Order, customers, tables

DAY = 20_000


@pytest.fixture
def lake(tmp_path):
    return Lake.create(tmp_path / "lake", buckets=3, durable=False)


def load(lake, *orders, content=None, people=None, source="shop"):
    return lake.load(*tables(list(orders)), people, source=source, content=[content] if content else [])


def read(lake):
    """Everything the lake says of orders, as text."""
    snapshot = lake.snapshot()
    products = snapshot.names("product").to_pylist()
    found = {}
    for bucket in range(snapshot.buckets):
        ids = snapshot.customer_ids(bucket).to_pylist()
        for position, name in enumerate(ids):
            key = position * snapshot.buckets + bucket
            lines = snapshot.lines_of(key).to_pylist()
            for row in snapshot.orders_of(key).to_pylist():
                mine = sorted(
                    (products[line["product"]], line["amount"])
                    for line in lines
                    if line["order_key"] == row["order_key"]
                )
                found[name, row["order_id"], row["day"]] = (row["amount"], row["status"], tuple(mine))
    return found


def test_the_only_load_leaves_nothing_behind(lake):
    made = load(lake, Order("a", "1", lines=(Line("tea", 600), Line("cup", 400))), Order(None, "2"), content="x")
    report = withdraw(lake, made.version)
    assert read(lake) == {}
    assert lake.snapshot().n_customers == 0
    assert (report.removed.orders, report.removed.lines, report.added.orders) == (2, 2, 0)
    assert lake.verify().sound


def test_replaced_orders_get_their_former_values_and_lines_back(lake):
    load(lake, Order("a", "1", amount=1000, lines=(Line("tea", 1000),)), Order("b", "2"), content="x")
    before = read(lake)
    made = load(lake, Order("a", "1", amount=700, lines=(Line("cup", 700),)), Order("c", "3"), content="y")
    withdraw(lake, made.version)
    assert read(lake) == before
    assert lake.snapshot().n_customers == 2
    assert lake.verify().sound


def test_later_loads_stay(lake):
    first = load(lake, Order("a", "1", amount=1000), Order("b", "2"), content="x")
    load(lake, Order("a", "1", amount=500), Order("d", "9"), content="y")
    withdraw(lake, first.version)
    assert read(lake) == {("a", "1", 19000): (500, 0, ()), ("d", "9", 19000): (1000, 0, ())}
    assert lake.verify().sound


def test_a_former_order_whose_load_was_taken_back_does_not_return(lake):
    load(lake, Order("a", "1", amount=100, lines=(Line("tea", 100),)), content="w")
    second = load(lake, Order("a", "1", amount=200, lines=(Line("tea", 200),)), content="x")
    third = load(lake, Order("a", "1", amount=300, lines=(Line("tea", 300),)), content="y")
    withdraw(lake, second.version)
    assert read(lake) == {("a", "1", 19000): (300, 0, (("tea", 300),))}
    withdraw(lake, third.version)
    assert read(lake) == {("a", "1", 19000): (100, 0, (("tea", 100),))}
    assert lake.verify().sound


def test_the_same_file_can_come_again(lake):
    made = load(lake, Order("a", "1"), content="x")
    withdraw(lake, made.version)
    again = load(lake, Order("a", "1"), content="x")
    assert not again.unchanged and again.new == 1
    assert lake.verify().sound


def test_twice_is_once_and_compaction_does_not_matter(lake):
    load(lake, *(Order(f"c{n}", f"o{n}", day=DAY + n) for n in range(20)), content="x")
    before = read(lake)
    made = load(lake, *(Order(f"c{n}", f"o{n}", day=DAY + n, amount=5) for n in range(10, 40)), content="y")
    lake.compact()
    first = withdraw(lake, made.version)
    assert read(lake) == before
    assert withdraw(lake, made.version) == first
    assert lake.snapshot().version == first.version
    assert lake.verify().sound


def test_attributes_return_to_what_was_told_before(lake):
    load(lake, Order("a", "1"), people=customers({"customer_id": "a", "name": "Ann", "region": "North"}), content="x")
    made = load(lake, Order("b", "2"), people=customers({"customer_id": "a", "name": "Anna"}), content="y")
    withdraw(lake, made.version)
    rows = [row for bucket in range(3) for row in lake.snapshot().attributes(bucket).to_pylist()]
    assert [(row["customer_id"], row["name"], row["region"]) for row in rows] == [("a", "Ann", "North")]


def test_what_is_no_load_is_refused(lake):
    load(lake, Order("a", "1"), Order("b", "2"))
    version = lake.identify({"a": "b"})
    with pytest.raises(LakeError) as error:
        withdraw(lake, version)
    assert error.value.code == "lake_not_a_load"


@pytest.mark.parametrize("seed", range(12))
def test_any_order_of_loads_and_withdrawals_equals_loading_what_is_left(tmp_path, seed):
    chance = random.Random(seed)
    lake = Lake.create(tmp_path / "lake", buckets=2, durable=False)
    loads = {}
    for number in range(8):
        names = chance.sample(range(12), chance.randint(1, 6))
        orders = [
            Order(f"c{n % 5}", f"o{n}", amount=1000 * number + n, lines=(Line(f"p{number}", 1000 * number + n),))
            for n in names
        ]
        loads[load(lake, *orders, content=f"f{number}").version] = orders
        if chance.random() < 0.3:
            lake.compact()
        if chance.random() < 0.5:
            victim = chance.choice(sorted(loads))
            withdraw(lake, victim)
            del loads[victim]
    expected = {}
    for version in sorted(loads):
        for order in loads[version]:
            expected[order.customer, order.order_id, order.day] = (
                order.amount, 0, ((order.lines[0].product, order.amount),),
            )  # fmt: skip
    assert read(lake) == expected
    assert lake.verify().sound
