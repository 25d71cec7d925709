"""Bulk loads: streamed rows with ready keys become sorted buckets, in memory or through the spill file."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from regulars.errors import LakeError
from regulars.lake import Lake, bulk

N = 30_000


def rows(seed: int = 1, ordered: bool = True) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    day = rng.integers(18000, 18500, N).astype(np.int32)
    return {
        "customer_key": rng.integers(-1, 700, N).astype(np.int32),
        "day": np.sort(day) if ordered else day,
        "amount": np.where(rng.random(N) < 0.001, 5_000_000_000, rng.integers(-500, 90_000, N)),
        "profit": rng.integers(-50, 9_000, N),
    }


def batches(columns: dict[str, np.ndarray], known: np.ndarray | None = None, size: int = 1000):
    arrays = {name: pa.array(values) for name, values in columns.items()}
    if known is not None:
        arrays["profit"] = pa.array(columns["profit"], mask=~known)
    return pa.table(arrays).to_batches(max_chunksize=size)


def read(lake: Lake) -> np.ndarray:
    """(key, day, amount, profit, profit known) of all rows, sorted."""
    snapshot = lake.snapshot()
    parts = []
    for bucket in [-1, *range(snapshot.buckets)]:
        facts = snapshot.facts(bucket) if bucket >= 0 else snapshot.unattributed()
        assert (np.lexsort((facts.day, facts.customer)) == np.arange(len(facts.day))).all()
        key = facts.customer * snapshot.buckets + bucket if bucket >= 0 else np.full(len(facts.day), -1)
        profit = np.zeros(len(key), np.int64) if facts.profit is None else facts.profit
        known = np.full(len(key), facts.profit is not None) if facts.profit_known is None else facts.profit_known
        parts.append(np.stack([key, facts.day, facts.amount, np.where(known, profit, 0), known]))
    table = np.concatenate(parts, axis=1)
    return table[:, np.lexsort(table[::-1])]


def told(columns: dict[str, np.ndarray], known: np.ndarray) -> np.ndarray:
    names = ("customer_key", "day", "amount")
    table = np.stack([*(columns[name] for name in names), np.where(known, columns["profit"], 0), known])
    return table[:, np.lexsort(table[::-1])]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK_ROWS", 4096)


@pytest.mark.parametrize("memory", [1 << 31, 200_000, 0])
@pytest.mark.parametrize("ordered", [True, False])
def test_all_rows_arrive_in_order(lake, memory, ordered):
    columns = rows(ordered=ordered)
    seen = []
    report = lake.bulk_load(batches(columns), memory=memory, progress=lambda stage, done, total: seen.append(stage))
    assert np.array_equal(read(lake), told(columns, np.ones(N, bool)))
    assert (report.orders, report.new, report.customers_new) == (N, N, 700)
    assert lake.snapshot().customer_ids(1).to_pylist()[:3] == ["1", "4", "7"]
    assert set(seen) == {"read", "write"}
    assert lake.verify().problems == ()


@pytest.mark.parametrize("known", [lambda i: i % 3 > 0, lambda i: i < N // 2, lambda i: i >= N // 2, lambda i: i < 0])
@pytest.mark.parametrize("memory", [1 << 31, 0])
def test_profits_may_be_unknown(lake, known, memory):
    columns = rows()
    mask = known(np.arange(N))
    lake.bulk_load(batches(columns, mask), memory=memory)
    assert np.array_equal(read(lake), told(columns, mask))
    assert lake.verify().problems == ()


def test_without_a_profit_column(lake):
    columns = rows()
    lake.bulk_load(batches({name: columns[name] for name in ("customer_key", "day", "amount")}))
    assert np.array_equal(read(lake), told(columns, np.zeros(N, bool)))
    assert lake.snapshot().facts(0, ["profit", "profit_source"]).profit_source is None


def test_ids_by_key_and_customers_without_orders(lake):
    ids = [f"id-{key}" for key in range(705)]
    lake.bulk_load(batches(rows()), pa.chunked_array([ids[:300], ids[300:]]))
    snapshot = lake.snapshot()
    assert snapshot.n_customers == 705
    assert snapshot.customer_ids(2).to_pylist() == ids[2::3]
    assert snapshot.find_keys(pa.array(["id-704"])).tolist() == [704]


def test_loads_go_on_after_a_bulk_load(lake, load):
    from tests.lake.lake_rows import Order

    columns = rows()
    lake.bulk_load(batches(columns), content=["stream"])
    load([Order("5", "1", 18100, 77), Order("new", "2", 18100, 78)], "a")
    snapshot = lake.snapshot()
    assert snapshot.n_customers == 701
    assert snapshot.totals.amount == int(columns["amount"].sum()) + 77 + 78
    key = snapshot.find_keys(pa.array(["5"]))[0]
    assert snapshot.orders_of(int(key)).num_rows == int((columns["customer_key"] == 5).sum()) + 1
    lake.compact()
    assert lake.verify().problems == ()
    assert lake.taken(["stream"], "bulk") == {"stream"}


def test_only_an_empty_lake_takes_a_bulk_load(lake):
    lake.bulk_load(batches(rows()))
    with pytest.raises(LakeError) as caught:
        lake.bulk_load(batches(rows()))
    assert caught.value.code == "lake_not_empty"


@pytest.mark.parametrize(
    ("columns", "ids", "name"),
    [
        ({"customer_key": [-2], "day": [1], "amount": [1]}, None, "customer_key"),
        ({"customer_key": [None], "day": [1], "amount": [1]}, None, "customer_key"),
        ({"customer_key": [0], "day": [2**40], "amount": [1]}, None, "day"),
        ({"customer_key": [0], "day": [1]}, None, "amount"),
        ({"customer_key": [1], "day": [1], "amount": [1]}, ["a"], "customer_id"),
        ({"customer_key": [1], "day": [1], "amount": [1]}, ["a", "a"], "customer_id"),
        ({"customer_key": [1], "day": [1], "amount": [1]}, ["a", None], "customer_id"),
    ],
)
def test_rows_that_cannot_be_stored_are_refused(lake, columns, ids, name):
    with pytest.raises(LakeError) as caught:
        lake.bulk_load(pa.table(columns).to_batches(), None if ids is None else pa.array(ids, pa.string()))
    assert caught.value.code == "lake_rows"
    assert caught.value.context["column"] == name
    assert lake.snapshot().version == 0


def test_an_empty_stream_is_an_empty_load(lake):
    assert lake.bulk_load(iter([])).orders == 0
    assert lake.verify().problems == ()
