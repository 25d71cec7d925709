"""Versions stay readable; what is not a lake, damaged or gone is said clearly."""

from __future__ import annotations

import json
import pickle
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from regulars.errors import LakeError, ParameterError
from regulars.lake import Lake
from regulars.lake.commit import FORMAT_KEY
from regulars.lake.schema import FORMAT
from tests.lake.lake_rows import Line, Order, expected, stored_lines, stored_orders, tables

ALICE = Order("alice", "1", amount=100, lines=(Line("tea", 100),))
BOB = Order("bob", "2", amount=200)


class Clock:
    """A clock that the test turns."""

    def __init__(self, *times: datetime) -> None:
        self.now = times[0]

    def __call__(self) -> datetime:
        return self.now


def test_every_version_reads_as_it_was(lake, load):
    states = [[]]
    for number in range(6):
        orders = (
            [order.but(amount=number) for order in (ALICE, BOB)] if number % 2 else [ALICE.but(order_id=str(number))]
        )
        load(orders, str(number))
        known = {(order.customer, order.order_id): order for order in states[-1]}
        states.append(list((known | {(order.customer, order.order_id): order for order in orders}).values()))
    lake.compact()
    states.append(states[-1])
    for version, state in enumerate(states):
        snapshot = lake.snapshot(version)
        assert snapshot.version == version
        assert (stored_orders(snapshot), stored_lines(snapshot)) == expected(state)
    assert [version.kind for version in lake.versions()] == ["create", *["load"] * 6, "compact"]


def test_a_moment_names_the_version_known_then(tmp_path):
    clock = Clock(datetime(2026, 3, 1, 10, tzinfo=UTC))
    lake = Lake.create(tmp_path / "lake", buckets=1, timezone="Asia/Shanghai", clock=clock)
    clock.now = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    lake.load(*tables([ALICE]), source="shop", content=["a"])
    clock.now = datetime(2026, 3, 1, 16, 1, tzinfo=UTC)  # 00:01 of the next day there
    lake.load(*tables([BOB]), source="shop", content=["b"])
    assert lake.version_at(date(2026, 3, 1)) == 1
    assert lake.version_at(date(2026, 3, 2)) == 2
    assert lake.version_at(datetime(2026, 3, 1, 15, tzinfo=UTC)) == 0
    assert lake.version_at(datetime(2026, 3, 2, 0, 0)) == 1
    with pytest.raises(LakeError) as caught:
        lake.version_at(date(2026, 2, 28))
    assert caught.value.code == "lake_not_known_yet"
    clock.now = datetime(2026, 1, 1, tzinfo=UTC)
    lake.load(*tables([BOB.but(amount=1)]), source="shop", content=["c"])
    assert lake.versions()[-1].at == lake.versions()[-2].at, "a clock set back does not reorder versions"


def test_a_snapshot_travels_to_another_process(lake, load):
    load([ALICE, BOB], "a")
    snapshot = lake.snapshot()
    assert stored_orders(pickle.loads(pickle.dumps(snapshot))) == stored_orders(snapshot)


def test_unknown_things_are_named(lake):
    with pytest.raises(LakeError, match="no version 7; the latest is 0"):
        lake.snapshot(7)
    for ask in (
        lambda snapshot: snapshot.facts(3),
        lambda snapshot: snapshot.facts(0, ["colour"]),
        lambda snapshot: snapshot.names("colour"),
    ):
        with pytest.raises(ParameterError) as caught:
            ask(lake.snapshot())
        assert caught.value.code == "lake_argument"


def test_a_folder_that_is_no_lake_is_refused(tmp_path):
    (tmp_path / "orders" / "_delta_log").mkdir(parents=True)
    for path in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(LakeError) as caught:
            Lake.open(path)
        assert caught.value.code == "lake_missing"
    with pytest.raises(LakeError) as caught:
        Lake.open("ftp://bucket/lake")
    assert caught.value.code == "lake_store"


def test_a_lake_is_not_made_twice(lake, tmp_path):
    with pytest.raises(LakeError) as caught:
        Lake.create(tmp_path / "lake")
    assert caught.value.code == "lake_exists"


