"""Reading buckets: order, silent columns, dictionaries, merged customers, one customer's history."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from regulars.errors import LakeError
from regulars.lake import Lake, parquet
from regulars.lake.commit import Log
from regulars.lake.folders import Folder
from regulars.lake.records import Change
from regulars.lake.storage import storage_at
from tests.lake.lake_rows import Line, Order, expected, line_rows, order_row, stored_lines, stored_orders, tables, text


def test_a_column_that_says_nothing_is_neither_read_nor_returned(lake, load, monkeypatch):
    load([Order(f"c{i}", str(i), amount=i) for i in range(20)], "a")
    asked = []
    read = parquet.read_rows
    monkeypatch.setattr(
        parquet, "read_rows", lambda s, f, names=None, g=None: asked.append(names) or read(s, f, names, g)
    )
    facts = lake.snapshot().facts(0, ["profit", "status", "channel", "campaign", "referrer", "discount", "at"])
    assert asked == [["customer_key", "amount"]], "the days are all the same, too"
    assert (facts.profit, facts.status, facts.channel, facts.campaign, facts.referrer) == (None,) * 5
    assert (facts.discount, facts.at) == (None, None)
    assert facts.day.tolist() == [19000] * len(facts.amount)


def test_a_column_that_says_something_in_one_file_is_whole_in_all(lake, load):
    load([Order("a", "1", 19005, 1), Order("a", "2", 19001, 2)], "a")
    load([Order("a", "3", 19003, 3, profit=1, status=2, channel="web", discount=9)], "b")
    facts = lake.snapshot().facts(0, ["profit", "status", "channel", "discount", "profit_source"])
    assert facts.day.tolist() == [19001, 19003, 19005]
    assert facts.amount.tolist() == [2, 3, 1]
    assert facts.profit.tolist() == [0, 1, 0]
    assert facts.profit_known.tolist() == [False, True, False]
    assert facts.status.tolist() == [0, 2, 0]
    assert facts.profit_source.tolist() == [0, 1, 0]
    assert facts.channel.tolist() == [-1, 0, -1]
    assert facts.discount_known.tolist() == [False, True, False]


def test_types_are_those_of_the_engine(lake, load):
    load([Order("a", "1", 19005, 1, profit=4, status=1, channel="web"), Order("a", "2", 19001, 2, profit=3)], "a")
    facts = lake.snapshot().facts(0, ["profit", "status", "channel", "order_key", "source"])
    assert [facts.customer.dtype, facts.day.dtype, facts.channel.dtype, facts.source.dtype] == [np.int32] * 4
    assert [facts.amount.dtype, facts.profit.dtype, facts.order_key.dtype] == [np.int64] * 3
    assert facts.status.dtype == np.int8


def test_lines_join_their_orders_by_key(lake, load):
    load([Order("a", str(i), 19000 + i % 2, i, lines=(Line("tea", i), Line("pot", i))) for i in range(9)], "a")
    snapshot = lake.snapshot()
    facts, lines = snapshot.facts(0, ["order_key"]), snapshot.lines(0, ["order_key"])
    amount_of = dict(zip(facts.order_key.tolist(), facts.amount.tolist(), strict=True))
    assert [amount_of[key] for key in lines.order_key.tolist()] == lines.amount.tolist()


def test_keys_follow_first_appearance(lake, load):
    load([Order("b", "1"), Order("a", "2"), Order(None, "3"), Order("b", "4")], "a")
    load([Order("c", "5"), Order("a", "6")], "b")
    snapshot = lake.snapshot()
    assert [snapshot.customer_ids(bucket).to_pylist() for bucket in range(3)] == [["b"], ["a"], ["c"]]
    assert snapshot.find_keys(pa.array(["c", "nobody", "b"])).tolist() == [2, -1, 0]


def test_files_of_unsorted_rows_are_put_in_order(lake, load):
    load([Order("a", "1", 19000), Order("b", "2"), Order("c", "3"), Order("d", "4", 18990, 4)], "a")
    snapshot = lake.snapshot()
    file = snapshot.files_of("orders", 0)[0]
    rows = parquet.read_rows(snapshot.storage, file)
    turned = parquet.write_file(snapshot.storage, "orders", 0, rows.take(pa.array([1, 0])), 2)
    log = Log(snapshot.storage)
    base = log.latest()
    log.commit(base, {"orders": Change((turned,), (file,))}, base)
    assert (stored_orders(lake.snapshot())) == stored_orders(snapshot)
    assert any("out of order" in problem.message for problem in lake.verify().problems)


def test_rows_of_another_bucket_are_damage(lake, load):
    load([Order("a", "1"), Order("b", "2")], "a")
    snapshot = lake.snapshot()
    rows = parquet.read_rows(snapshot.storage, snapshot.files_of("orders", 0)[0])
    stray = parquet.write_file(snapshot.storage, "orders", 1, rows, 2)
    log = Log(snapshot.storage)
    base = log.latest()
    log.commit(base, {"orders": Change((stray,))}, base)
    with pytest.raises(LakeError) as caught:
        lake.snapshot().facts(1)
    assert caught.value.code == "lake_damaged"


def test_what_a_side_table_got_without_a_lake_version_is_not_built_upon(lake, load):
    load([Order("a", "1", lines=(Line("tea", 5),))], "a")
    snapshot = lake.snapshot()
    rows = parquet.read_rows(snapshot.storage, snapshot.files_of("lines", 0)[0])
    orphan = parquet.write_file(snapshot.storage, "lines", 0, rows, 2)
    log = Log(snapshot.storage)
    base = log.latest()
    version = log._set_side_table("lines", base.tables["lines"], Change((orphan,)), base)
    assert version == 2
    assert stored_lines(lake.snapshot()) == stored_lines(snapshot)
    load([Order("a", "2", lines=(Line("pot", 6),))], "b")
    assert len(stored_lines(lake.snapshot())) == 2
    assert lake.verify().problems == ()


ORDERS = [
    Order("a", "1", 19003, 1, lines=(Line("tea", 1),)),
    Order("b", "2", 19001, 2, profit=5, lines=(Line("pot", 2),)),
    Order("c", "3", 19002, 3),
    Order("d", "4", 19009, 4, lines=(Line("tea", 4),)),
    Order("a", "5", 19000, 5),
    Order(None, "6", 19000, 6),
]


def read_as(snapshot, canonical):
    orders = sorted((order_row(order, canonical.get(order.customer)) for order in ORDERS), key=text)
    lines = sorted((row for order in ORDERS for row in line_rows(order, canonical.get(order.customer))), key=text)
    assert (stored_orders(snapshot), stored_lines(snapshot)) == (orders, lines)


def test_merged_customers_are_read_as_one_and_can_be_parted(lake, load):
    load(ORDERS, "a")
    lake.identify({"a": "b"})  # to another bucket
    read_as(lake.snapshot(), {"a": "b"})
    lake.identify({"b": "c", "d": "c"})  # a chain
    read_as(lake.snapshot(), {"a": "c", "b": "c", "d": "c"})
    snapshot = lake.snapshot()
    assert [None if (away := snapshot.merged_away(bucket)) is None else away.tolist() for bucket in range(3)] == [
        [True, True],
        [True],
        None,
    ]
    assert snapshot.orders_of(2).column("amount").to_pylist() == [5, 2, 3, 1, 4]
    assert snapshot.orders_of(0).num_rows == 0
    lake.identify({"b": "b"})
    read_as(lake.snapshot(), {"a": "b", "d": "c"})
    read_as(lake.snapshot(1), {})
    lake.compact()
    read_as(lake.snapshot(), {"a": "b", "d": "c"})
    assert lake.verify().problems == ()


def test_a_merge_within_one_bucket(lake, load):
    load(ORDERS, "a")
    lake.identify({"d": "a"})
    read_as(lake.snapshot(), {"d": "a"})


def test_circles_and_strangers_cannot_be_merged(lake, load):
    load(ORDERS, "a")
    lake.identify({"a": "b"})
    for wrong in ({"b": "a"}, {"nobody": "a"}, {"a": "nobody"}):
        with pytest.raises(LakeError) as caught:
            lake.identify(wrong)
        assert caught.value.code == "lake_identity"
    assert lake.snapshot().version == 2


def test_one_customer_reads_few_rows(tmp_path, monkeypatch):
    lake = Lake.create(tmp_path / "lake", buckets=1, durable=False)
    orders = [Order(f"c{i // 20}", None, 19000 + i % 20, i) for i in range(60_000)]
    lake.load(*tables(orders), source="shop", content=["a"])
    snapshot = lake.snapshot()
    groups = []
    read = parquet.read_rows
    monkeypatch.setattr(
        "regulars.lake.snapshot.read_rows", lambda s, f, names=None, g=None: groups.append(g) or read(s, f, names, g)
    )
    key = int(snapshot.find_keys(pa.array(["c1500"]))[0])
    rows = snapshot.orders_of(key)
    assert rows.column("amount").to_pylist() == list(range(30_000, 30_020))
    assert groups == [[1]]


def test_a_storage_is_a_value():
    assert storage_at("/tmp/x") == Folder("/tmp/x")
    assert expected([]) == ([], [])
