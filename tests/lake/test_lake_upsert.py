"""What happens when orders come again: key (source, order_id, customer_id), replaced whole or left alone."""

from __future__ import annotations

import numpy as np
import pytest

from regulars.errors import CurrencyError, LakeError
from regulars.lake import describing, kernels, upsert
from tests.lake.lake_rows import Line, Order, customers, expected, stored_lines, stored_orders, tables

ALICE = Order("alice", "1", 19000, 3000, lines=(Line("tea", 1000), Line("pot", 2000, profit=500)))
BOB = Order("bob", "2", 19001, 500, profit=100, channel="web")
NOBODY = Order(None, "3", 19002, 700, status=1, lines=(Line("tea", 700),))
NAMELESS = Order("bob", None, 19003, 900, at=1_641_772_800)


def test_everything_comes_back(lake, load):
    report = load([ALICE, BOB, NOBODY, NAMELESS], "a")
    assert (report.orders, report.new, report.replaced, report.identical, report.customers_new) == (4, 4, 0, 0, 2)
    snapshot = lake.snapshot()
    orders, lines = expected([ALICE, BOB, NOBODY, NAMELESS])
    assert stored_orders(snapshot) == orders
    assert stored_lines(snapshot) == lines
    assert snapshot.totals.amount == 3000 + 500 + 700 + 900
    assert lake.verify().problems == ()


def test_the_same_content_changes_nothing(lake, load):
    load([ALICE, NAMELESS], "a")
    report = load([ALICE, NAMELESS], "a")
    assert report.unchanged
    assert report.version == 1
    assert [version.version for version in lake.versions()] == [0, 1]
    assert lake.taken(["a", "b"], "shop") == {"a"}
    assert lake.taken(["a"], "another shop") == frozenset()


def test_another_file_with_the_same_orders_leaves_the_rows_alone(lake, load):
    load([ALICE, BOB, NOBODY], "a")
    before = {file for files in lake.snapshot().files.values() for file in files}
    report = load([NOBODY, BOB, ALICE], "b")
    assert (report.new, report.replaced, report.identical) == (0, 0, 3)
    after = {file for files in lake.snapshot().files.values() for file in files}
    assert {file.table for file in after - before} == {"loads"}
    assert before <= after


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 1},
        {"day": 18999},
        {"profit": 1},
        {"discount": 5},
        {"status": 2},
        {"channel": "app"},
        {"at": 7},
        {"lines": ()},
        {"lines": (Line("tea", 1000),)},
        {"lines": (Line("tea", 1000), Line("pot", 2000, profit=501))},
        {"lines": (Line("tea", 1000), Line("pot", 2000, profit=500), Line("pot", 2000, profit=500))},
        {"lines": (Line("tea", 1000), Line("pan", 2000, profit=500))},
        {"lines": (Line("tea", 1000, quantity=None), Line("pot", 2000, profit=500))},
    ],
)
def test_an_order_that_changed_is_replaced_whole(lake, load, change):
    other = Order("alice", "9", 19000, 50, lines=(Line("tea", 50),))
    load([ALICE, other, BOB], "a")
    changed = ALICE.but(**change)
    report = load([changed], "b")
    assert (report.new, report.replaced, report.identical) == (0, 1, 0)
    snapshot = lake.snapshot()
    assert (stored_orders(snapshot), stored_lines(snapshot)) == expected([changed, other, BOB])
    assert lake.verify().problems == ()


def test_the_sequence_of_lines_is_not_a_change(lake, load):
    load([ALICE], "a")
    assert load([ALICE.but(lines=ALICE.lines[::-1])], "b").identical == 1


def test_the_key_has_three_parts(lake, load):
    load([ALICE], "a")
    load([ALICE.but(customer="bob", amount=1, lines=())], "b")
    load([ALICE.but(customer=None, amount=2, lines=())], "c")
    lake.load(*tables([ALICE.but(amount=3, lines=())]), source="other shop", content=["d"])
    amounts = sorted(row[2] for row in stored_orders(lake.snapshot()))
    assert amounts == [1, 2, 3, 3000]


def test_unattributed_orders_are_replaced_too(lake, load):
    load([NOBODY, Order(None, "4", amount=5)], "a")
    assert load([NOBODY.but(amount=9, lines=())], "b").replaced == 1
    assert (stored_orders(lake.snapshot()), stored_lines(lake.snapshot())) == expected(
        [NOBODY.but(amount=9, lines=()), Order(None, "4", amount=5)]
    )


def test_equal_hashes_do_not_make_orders_equal(lake, load, monkeypatch):
    monkeypatch.setattr(kernels, "hashes", lambda offsets, text, keys, source: np.zeros(len(keys), np.int64))
    first = [Order(f"c{i % 3}", str(i), amount=i, lines=(Line("tea", i),)) for i in range(30)]
    load(first, "a")
    second = [order.but(amount=order.amount + 100) for order in first[::4]]
    assert load(second, "b").replaced == len(second)
    kept = [order for i, order in enumerate(first) if i % 4]
    assert (stored_orders(lake.snapshot()), stored_lines(lake.snapshot())) == expected(kept + second)
    assert lake.verify().problems == ()


