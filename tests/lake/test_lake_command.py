"""A lake in an object store through the command line, figures as known at an earlier version, and what it prints."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.processes import Ended, regulars

HEAD = "order_id,customer_id,ordered_at,amount\n"
EARLY = HEAD + "1,ann,2025-01-05,100.00\n2,bob,2025-01-20,50.00\n3,ann,2025-02-10,80.00\n"
LATE = HEAD + "2,bob,2025-01-20,45.00\n4,cid,2025-01-31,10.00\n5,ann,2025-03-02,20.00\n"
"""A correction, an order that comes late, and a new one."""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """Two loads into a lake beside the files."""
    monkeypatch.chdir(tmp_path)
    Path("early.csv").write_text(EARLY)
    Path("late.csv").write_text(LATE)
    for name in ("early", "late"):
        analyzed("shop.lake", f"{name}.csv")
    return tmp_path


def analyzed(lake: str, *more: str, env: dict[str, str] | None = None) -> dict:
    done = run("analyze", "--lake", lake, "--out", "r", "--overwrite", "--no-reports", "--json", *more, env=env or {})
    assert done.code == 0, done.err + done.out
    return json.loads(done.out)


def run(*arguments: str, env: dict[str, str] | None = None) -> Ended:
    return regulars(*arguments, cwd=Path.cwd(), env=env or {})


def money(summary: dict) -> dict[str, float]:
    rows = pq.read_table("r/customers.parquet").to_pylist()
    return {row["customer_id"]: float(row["amount_total"]) for row in rows}


def test_any_day_as_known_at_any_version(shop):
    asked = {
        "now": (),
        "then, as known now": ("--as-of", "2025-01-31"),
        "now, as known then": ("--known-at", "1"),
        "then, as known then": ("--as-of", "2025-01-31", "--known-at", "1"),
    }
    found = {what: money(analyzed("shop.lake", *options)) for what, options in asked.items()}
    assert found == {
        "now": {"ann": 200.0, "bob": 45.0, "cid": 10.0},
        "then, as known now": {"ann": 100.0, "bob": 45.0, "cid": 10.0},
        "now, as known then": {"ann": 180.0, "bob": 50.0},
        "then, as known then": {"ann": 100.0, "bob": 50.0},
    }


def test_a_day_names_the_version_known_at_its_end(shop):
    """The first load is dated back: the clock of a lake is in its log."""
    for version, day in ((0, "2025-03-01"), (1, "2025-03-02")):
        entry = shop / "shop.lake" / "orders" / "_delta_log" / f"{version:020}.json"
        stamp = json.loads(json.loads(_info(entry))["commitInfo"]["regulars"])
        entry.write_text(entry.read_text().replace(stamp["at"], f"{day}T10:00:00+00:00"))
    assert money(analyzed("shop.lake", "--known-at", "2025-03-02")) == {"ann": 180.0, "bob": 50.0}
    assert money(analyzed("shop.lake", "--known-at", "2999-01-01"))["cid"] == 10.0
    refused = run("analyze", "--lake", "shop.lake", "--out", "x", "--known-at", "2025-01-01")
    assert refused.code == 6 and "(lake_not_known_yet)" in refused.err and not Path("x").exists()
    refused = run("analyze", "--lake", "shop.lake", "--out", "x", "--known-at", "77")
    assert refused.code == 6 and "no version 77; the latest is 2" in refused.err


def _info(entry: Path) -> str:
    return next(line for line in entry.read_text().splitlines() if "commitInfo" in line)


def test_every_command_speaks_json(shop):
    told = {
        command: json.loads(run("lake", command, "shop.lake", "--json", *more).out)
        for command, more in (
            ("info", ()), ("versions", ()), ("verify", ()), ("compact", ()), ("export", ("--out", "o.csv")),
            ("vacuum", ("--days", "0", "--keep", "1")),
        )
    }  # fmt: skip
    assert [row["kind"] for row in told["versions"]["versions"]] == ["create", "load", "load"]
    identity = {"loads": 2, "rows": 6, "used_rows": 6, "rejected_rows": 0, "dropped_rows": 0, "skipped_rows": 0}
    assert told["verify"].items() >= {"sound": True, "orders": 5, "problems": [], **identity}.items()
    assert told["compact"] == {"version": 3, "folded": True}
    assert told["export"] == {"orders": 5, "version": 3, "out": "o.csv"}
    assert (told["vacuum"]["kept"], told["vacuum"]["dry_run"]) == ([1, 3], False)


def test_what_is_damaged_is_told_as_json(shop):
    victim = next(path for path in Path("shop.lake/orders").rglob("*.parquet"))
    victim.write_bytes(victim.read_bytes()[:-5] + b"xxxxx")
    ended = run("lake", "verify", "shop.lake", "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["sound"], told["problems"][0]["code"]) == (6, False, "lake_damaged")


def test_versions_that_cannot_be_kept_are_refused(shop):
    for path in Path("shop.lake").rglob("*.parquet"):
        os.utime(path, (0, 0))
    assert run("lake", "compact", "shop.lake").code == 0
    assert run("lake", "vacuum", "shop.lake", "--days", "0").code == 0
    for version, code in (("1", "lake_keep_gone"), ("9", "lake_version_unknown")):
        refused = run("lake", "vacuum", "shop.lake", "--days", "0", "--keep", version)
        assert refused.code == 6 and f"({code})" in refused.err
    gone = run("analyze", "--lake", "shop.lake", "--out", "x", "--known-at", "1")
    assert gone.code == 6 and "(lake_version_gone)" in gone.err


def test_a_lake_in_a_store(shop, bucket, store_options):
    """Keys from the environment, or from options; never printed."""
    secret = {"AWS_SECRET_ACCESS_KEY": "open-sesame"}
    lake, around = f"{bucket}/shop/lake", {**store_options, **secret}
    shown = []
    for name in ("early", "late"):
        assert analyzed(lake, f"{name}.csv", env=around)["input"]["orders"] in (3, 5)
    assert money(analyzed(lake, env=around)) == {"ann": 200.0, "bob": 45.0, "cid": 10.0}
    assert money(analyzed(lake, "--known-at", "1", env=around)) == {"ann": 180.0, "bob": 50.0}
    options = [f"--storage-option={key}={value}" for key, value in around.items()]
    for command, more in (
        ("info", ()), ("verify", ()), ("compact", ()), ("export", ("--out", "o.parquet")), ("vacuum", ()),
    ):  # fmt: skip
        done = run("lake", command, lake, *options, *more)
        assert done.code == 0, done.err
        shown.append(done.out + done.err)
    assert pq.read_table("o.parquet").num_rows == 5
    wrong = run("lake", "info", lake, *options, "--storage-option=open-sesame")
    assert wrong.code == 2 and "(storage_option)" in wrong.err
    nowhere = run("lake", "info", f"{bucket}/nothing", *options)
    assert nowhere.code == 6 and "(lake_missing)" in nowhere.err
    away = run("lake", "info", lake, *options[1:], "--storage-option=AWS_ENDPOINT_URL=http://127.0.0.1:9")
    assert away.code == 6 and "(lake_read)" in away.err
    assert "sesame" not in "".join([*shown, wrong.err, nowhere.err, away.err])
