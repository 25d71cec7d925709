"""`regulars simulate` and `regulars demo`: complete or absent, the same for the same seed, safe to run again."""

from __future__ import annotations

import hashlib
import json
import signal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.processes import RESULT, leftovers, regulars, stopped

SMALL = ("--customers", "60", "--months", "14")


def digest(folder):
    files = sorted(path for path in Path(folder).rglob("*") if path.is_file())
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_shop_with_its_truth(cli):
    ended = cli("simulate", *SMALL, "--out", "shop")
    assert (ended.code, ended.err) == (0, "")
    assert {path.name for path in Path("shop").iterdir()} == {"orders.csv", "customers.csv", "campaigns.csv", "truth"}
    assert "order lines" in ended.out and "shop/truth" in ended.out and "regulars analyze shop/orders.csv" in ended.out
    truth = json.loads(Path("shop/truth/parameters.json").read_text(encoding="utf-8"))
    assert truth["seed"] == 7
    assert leftovers(Path()) == []


def test_the_same_seed_makes_the_same_shop_and_another_another(cli):
    for out, seed in (("a", 3), ("b", 3), ("c", 4)):
        assert cli("simulate", *SMALL, "--out", out, "--seed", seed, "--quiet").out == ""
    assert digest("a") == digest("b") != digest("c")


def test_the_language_of_the_headers(cli):
    cli("simulate", *SMALL, "--out", "zh", "--lang", "zh")
    cli("simulate", *SMALL, "--out", "en", "--lang", "en")
    assert "客户编号" in Path("zh/orders.csv").read_text("utf-8-sig").splitlines()[0]
    assert "Customer ID" in Path("en/orders.csv").read_text("utf-8-sig").splitlines()[0]


def test_start_and_months_bound_the_days(cli):
    cli("simulate", "--customers", "60", "--months", "2", "--start", "2023-05-10", "--out", "shop", "--lang", "en")
    header, *rows = Path("shop/orders.csv").read_text("utf-8-sig").splitlines()
    at = header.split(",").index("Ordered at")
    days = sorted(row.split(",")[at][:10] for row in rows)
    assert days[0] >= "2023-05-10" and days[-1] < "2023-07-11"


@pytest.mark.parametrize("process", ["shop", "bg_nbd", "pareto_nbd", "mbg_cnbd_k"])
def test_every_process(cli, process):
    assert cli("simulate", *SMALL, "--out", "shop", "--process", process).code == 0
    assert json.loads(Path("shop/truth/parameters.json").read_text(encoding="utf-8"))["process"] == process


@pytest.mark.parametrize("form", [(), ("--xlsx",), ("--messy",), ("--messy", "--xlsx")], ids=" ".join)
def test_every_form_can_be_analysed_without_an_option(cli, form):
    assert cli("simulate", *SMALL, "--out", "shop", "--lang", "zh", *form).code == 0
    file = "shop/orders.xlsx" if "--xlsx" in form else "shop/orders.csv"
    if form == ("--messy",):
        assert "¥" in Path(file).read_text("gb18030")
    ended = cli("analyze", file, "--out", "result", "--no-reports", "--json")
    assert ended.code == 0, ended.err
    assert json.loads(ended.out)["customers"]["total"] >= 40