def test_hashes_tell_source_customer_and_order_apart():
    ids = upsert.pa.array(["1", "1", "1", "11", None])
    keys = np.array([0, 1, -1, 0, 0], np.int32)
    hashes = [value for source in (0, 1) for value in upsert.order_hashes(ids, keys, source).to_pylist()]
    assert hashes[4] is None
    assert len({value for value in hashes if value is not None}) == 8


def test_one_key_twice_in_a_load_is_refused(lake, load):
    with pytest.raises(LakeError) as caught:
        load([ALICE, BOB, ALICE.but(amount=5, lines=())], "a")
    assert caught.value.code == "lake_order_twice"
    assert caught.value.context == {"order_id": "1", "customer_id": "alice"}
    assert lake.snapshot().version == 0


def test_files_partly_taken_need_order_ids(lake, load):
    load([NAMELESS], "a")
    with pytest.raises(LakeError) as caught:
        lake.load(*tables([NAMELESS, BOB]), source="shop", content=["a", "b"])
    assert caught.value.code == "lake_partly_taken"
    report = lake.load(*tables([BOB]), source="shop", content=["a", "b"])
    assert report.new == 1
    assert report.content == ("a", "b")


def test_amounts_of_another_currency_are_refused(lake, load):
    load([ALICE], "a", currency="CNY")
    with pytest.raises(CurrencyError):
        load([BOB], "b", currency="USD")


def test_more_customers_than_keys_are_refused(lake, load, monkeypatch):
    monkeypatch.setattr(describing, "MAX_CUSTOMERS", 1)
    load([ALICE], "a")
    with pytest.raises(LakeError) as caught:
        load([ALICE, BOB], "b")
    assert caught.value.code == "lake_full"


def test_attributes_are_completed_not_erased(lake, load):
    load([ALICE, BOB], "a", customers=customers({"customer_id": "alice", "name": "Alice", "phone": "1"}))
    report = load(
        [],
        "b",
        customers=customers(
            {"customer_id": "alice", "region": "Hangzhou", "phone": "2"},
            {"customer_id": "carol", "name": "Carol", "created_at": 18000},
        ),
    )
    assert (report.customers_new, report.customers_changed) == (1, 1)
    again = load([], "c", customers=customers({"customer_id": "alice", "name": "Alice", "region": "Hangzhou"}))
    assert (again.customers_new, again.customers_changed) == (0, 0)
    snapshot = lake.snapshot()
    rows = {row["customer_id"]: row for bucket in range(3) for row in snapshot.attributes(bucket).to_pylist()}
    assert (rows["alice"]["name"], rows["alice"]["phone"], rows["alice"]["region"]) == ("Alice", "2", "Hangzhou")
    assert (rows["carol"]["name"], rows["carol"]["created_at"]) == ("Carol", 18000)
    assert rows["bob"]["name"] is None
    earlier = lake.snapshot(1)
    assert [earlier.attributes(bucket).num_rows for bucket in range(3)] == [1, 1, 0]
    assert earlier.attributes(0).to_pylist()[0]["phone"] == "1"


def test_a_product_keeps_its_code_and_takes_the_last_category(lake, load):
    load([ALICE.but(lines=(Line("tea", 1, category="drinks"), Line("pot", 2), Line(None, 3, category="gifts")))], "a")
    load([ALICE.but(lines=(Line("tea", 1, category="hot drinks"), Line("cup", 2), Line(None, 4)))], "b")
    snapshot = lake.snapshot()
    named = list(zip(snapshot.names("product").to_pylist(), snapshot.categories().to_pylist(), strict=True))
    assert named == [("tea", "hot drinks"), ("pot", None), (None, "gifts"), ("cup", None)]
    assert lake.snapshot(1).categories().to_pylist() == ["drinks", None, "gifts"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda rows: rows.drop_columns(["amount"]), "amount"),
        (lambda rows: rows.set_column(2, "day", [["soon", "later"]]), "day"),
        (lambda rows: rows.set_column(2, "day", [[None, 3]]), "day"),
        (lambda rows: rows.set_column(rows.column_names.index("line_count"), "line_count", [[9, 0]]), "line_first"),
        (lambda rows: rows.set_column(rows.column_names.index("line_first"), "line_first", [[-1, 0]]), "line_first"),
    ],
)
def test_rows_that_cannot_be_stored_are_refused(lake, change, column):
    orders, lines = tables([ALICE, BOB])
    with pytest.raises(LakeError) as caught:
        lake.load(change(orders), lines, source="shop", content=["a"])
    assert caught.value.code == "lake_rows"
    assert column in caught.value.context["column"]
    assert lake.snapshot().version == 0
