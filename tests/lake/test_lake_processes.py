"""Several processes at once, and processes that die: nothing is lost, doubled or half visible."""

from __future__ import annotations

import multiprocessing
import os
import random
import time

import pytest

from regulars.errors import LakeError
from regulars.lake import Lake, store
from regulars.lake.commit import Conflict, Log
from tests.lake import lake_victims
from tests.lake.lake_rows import Order, expected, stored_lines, stored_orders, tables

KILLS = int(os.environ.get("REGULARS_LAKE_KILLS", "20"))
KILL_ORDERS = int(os.environ.get("REGULARS_LAKE_KILL_ORDERS", "600"))


@pytest.fixture(scope="module")
def processes():
    """Children fork from a server that has imported the lake but never used it, so each starts in milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.lake.lake_victims"])
    return context


def test_two_writers_lose_and_double_nothing(tmp_path, processes):
    lake = Lake.create(tmp_path / "lake", buckets=2)
    writers, loads = 2, 6
    barrier = processes.Barrier(writers)
    children = [
        processes.Process(target=lake_victims.write_steadily, args=(str(tmp_path / "lake"), writer, loads, barrier))
        for writer in range(writers)
    ]
    for child in children:
        child.start()
    for child in children:
        child.join(120)
        assert child.exitcode == 0
    snapshot = lake.snapshot()
    rows = stored_orders(snapshot)
    assert len(rows) == writers * loads * 6 + 1
    assert len([row for row in rows if row[0] == "everybody"]) == 1
    assert sorted(row[5] for row in rows if row[5]) == sorted(f"{w} {n}" for w in range(writers) for n in range(loads))
    assert snapshot.n_customers == 10 + 1 + writers * loads
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
    def counted(storage, snapshot, table, bucket):
        calls.append((table, bucket))
        return function(storage, snapshot, table, bucket)

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


def state_after(number: int) -> tuple[list, list]:
    known: dict[object, Order] = {}
    for i in range(number + 1):
        known |= {(order.customer, order.order_id): order for order in lake_victims.batch(i, KILL_ORDERS)}
    return expected(list(known.values()))


def content_of(lake: Lake) -> tuple[list, list]:
    snapshot = lake.snapshot()
    return stored_orders(snapshot), stored_lines(snapshot)


def duration(processes, path: str, task: str, number: int) -> float:
    """Seconds that the task takes when nobody kills it."""
    child = start(processes, path, task, number)
    begin = time.perf_counter()
    child.join(120)
    assert child.exitcode == 0
    return time.perf_counter() - begin


def start(processes, path: str, task: str, number: int):
    ready = processes.Event()
    child = processes.Process(target=lake_victims.victim, args=(path, task, number, KILL_ORDERS, ready))
    child.start()
    assert ready.wait(120)
    return child


@pytest.mark.slow
def test_killing_a_process_at_any_moment_leaves_one_whole_version(tmp_path, processes):
    """Moments are uniform over the task's duration; every third task is a compaction."""
    path = str(tmp_path / "lake")
    lake = Lake.create(path, buckets=4)
    took = {"load": 0.0, "compact": 0.0}
    for number in range(3):
        took["load"] = duration(processes, path, "load", number)
    took["compact"] = duration(processes, path, "compact", 0)
    number, before, after = 3, state_after(2), state_after(3)
    assert content_of(lake) == before
    report = lake.versions()[3].report
    assert (report.new, report.replaced) == (KILL_ORDERS // 2, KILL_ORDERS // 2), "loads add and replace"
    chance = random.Random(7)
    died = {"load": 0, "compact": 0}
    for turn in range(KILLS):
        task = "compact" if turn % 3 == 2 else "load"
        version = lake.snapshot().version
        child = start(processes, path, task, number)
        time.sleep(chance.uniform(0, took[task]))
        child.kill()
        child.join()
        died[task] += child.exitcode != 0
        problems = lake.verify().problems
        assert problems == ()
        reached = lake.snapshot().version
        assert reached in (version, version + 1)
        if task == "load":
            assert content_of(lake) == (after if reached > version else before)
            lake_victims.load(path, number, KILL_ORDERS)
            assert lake.snapshot().version == version + 1, "what was done is not repeated, what was not is done"
            number, before, after = number + 1, after, state_after(number + 1)
        assert content_of(lake) == before
    assert min(died.values()) > 0, "the moments were all too late to kill anything"