def test_a_half_made_lake_can_be_made_again(lake, load, tmp_path):
    for log in (tmp_path / "lake" / "orders" / "_delta_log").iterdir():
        log.unlink()
    with pytest.raises(LakeError):
        Lake.open(tmp_path / "lake")
    again = Lake.create(tmp_path / "lake", buckets=2)
    again.load(*tables([ALICE]), source="shop", content=["a"])
    assert again.verify().problems == ()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(LakeError) as caught:
        Lake.create(tmp_path / "file" / "lake")
    assert caught.value.code == "lake_write"


def doctored(path: Path, found: str) -> None:
    """The first log entry as a Regulars of format ``found`` writes it."""
    first = path / "orders" / "_delta_log" / f"{0:020}.json"
    lines = [json.loads(line) for line in first.read_text().splitlines()]
    for line in lines:
        if "metaData" in line:
            line["metaData"]["configuration"][FORMAT_KEY] = found
        if "commitInfo" in line and found == "1":
            record = json.loads(line["commitInfo"]["regulars"])
            del record["writer"]
            line["commitInfo"]["regulars"] = json.dumps(record)
    first.write_text("\n".join(json.dumps(line) for line in lines))


@pytest.mark.parametrize("found", ["99", "3", "next"])
def test_a_newer_format_is_refused(lake, tmp_path, found):
    doctored(tmp_path / "lake", found)
    with pytest.raises(LakeError) as caught:
        Lake.open(tmp_path / "lake")
    assert caught.value.code == "lake_format"
    assert caught.value.context["found"] == found
    assert "newer version of Regulars" in caught.value.hint


def test_an_older_format_is_read_and_moved_on_with_the_first_change(lake, tmp_path):
    doctored(tmp_path / "lake", "1")
    old = Lake.open(tmp_path / "lake", durable=False)
    assert old.snapshot().n_customers == 0
    assert (old._format, old.snapshot().version) == (1, 0), "reading changes nothing"
    assert old.load(*tables([ALICE]), source="shop", content=["a"]).version == 2
    new = Lake.open(tmp_path / "lake")
    assert [version.kind for version in new.versions()] == ["create", "migrate", "load"]
    assert new._format == FORMAT
    assert stored_orders(new.snapshot()) == expected([ALICE])[0]
    assert new.load(*tables([BOB]), source="shop", content=["b"]).version == 3
    assert new.verify().problems == ()


def test_two_writers_move_an_older_lake_once(lake, tmp_path):
    doctored(tmp_path / "lake", "1")
    both = [Lake.open(tmp_path / "lake", durable=False) for _ in range(2)]
    for number, one in enumerate(both):
        one.load(*tables([ALICE.but(order_id=str(number))]), source="shop", content=[str(number)])
    assert [version.kind for version in both[0].versions()] == ["create", "migrate", "load", "load"]


@pytest.mark.parametrize("accepted", [True, False])
def test_a_file_system_that_cannot_keep_a_lake_is_refused(tmp_path, monkeypatch, accepted):
    """One that takes every commit, and one that takes none without saying so."""
    monkeypatch.setattr("regulars.lake.probe._commits", lambda table, start: accepted)
    with pytest.raises(LakeError) as caught:
        Lake.create(tmp_path / "lake")
    assert caught.value.code == "lake_store_unfit"
    assert not Lake.exists(tmp_path / "lake")
    assert [*(tmp_path / "lake").iterdir()] == []


def test_vacuum_takes_what_a_killed_test_of_the_store_left(lake, load, tmp_path):
    load([ALICE], "a")
    left = tmp_path / "lake" / "_probe-0123" / "mark"
    left.parent.mkdir()
    left.write_text("x")
    assert lake.vacuum(grace=0).files == ("_probe-0123/mark",)
    assert not left.exists()


