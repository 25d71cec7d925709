"""Several processes at once: nothing is lost or doubled."""

from __future__ import annotations

import time

import pytest

from regulars.errors import LakeError
from regulars.lake import Lake, store
from regulars.lake.commit import Conflict, Log
from tests.lake import lake_victims
from tests.lake.lake_rows import Order, expected, stored_lines, stored_orders, tables


@pytest.mark.parametrize("place", ["folder", "store"])
def test_four_writers_lose_and_double_nothing(place, tmp_path, processes, request):
    path, options = str(tmp_path / "lake"), {}
    if place == "store":
        options = request.getfixturevalue("store_options")
        path = request.getfixturevalue("bucket") + "/shop/lake"
    lake = Lake.create(path, buckets=2, storage_options=options)
    writers, loads = 4, 4
    barrier = processes.Barrier(writers)
    children = [
        processes.Process(target=lake_victims.write_steadily, args=(path, options, writer, loads, barrier))
        for writer in range(writers)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(240)
        assert child.exitcode == 0
    snapshot = lake.snapshot()
    rows = stored_orders(snapshot)
    assert len(rows) == writers * loads * 6 + lake_victims.SHARED
    assert len([row for row in rows if row[0] == "everybody"]) == lake_victims.SHARED
    assert sorted(row[5] for row in rows if row[5]) == sorted(f"{w} {n}" for w in range(writers) for n in range(loads))
    assert snapshot.n_customers == 4 + loads + 1 + writers * loads
    assert len(stored_lines(snapshot)) == writers * loads * 5
    assert sum(version.kind == "load" for version in lake.versions()) == writers * loads
    assert lake.verify().problems == ()


def test_a_load_computed_from_an_older_version_is_computed_again(lake, load, monkeypatch):
    commit, meanwhile = Log.commit, [Order("b", "2", amount=7)]

    def overtaken(log, base, changes, record):
        if meanwhile:
            other = [meanwhile.pop()]
            lake.load(*tables(other), source="shop", content=["other"])
        return commit(log, base, changes, record)

    monkeypatch.setattr(Log, "commit", overtaken)
    report = load([Order("a", "1"), Order("b", "2", amount=8)], "a")
    assert (report.version, report.new, report.replaced, report.customers_new) == (2, 1, 1, 1)
    snapshot = lake.snapshot()
    assert stored_orders(snapshot) == expected([Order("a", "1"), Order("b", "2", amount=8)])[0]
    assert [snapshot.customer_ids(bucket).to_pylist() for bucket in range(2)] == [["b"], ["a"]]
    assert lake.verify().problems == ()


def test_a_compaction_overtaken_by_a_load_is_committed_on_top_of_it(lake, load, monkeypatch):
    for number in range(3):
        load([Order("a", str(number), 19000 - number, number)], str(number))
    commit, meanwhile, computed = Log.commit, [1], []
    monkeypatch.setattr(store.compaction, "_merge", _counting(store.compaction._merge, computed))

    def overtaken(log, base, changes, record):
        if meanwhile:
            meanwhile.pop()
            load([Order("b", "9"), Order("a", "10", 18000)], "9")
        return commit(log, base, changes, record)

    monkeypatch.setattr(Log, "commit", overtaken)
    lake.compact()
    assert len(computed) == len(set(computed)), "no bucket was merged twice"
    orders = [Order("a", str(number), 19000 - number, number) for number in range(3)]
    assert stored_orders(lake.snapshot()) == expected([*orders, Order("b", "9"), Order("a", "10", 18000)])[0]
    assert len(lake.snapshot().files_of("orders", 0)) == 2
    assert lake.verify().problems == ()


def _counting(function, calls):
    def counted(storage, snapshot, place, files):
        calls.append(place)
        return function(storage, snapshot, place, files)

    return counted


def test_a_lake_that_never_rests_is_busy(lake, monkeypatch):
    def always_late(log, base, changes, record):
        raise Conflict

    monkeypatch.setattr(Log, "commit", always_late)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(LakeError) as caught:
        lake.load(*tables([Order("a", "1")]), source="shop", content=["a"])
    assert caught.value.code == "lake_busy"
    assert lake.snapshot().version == 0
