"""A lake in an object store does all that one in a folder does; unfit stores are refused, keys are hidden."""

from __future__ import annotations

import pickle
import time
from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from regulars.errors import LakeError
from regulars.lake import Lake, objects
from regulars.lake.commit import Log
from regulars.lake.export import export_orders
from regulars.lake.storage import storage_at
from tests.lake.conftest import make_bucket
from tests.lake.lake_rows import Line, Order, customers, expected, stored_lines, stored_orders, tables

ALICE = Order("alice", "1", amount=100, profit=5, lines=(Line("tea", 100),))
BOB = Order("bob", "2", amount=200, channel="web")
KEYS = {"AWS_ACCESS_KEY_ID": "who", "AWS_SECRET_ACCESS_KEY": "open-sesame"}


@pytest.fixture
def remote(bucket, store_options) -> Lake:
    return Lake.create(f"{bucket}/客户 shop/lake", buckets=2, storage_options=store_options)


def names(lake: Lake) -> list[str]:
    return [entry.name for entry in lake._storage.entries("")]


def test_a_whole_life(remote, store_options):
    told = customers({"customer_id": "alice", "name": "Alice"})
    remote.load(*tables([ALICE, BOB, Order(None, None, amount=5)]), told, source="shop", content=["a"])
    assert remote.load(*tables([ALICE]), source="shop", content=["a"]).unchanged
    report = remote.load(*tables([ALICE.but(amount=7), Order("carol", "3")]), source="shop", content=["b"])
    assert (report.new, report.replaced) == (1, 1)
    state = [ALICE.but(amount=7), BOB, Order(None, None, amount=5), Order("carol", "3")]
    assert remote.compact() == 3
    lake = Lake.open(remote.path, storage_options=store_options)
    snapshot = lake.snapshot()
    assert (stored_orders(snapshot), stored_lines(snapshot)) == expected(state)
    assert all(len(files) == 1 for files in snapshot.files.values() if files[0].table == "orders")
    assert stored_orders(lake.snapshot(1)) == expected([ALICE, BOB, Order(None, None, amount=5)])[0]
    assert stored_orders(pickle.loads(pickle.dumps(snapshot))) == expected(state)[0]
    assert sum(batch.num_rows for batch in export_orders(snapshot)) == 4
    assert snapshot.orders_of(0).column("amount").to_pylist() == [7]
    assert [version.kind for version in lake.versions()] == ["create", "load", "load", "compact"]
    lake.identify({"carol": "alice"})
    assert lake.snapshot().orders_of(0).num_rows == 2
    assert lake.verify().problems == ()
    files = len(names(lake))
    report = lake.vacuum(timedelta(0), grace=0)
    assert report.bytes > 0
    assert len(names(lake)) == files - len(report.files)
    with pytest.raises(LakeError) as caught:
        lake.snapshot(1)
    assert caught.value.code == "lake_version_gone"
    assert lake.verify().problems == ()
    assert not [name for name in names(lake) if name.startswith("_probe-")]


def test_a_bulk_load(remote):
    rows = pa.table({"customer_key": [0, 1, 0, -1], "day": [3, 2, 1, 1], "amount": [1, 2, 3, 4]})
    remote.bulk_load(rows.to_batches(), memory=0)
    assert remote.snapshot().facts(0).day.tolist() == [1, 3]
    assert remote.verify().problems == ()


def test_what_is_there_is_told(remote, bucket, store_options):
    assert Lake.exists(remote.path, store_options)
    assert not Lake.exists(f"{bucket}/other", store_options)
    with pytest.raises(LakeError) as caught:
        Lake.create(remote.path, storage_options=store_options)
    assert caught.value.code == "lake_exists"
    with pytest.raises(LakeError) as caught:
        Lake.open(f"{bucket}/other", storage_options=store_options)
    assert caught.value.code == "lake_missing"


def test_a_damaged_and_a_missing_object_are_named(remote):
    remote.load(*tables([ALICE, BOB]), source="shop", content=["a"])
    victim = next(name for name in names(remote) if name.startswith("orders/bucket"))
    content = remote._storage.read(victim)
    remote._storage.write(victim, content[:-9])
    for check in (remote.snapshot, lambda: remote.verify().problems[0].code == "lake_damaged" and remote.snapshot()):
        with pytest.raises(LakeError) as caught:
            check()
        assert (caught.value.code, caught.value.context["path"].endswith(victim)) == ("lake_damaged", True)
    remote._storage.remove(victim)
    with pytest.raises(LakeError) as caught:
        remote.snapshot()
    assert caught.value.code == "lake_file_missing"