def test_only_versions_that_can_be_kept_are_pinned(lake, load, tmp_path):
    for number in range(3):
        load([ALICE.but(amount=number)], str(number))
    files = len([*(tmp_path / "lake").rglob("*.parquet")])
    with pytest.raises(LakeError) as caught:
        lake.vacuum(timedelta(0), pinned=[1, 9], grace=0)
    assert caught.value.code == "lake_version_unknown"
    assert len([*(tmp_path / "lake").rglob("*.parquet")]) == files
    assert 1 not in lake.vacuum(timedelta(0), pinned=[2], grace=0).kept
    with pytest.raises(LakeError) as caught:
        lake.vacuum(timedelta(0), pinned=[1], grace=0)
    assert caught.value.code == "lake_keep_gone"


def test_verify_tells_what_became_of_the_rows(lake, load):
    counters = {"rows": 5, "used_rows": 1, "rejected_rows": 1, "dropped_rows": 1, "skipped_rows": 2}
    load([ALICE], "a", counters=counters)
    load([BOB], "b")
    assert lake.rows_read(1) == {"loads": 1, **counters}
    assert (
        lake.verify().rows
        == lake.rows_read()
        == {
            "loads": 2,
            **{name: count + (name in ("rows", "used_rows")) for name, count in counters.items()},
        }
    )


def data_file(lake_path: Path, table: str) -> Path:
    return next(iter(sorted((lake_path / table).rglob("*.parquet"))))


def test_a_missing_file_is_said(lake, load, tmp_path):
    load([ALICE, BOB], "a")
    data_file(tmp_path / "lake", "orders").unlink()
    with pytest.raises(LakeError) as caught:
        lake.snapshot()
    assert caught.value.code == "lake_file_missing"
    assert [problem.code for problem in lake.verify().problems] == ["lake_file_missing"]


def test_a_shortened_file_is_said(lake, load, tmp_path):
    load([ALICE, BOB], "a")
    path = data_file(tmp_path / "lake", "customers")
    path.write_bytes(path.read_bytes()[:-7])
    with pytest.raises(LakeError) as caught:
        lake.snapshot()
    assert caught.value.code == "lake_damaged"
    assert [problem.code for problem in lake.verify().problems] == ["lake_damaged"]


def test_one_flipped_bit_anywhere_is_found(lake, load, tmp_path):
    load([Order(f"c{i}", str(i), 19000 + i % 50, i * i) for i in range(400)], "a")
    path = data_file(tmp_path / "lake", "orders")
    content = path.read_bytes()
    for place in range(4, len(content), 97):
        path.write_bytes(content[:place] + bytes([content[place] ^ 8]) + content[place + 1 :])
        assert [problem.code for problem in lake.verify().problems] == ["lake_damaged"]
    path.write_bytes(content)
    assert lake.verify().sound