def test_a_stream_of_facts(cli):
    ended = cli("simulate", "--orders", "5000", "--customers", "800", "--months", "3", "--out", "facts.parquet")
    assert (ended.code, ended.err) == (0, "") and "5,000 orders of 800 customers" in ended.out
    table = pq.read_table("facts.parquet")
    days = table["day"].to_pylist()
    assert table.num_rows == 5000 and days == sorted(days)
    assert set(table["customer_key"].to_pylist()) == set(range(800))
    assert leftovers(Path()) == []


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (("--out", "shop", "--months", "0"), 2, "--months is a whole number from 1 to 120"),
        (("--out", "shop", "--customers", "few"), 2, "--customers is a whole number of at least 1"),
        (("--out", "shop", "--process", "magic"), 2, "--process is one of: shop, bg_nbd"),
        (("--out", "shop", "--start", "soon"), 2, "soon is not a day"),
        (("--out", "shop", "--start", "1800-01-01"), 2, "1800-01-01"),
        (("--out", "facts.csv", "--orders", "10"), 5, ".parquet"),
        (("--out", "f.parquet", "--orders", "10", "--messy"), 2, "--messy"),
        (("--out", "f.parquet", "--orders", "10", "--customers", "20"), 2, "20 customers"),
        ((), 2, "--out is missing"),
    ],
)
def test_what_cannot_be_is_refused(cli, tmp_path, arguments, code, text):
    ended = cli("simulate", *arguments)
    assert ended.code == code and text in ended.err, ended.err
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_shop_is_replaced_only_when_asked(cli):
    cli("simulate", *SMALL, "--out", "shop", "--seed", "1")
    before = digest("shop")
    refused = cli("simulate", *SMALL, "--out", "shop", "--seed", "2")
    assert refused.code == 5 and "--overwrite" in refused.err and digest("shop") == before
    assert cli("simulate", *SMALL, "--out", "shop", "--seed", "2", "--overwrite").code == 0
    assert digest("shop") != before
    Path("shop/mine.txt").write_text("mine")
    assert cli("simulate", *SMALL, "--out", "shop", "--overwrite").code == 5


def test_an_earlier_file_of_facts_is_replaced_only_when_asked(cli):
    cli("simulate", "--orders", "100", "--out", "facts.parquet")
    assert cli("simulate", "--orders", "200", "--out", "facts.parquet").code == 5
    assert cli("simulate", "--orders", "200", "--out", "facts.parquet", "--overwrite").code == 0
    assert pq.read_metadata("facts.parquet").num_rows == 200


def test_the_demo_runs_twice_in_a_row_and_shows_money(cli):
    for _ in range(2):
        ended = cli("demo", "--files", *SMALL)
        assert (ended.code, ended.err) == (0, "")
    assert "¥" in ended.out and len(ended.out.splitlines()) <= 22
    assert str(Path("demo/result/report.html").resolve()) in ended.out.splitlines()
    assert {path.name for path in Path("demo").iterdir()} == {"shop", "result"}
    assert {path.name for path in Path("demo/result").iterdir()} == RESULT
    assert json.loads(Path("demo/result/summary.json").read_text())["input"]["currency"] == "CNY"
    assert leftovers(Path()) == []


@pytest.mark.parametrize("folder", ["demo", "demo/shop", "demo/result"])
def test_the_demo_never_touches_what_is_not_its_own(cli, folder):
    assert cli("demo", "--files", *SMALL).code == 0
    (Path(folder) / "mine.txt").write_text("mine")
    before = digest("demo")
    ended = cli("demo", "--files", *SMALL)
    assert ended.code == 5 and "mine.txt" in ended.err and digest("demo") == before


def test_the_demo_does_not_take_somebody_elses_folder(cli):
    Path("demo/shop").mkdir(parents=True)
    Path("demo/shop/prices.xlsx").write_text("mine")
    ended = cli("demo", "--files", *SMALL)
    assert ended.code == 5 and Path("demo/shop/prices.xlsx").read_text() == "mine"


@pytest.mark.slow
@pytest.mark.parametrize("after", [0.6, 1.3, 2.2])
def test_an_interrupted_demo_leaves_the_earlier_one(tmp_path, after):
    assert regulars("demo", "--files", *SMALL, "--seed", "1", cwd=tmp_path).code == 0
    before = digest(tmp_path / "demo")
    ended = stopped(after, signal.SIGINT, "demo", "--files", "--seed", "2", "--customers", "2000", cwd=tmp_path)
    assert ended.code == 130 and ended.err == "Interrupted; nothing is left half done.\n"
    assert digest(tmp_path / "demo") == before and leftovers(tmp_path) == []
    assert regulars("demo", "--files", *SMALL, "--seed", "1", cwd=tmp_path).code == 0