def test_a_store_that_overwrites_is_refused(store_options):
    careless = make_bucket(store_options, "careless")
    with pytest.raises(LakeError) as caught:
        Lake.create(f"s3://{careless}/lake", storage_options=store_options)
    assert caught.value.code == "lake_store_unfit"
    assert "two commits" in caught.value.message
    assert [*storage_at(f"s3://{careless}/lake", options=store_options).entries("")] == []


def test_the_first_change_of_a_process_tests_the_store(remote, store_options, monkeypatch):
    asked = []
    monkeypatch.setattr("regulars.lake.store.probe", lambda storage: asked.append(storage.root))
    lake = Lake.open(remote.path, storage_options=store_options)
    lake.snapshot()
    assert asked == []
    for number in range(2):
        lake.load(*tables([ALICE]), source="shop", content=[str(number)])
    assert asked == [remote.path]


def test_a_commit_whose_answer_is_lost_is_not_made_twice(remote, monkeypatch):
    append = Log._append

    def lose_the_answer(log, table, change, record):
        return append(log, table, change, record) and "/orders" not in table.table_uri

    monkeypatch.setattr(Log, "_append", lose_the_answer)
    report = remote.load(*tables([Order("alice", None, amount=3)]), source="shop")
    assert (report.version, report.new) == (1, 1)
    assert stored_orders(remote.snapshot()) == expected([Order("alice", None, amount=3)])[0]


def test_a_store_that_is_not_there_is_said_soon(store_options):
    began = time.monotonic()
    with pytest.raises(LakeError) as caught:
        Lake.open("s3://bucket/lake", storage_options={**store_options, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    assert caught.value.code == "lake_read"
    assert time.monotonic() - began < 30
    with pytest.raises(LakeError) as caught:
        Lake.create("s3://no-such-bucket/lake", storage_options=store_options)
    assert caught.value.code == "lake_write"


def test_keys_are_shown_nowhere(remote, store_options):
    storage = remote._storage
    shown = [repr(storage), str(storage), repr(remote.snapshot()), remote.path]
    for options in ({**store_options, "AWS_SECRET": "open-sesame"}, {"AWS_SECRET_ACCESS_KEY": "open-sesame"}):
        with pytest.raises(LakeError) as caught:
            objects.Objects.at("bucket/lake", options, {})
        shown += [str(caught.value), caught.value.hint, repr(caught.value.context)]
    with pytest.raises(LakeError) as caught:
        Lake.open("s3://bucket/x", storage_options={**store_options, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"})
    shown += [str(caught.value), caught.value.hint]
    assert "sesame" not in "".join(shown)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"AWS_REGOIN": "x"}, "lake_option"),
        ({"access_key_id": "who"}, "lake_credentials"),
        ({"secret_access_key": "what"}, "lake_credentials"),
    ],
)
def test_options_that_cannot_be(options, code):
    with pytest.raises(LakeError) as caught:
        objects.Objects.at("bucket/lake", options, {})
    assert caught.value.code == code


@pytest.mark.parametrize("place", ["", "/lake", "b/a%20b", "b/a//b", "b/../c", "b/a#b", "b/a?b", "b/a\\b"])
def test_addresses_that_cannot_be(place):
    with pytest.raises(LakeError) as caught:
        objects.Objects.at(place, {}, {})
    assert caught.value.code == "lake_address"


def test_options_go_before_the_environment():
    around = {"AWS_DEFAULT_REGION": "cn-north-1", "AWS_ENDPOINT_URL_S3": "http://here", "HOME": "/", **KEYS}
    found = dict(objects.Objects.at("b/p/", {"endpoint_url": "http://there"}, around).options)
    assert found == {"AWS_REGION": "cn-north-1", "AWS_ENDPOINT_URL": "http://there", **KEYS}


def test_an_address_may_have_gone_through_a_path(monkeypatch):
    for name in objects.KEYS:
        monkeypatch.delenv(name, raising=False)
    places = [storage_at(place).root for place in ("s3://b/a/c", Path("s3://b/a/c"), "s3a://b/a/c/")]
    assert places == ["s3://b/a/c"] * 3
    with pytest.raises(LakeError) as caught:
        storage_at("folder", options=KEYS)
    assert caught.value.code == "lake_options"