def test_a_flipped_bit_in_the_values_stops_the_reading(lake, load, tmp_path):
    load([Order("c", str(i), 19000, (i * 7919) % 10007) for i in range(2000)], "a")
    path = data_file(tmp_path / "lake", "orders")
    content = bytearray(path.read_bytes())
    right = lake.snapshot().facts(0).amount.tolist()
    outcomes = set()
    for place in range(40, len(content) // 3, 61):
        damaged = content[:place] + bytes([content[place] ^ 64]) + content[place + 1 :]
        path.write_bytes(damaged)
        try:
            outcomes.add(lake.snapshot().facts(0).amount.tolist() == right)
        except LakeError as error:
            outcomes.add(error.code)
    assert outcomes <= {True, "lake_damaged"}
    assert "lake_damaged" in outcomes


def test_a_commit_torn_by_a_power_cut_never_was(lake, load, tmp_path):
    load([ALICE], "a")
    log = tmp_path / "lake" / "orders" / "_delta_log"
    (log / f"{2:020}.json").write_bytes(b"")
    assert Lake.open(tmp_path / "lake").snapshot().version == 1
    assert load([BOB], "b").version == 2
    assert lake.verify().problems == ()


def statistics(lake):
    files = [file for files in lake.snapshot().files.values() for file in files]
    return {file.name: (file.size, file.rows, file.minimum, file.maximum, file.nulls) for file in files}


def test_a_log_with_a_checkpoint_reads_the_same(lake, load, tmp_path):
    load([ALICE, BOB], "a")
    load([ALICE.but(amount=7)], "b")
    before = statistics(lake)
    for table in ("orders", "lines", "customers"):
        DeltaTable(tmp_path / "lake" / table).create_checkpoint()
    assert statistics(lake) == before
    load([BOB.but(amount=9)], "c")
    assert lake.verify().problems == ()


def test_a_lake_may_live_anywhere(tmp_path, monkeypatch):
    place = tmp_path / "客户 湖 100% #1?"
    lake = Lake.create(place / "a b")
    lake.load(*tables([ALICE, BOB]), source="shop", content=["a"])
    monkeypatch.chdir(place)
    assert stored_orders(Lake.open("a b").snapshot()) == expected([ALICE, BOB])[0]
    assert Lake.open("a b").verify().problems == ()
    assert Lake.exists("a b")
    assert not Lake.exists("c")
    assert Lake.open("a b").path == str(place / "a b")


@pytest.mark.parametrize("name", ["a%20b", "a\\b"])
def test_names_that_the_delta_library_misreads_are_refused(tmp_path, name):
    with pytest.raises(LakeError) as caught:
        Lake.create(tmp_path / name)
    assert caught.value.code == "lake_path"
    assert not any(tmp_path.iterdir())


def test_another_reader_of_delta_sees_every_order_once(lake, load, tmp_path):
    load([ALICE, BOB, Order(None, "5", amount=5)], "a")
    load([ALICE.but(amount=7), Order("alice", "3", amount=9)], "b")
    for path, count in (("orders", 4), ("lines", 1), ("customers", 2)):
        assert DeltaTable(tmp_path / "lake" / path).to_pyarrow_table().num_rows == count
    rows = DeltaTable(tmp_path / "lake" / "orders").to_pyarrow_table(
        columns=["customer_key", "bucket", "amount", "channel"]
    )
    assert sorted(rows.column("amount").to_pylist()) == [5, 7, 9, 200]
    assert rows.column("channel").null_count == 4


def test_vacuum_keeps_pinned_versions_whole(tmp_path):
    clock = Clock(datetime(2026, 3, 1, tzinfo=UTC))
    lake = Lake.create(tmp_path / "lake", buckets=2, clock=clock)
    states = []
    for number in range(5):
        clock.now += timedelta(days=10)
        states.append([ALICE.but(amount=number), BOB.but(amount=number)])
        lake.load(*tables(states[-1]), source="shop", content=[str(number)])
    assert lake.vacuum(timedelta(days=5), grace=3600).files == ()
    dry = lake.vacuum(timedelta(days=5), pinned=[2], grace=0, dry_run=True)
    report = lake.vacuum(timedelta(days=5), pinned=[2], grace=0)
    assert report == dry
    assert report.kept == (2, 4, 5)
    assert len(report.files) > 0
    for version in report.kept:
        assert (stored_orders(lake.snapshot(version)), stored_lines(lake.snapshot(version))) == expected(
            states[version - 1]
        )
        assert lake.verify(version).problems == ()
    for version in (1, 3):
        with pytest.raises(LakeError) as caught:
            lake.snapshot(version)
        assert caught.value.code == "lake_version_gone"
    assert [version.version for version in lake.versions()] == list(range(6)), "the list of versions stays"


def test_verify_finds_rows_that_contradict_the_log(lake, load, tmp_path):
    load(
        [ALICE, BOB],
        "a",
        counters={"rows": 3, "used_rows": 2, "rejected_rows": 0, "dropped_rows": 0, "skipped_rows": 0},
    )
    assert ["used + rejected" in problem.message for problem in lake.verify().problems] == [True]


def test_verify_finds_sums_that_do_not_follow(lake, load, tmp_path):
    load([ALICE, BOB], "a")
    load([ALICE.but(amount=7)], "b")
    path = tmp_path / "lake" / "orders" / "_delta_log" / f"{2:020}.json"
    path.write_text(path.read_text().replace('\\"amount\\": 207', '\\"amount\\": 208'))
    problems = [problem.message for problem in lake.verify().problems]
    assert len(problems) == 2
    assert "do not follow" in problems[0]
    assert "add up to" in problems[1]
