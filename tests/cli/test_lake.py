"""`regulars lake`: look after a kept lake, in both languages."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import HEADER, order_lines
from tests.cli.processes import leftovers

WORDS = {
    "info": {
        "en": ("350 orders of 38 customers, 2024-01-", "Time zone Asia/Shanghai", "version", "created", "load"),
        "zh": ("38 位客户的 350 单，2024-01-", "时区 Asia/Shanghai", "版本", "建立", "读入"),
    },
    "verify": {"en": ("The lake is whole", "350 orders"), "zh": ("数据湖完好", "350 单")},
    "compact": {"en": ("Folded: version 3.",), "zh": ("已合并：版本 3。",)},
    "export": {"en": ("350 orders of version 2",), "zh": ("已导出版本 2 的 350 单",)},
    "vacuum": {"en": ("0 files (0.0 MB) are gone.",), "zh": ("已清除 0 个文件（0.0 MB）。",)},
}


@pytest.fixture
def lake(cli, orders):
    """Two loads: 300 orders, then 50 more."""
    Path("more.csv").write_text(HEADER + order_lines(50, seed=8, first=301))
    for file in (orders, "more.csv"):
        ended = cli("analyze", file, "--lake", "shop.lake", "--out", "result", "--overwrite", "--no-reports", "--quiet")
        assert ended.code == 0, ended.err
    return Path("shop.lake")


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("command", list(WORDS))
def test_every_command_in_both_languages(cli, lake, command, lang):
    more = ["--out", "out.csv"] if command == "export" else []
    ended = cli("lake", command, lake, "--lang", lang, *more)
    assert (ended.code, ended.err) == (0, "")
    assert [word for word in WORDS[command][lang] if word not in ended.out] == []


def test_info_as_json(cli, lake):
    told = json.loads(cli("lake", "info", lake, "--json").out)
    assert (told["orders"], told["customers"], told["version"]) == (350, 38, 2)
    assert told["first_day"] < told["last_day"] and told["bytes"] > 0
    assert [version["kind"] for version in told["versions"]] == ["create", "load", "load"]
    assert [version["new"] for version in told["versions"]] == [None, 300, 50]


def test_a_damaged_file_is_found_and_named(cli, lake):
    victim = next(path for path in lake.rglob("*.parquet") if path.parts[1] == "orders")
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 0xFF
    victim.write_bytes(content)
    ended = cli("lake", "verify", lake)
    assert ended.code == 6 and ended.out == "" and victim.name in ended.err and "Traceback" not in ended.err


@pytest.mark.parametrize("name", ["out.parquet", "out.csv"])
def test_export_writes_what_was_loaded(cli, lake, name):
    assert cli("lake", "export", lake, "--out", name).code == 0
    table = pq.read_table(name) if name.endswith("parquet") else pyarrow.csv.read_csv(name)
    assert table.num_rows == 350
    assert sorted(map(int, table["order_id"].to_pylist())) == list(range(1, 351))
    assert leftovers(Path()) == []


def test_export_of_an_earlier_version(cli, lake):
    cli("lake", "export", lake, "--out", "then.parquet", "--version", "1")
    assert pq.read_table("then.parquet").num_rows == 300
    cli("lake", "export", lake, "--out", "empty.parquet", "--version", "0")
    assert pq.read_table("empty.parquet").num_rows == 0


@pytest.mark.parametrize(
    ("out", "code"), [("orders.xlsx", "export_format"), ("orders.csv", "export_exists"), ("no\0.csv", "")]
)
def test_export_refuses(cli, lake, out, code):
    ended = cli("lake", "export", lake, "--out", out)
    assert ended.code != 0 and code in ended.err and "Traceback" not in ended.err


def test_compact_twice_says_that_nothing_is_to_do(cli, lake):
    cli("lake", "compact", lake)
    assert "Nothing to fold; the lake is at version 3." in cli("lake", "compact", lake).out


def test_vacuum_first_says_then_does(cli, lake):
    cli("lake", "compact", lake)
    old = time.time() - 90_000  # older than the day that running loads are given
    for path in lake.rglob("*.parquet"):
        os.utime(path, (old, old))
    files = len(list(lake.rglob("*.parquet")))
    would = cli("lake", "vacuum", lake, "--days", "0", "--dry-run").out
    assert "would go" in would and len(list(lake.rglob("*.parquet"))) == files
    assert cli("lake", "vacuum", lake, "--days", "0").out.split()[0] == would.split()[0] != "0"
    assert len(list(lake.rglob("*.parquet"))) < files
    assert cli("lake", "verify", lake).code == 0


@pytest.mark.parametrize("command", [("info",), ("verify",), ("compact",), ("export", "--out", "o.csv"), ("vacuum",)])
def test_a_folder_that_is_no_lake(cli, tmp_path, command):
    ended = cli("lake", command[0], tmp_path, *command[1:])
    assert ended.code == 6 and str(tmp_path) in ended.err and "(lake_missing)" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", ["-1", "many", "99999999"])
def test_days_that_cannot_be(cli, lake, days):
    ended = cli("lake", "vacuum", lake, "--days", days)
    assert ended.code == 2 and "--days is a whole number from 0 to 36500" in ended.err


def test_a_kept_lake_is_analysed_again_without_a_file(cli, orders):
    assert cli("analyze", orders, "--lake", "shop.lake", "--out", "first", "--quiet").code == 0
    assert cli("analyze", "--lake", "shop.lake", "--out", "again", "--quiet").code == 0
    first, again = (json.loads(Path(name, "summary.json").read_text()) for name in ("first", "again"))
    assert again["input"]["rows"] == first["input"]["rows"] == first["input"]["used_rows"]
    assert again["retention"] == first["retention"]
