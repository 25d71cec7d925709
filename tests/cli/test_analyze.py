"""`regulars analyze`: what it prints, what it leaves, how options of the command line and of regulars.toml meet."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from rich.cells import cell_len

from tests.cli.conftest import HEADER, order_lines
from tests.cli.processes import RESULT, leftovers, regulars


def summary_of(folder):
    return json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8"))


def figures(summary):
    return {key: value for key, value in summary.items() if key not in ("version", "sources", "input", "quality")}


def test_json_is_the_summary_and_nothing_else(orders, tmp_path):
    ended = regulars("analyze", orders, "--out", "result", "--json", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "")
    assert json.loads(ended.out) == summary_of(tmp_path / "result")
    assert {path.name for path in (tmp_path / "result").iterdir()} == RESULT
    assert leftovers(tmp_path) == []


def test_quiet_says_nothing_and_no_reports_writes_none(cli, orders):
    ended = cli("analyze", orders, "--out", "result", "--quiet", "--no-reports")
    assert ended == type(ended)(0, "", "")
    assert {path.name for path in Path("result").iterdir()} == RESULT - {"report.html", "report.xlsx"}


def test_no_models_leaves_the_forecasts_out(cli):
    Path("orders.csv").write_text(HEADER + order_lines(3000, customers=400))
    for out, option in (("with", []), ("without", ["--no-models"])):
        assert cli("analyze", "orders.csv", "--out", out, "--no-reports", "--quiet", *option).code == 0
    columns = [pq.read_schema(f"{out}/customers.parquet").names for out in ("with", "without")]
    assert "p_alive" in columns[0] and "p_alive" not in columns[1]


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_closing_summary_fits_the_smallest_screen(cli, orders, lang):
    ended = cli("analyze", orders, "--out", "result", "--lang", lang, "--currency", "CNY", "--title", "青禾 Tea")
    lines = ended.out.splitlines()
    assert ended.err == "" and ended.code == 0
    assert len(lines) <= 22 and max(map(cell_len, lines)) <= 80
    assert [line for line in lines if line != line.rstrip()] == []
    words = {
        "en": ("青禾 Tea, as of", "Rows", "300 = used 300", "Class A", "Late", "by their own rhythm", "Left", "¥"),
        "zh": ("青禾 Tea，截至", "读入", "300 行 = 使用 300", "A 类", "迟到", "迟于自己的节奏", "流失", "¥"),
    }[lang]
    assert [word for word in words if word not in ended.out] == []
    assert str(Path("result/report.html")) in lines


def test_lang_decides_over_the_environment(cli, orders, monkeypatch):
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "Class A" in cli("analyze", orders, "--out", "result", "--lang", "en").out
    assert "A 类" in cli("analyze", orders, "--out", "result2").out
    assert '<html lang="zh' in Path("result2/report.html").read_text(encoding="utf-8")


def test_a_saved_mapping_reads_the_next_file_alike(cli, tmp_path):
    lines = order_lines(60)
    Path("a.csv").write_text("who,number,when,paid,thing\n" + lines)
    first = cli("analyze", "a.csv", "--out", "one", "--map", "customer_id=who", "--map", "amount=paid", "--map",
                "ordered_at=when", "--map", "order_id=number", "--save-mapping", "shop.mapping")  # fmt: skip
    assert first.code == 0, first.err
    assert 'customer_id = "who"' in Path("shop.mapping").read_text()
    assert cli("analyze", "a.csv", "--out", "two", "--mapping", "shop.mapping").code == 0
    assert figures(summary_of("two")) == figures(summary_of("one"))


def test_map_goes_on_top_of_a_saved_mapping(cli):
    Path("a.csv").write_text(
        "customer,order_id,ordered_at,amount,net\n" + "".join(f"K{n},{n},2024-03-0{n},10,4\n" for n in range(1, 9))
    )
    cli("analyze", "a.csv", "--out", "one", "--save-mapping", "shop.mapping")
    cli("analyze", "a.csv", "--out", "two", "--mapping", "shop.mapping", "--map", "amount=net")
    assert summary_of("one")["window_totals"]["amount"] == 80
    assert summary_of("two")["window_totals"]["amount"] == 32


def test_overwrite_replaces_a_result(cli, orders):
    assert cli("analyze", orders, "--out", "result", "--no-reports").code == 0
    again = cli("analyze", orders, "--out", "result", "--no-reports")
    assert again.code == 5 and "--overwrite" in again.err
    ended = cli("analyze", orders, "--out", "result", "--overwrite", "--no-reports", "--title", "Second")
    assert ended.code == 0 and summary_of("result")["title"] == "Second"
    assert leftovers(Path()) == []


@pytest.mark.parametrize("name", ["notes.txt", ".git", "photos"])
def test_overwrite_refuses_a_folder_that_holds_something_else(cli, orders, name):
    cli("analyze", orders, "--out", "result", "--no-reports")
    (Path("result") / name).mkdir()
    before = sorted(Path("result").iterdir())
    ended = cli("analyze", orders, "--out", "result", "--overwrite")
    assert ended.code == 5 and name in ended.err
    assert sorted(Path("result").iterdir()) == before


def test_overwrite_refuses_a_folder_that_was_never_a_result(cli, orders):
    Path("mine").mkdir()
    Path("mine/thesis.odt").write_text("years of work")
    ended = cli("analyze", orders, "--out", "mine", "--overwrite")
    assert ended.code == 5 and "thesis.odt" in ended.err
    assert Path("mine/thesis.odt").read_text() == "years of work"


@pytest.mark.parametrize("given", [["result/rejects.csv"], ["orders.csv", "--lake", "result/lake"]], ids=str)
def test_overwrite_never_deletes_what_the_run_reads(cli, orders, given):
    cli("analyze", orders, "--out", "result", "--no-reports")
    ended = cli("analyze", *given, "--out", "result", "--overwrite")
    assert ended.code == 5 and "(output_holds_input)" in ended.err
    assert Path("result/summary.json").exists()


def test_the_output_that_is_a_file(cli, orders):
    Path("result").write_text("mine")
    ended = cli("analyze", orders, "--out", "result", "--overwrite")
    assert ended.code == 5 and "(output_is_file)" in ended.err and Path("result").read_text() == "mine"


def test_the_output_below_a_file(cli, orders):
    ended = cli("analyze", orders, "--out", orders / "result")
    assert ended.code == 5 and str(orders / "result") in ended.err and "Traceback" not in ended.err


def test_an_empty_folder_keeps_its_permissions(cli, orders):
    Path("result").mkdir(mode=0o700)
    assert cli("analyze", orders, "--out", "result", "--no-reports").code == 0
    assert Path("result").stat().st_mode & 0o777 == 0o700


def test_a_link_to_a_folder_stays_a_link(cli, orders):
    Path("real").mkdir()
    Path("result").symlink_to("real")
    assert cli("analyze", orders, "--out", "result", "--no-reports").code == 0
    assert Path("result").is_symlink() and summary_of("real")["input"]["orders"] == 300


def test_the_lake_takes_a_file_once_and_adds_the_next(cli, orders):
    more = Path("more.csv")
    more.write_text(HEADER + order_lines(50, seed=8, first=301))

    def run(*inputs, out):
        ended = cli("analyze", *inputs, "--lake", "shop.lake", "--out", out, "--no-reports", "--quiet")
        assert ended.code == 0, ended.err
        return summary_of(out)

    first, again = run(orders, out="one"), run(orders, out="two")
    assert first["input"]["orders"] == again["input"]["orders"] == 300
    assert figures(first) == figures(again)
    both = run(more, out="three")
    assert both["input"]["orders"] == 350
    assert figures(run(out="four")) == figures(both)
    at_once = cli("analyze", orders, more, "--out", "five", "--no-reports", "--json")
    assert figures(json.loads(at_once.out)) == figures(both)
    back = cli("analyze", "--lake", "shop.lake", "--known-at", "1", "--out", "six", "--no-reports", "--json")
    assert json.loads(back.out)["input"]["orders"] == 300


def test_the_same_order_id_of_another_source_is_another_order(cli, orders):
    for source in ("tmall", "jd"):
        ended = cli("analyze", orders, "--lake", "shop.lake", "--out", source, "--source", source, "--no-reports")
        assert ended.code == 0, ended.err
    assert summary_of("jd")["input"]["orders"] == 600


def test_rules_of_the_file_and_of_the_command_line(cli, orders):
    Path("regulars.toml").write_text('[time]\nwindow = 180\n[classes]\nabc_cuts = ["70%", "95%"]\n')
    cli("analyze", orders, "--out", "one", "--no-reports", "--window", "90")
    used = summary_of("one")["parameters"]
    assert used["window"] == 90 and used["abc_cuts"] == [0.7, 0.95]


def test_the_reading_table_of_the_file(cli):
    folder = Path("shop")
    folder.mkdir()
    rows = "".join(f"K{n},{n},2024-03-0{n},10.00,{'stand by' if n == 3 else 'done'}\n" for n in range(1, 9))
    Path("orders.csv").write_text("customer,order_id,ordered_at,paid,status\n" + rows + "K9,9,someday,1,done\n")
    (folder / "columns.mapping").write_text('[columns]\namount = "paid"\n')
    (folder / "people.csv").write_text("customer,name\nK1,王芳\n")
    (folder / "regulars.toml").write_text(
        '[reading]\nmapping = "columns.mapping"\ncustomers = "people.csv"\ncurrency = "CNY"\nmax_rejects = "20%"\n'
        'unpaid_words = ["stand by"]\ncancelled_words = []\nsource = "till"\ndrop_duplicates = true\n'
    )
    ended = cli("analyze", "orders.csv", "--out", "result", "--config", folder / "regulars.toml", "--no-reports")
    assert ended.code == 0, ended.err
    read = summary_of("result")["input"]
    assert (read["currency"], read["unpaid_orders"], read["rejected_rows"]) == ("CNY", 1, 1)
    strict = cli("analyze", "orders.csv", "--out", "r2", "--config", folder / "regulars.toml", "--max-rejects", "0")
    assert strict.code == 4


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[reading]\ncurency = "CNY"\n', ("curency", "→ currency?")),
        ("[reading]\nmax_rejects = true\n", ("max_rejects", "True", "max_rejects = 0.2")),
        ("[reading]\nsheet = [1]\n", ("sheet", "[1]")),
        ("[reading]\nunpaid_words = [1, 2]\n", ("unpaid_words", 'unpaid_words = ["')),
        ("[reading]\nrates = 7\n", ("rates", "rates = {")),
        ('[reading]\nrates = { USD = "x" }\n', ("USD=x",)),
        ("reading = 3\n", ("reading",)),
        ("[raeding]\n", ("[raeding]", "[reading]")),
        ("[time]\nwindw = 3\n", ("windw", "window")),
        ("windw = 3\n", ("windw", "window")),
        ("[time]\nwindow = '3\n", ("regulars.toml", "TOML")),
        ("[time]\nmargin = 0.4\n", ("margin", "[money]")),
    ],
)
def test_a_wrong_line_of_the_file_is_named(cli, orders, text, told):
    Path("regulars.toml").write_text(text)
    ended = cli("analyze", orders, "--out", "result")
    assert ended.code == 2 and [part for part in told if part not in ended.err] == []
    assert not Path("result").exists()


def test_output_closed_early_is_no_failure(orders, tmp_path):
    ended = regulars("explain", cwd=tmp_path, before=["sh", "-c", '"$@" | head -1; exit 0', "sh"])
    assert (ended.code, ended.err) == (0, "") and len(ended.out.splitlines()) == 1


def test_a_full_standard_output_is_a_failure(tmp_path):
    with open("/dev/full", "wb") as full:
        ended = regulars("explain", "churn", cwd=tmp_path, stdout=full)
    assert ended.code == 5 and "no room" in ended.err.lower() and "Traceback" not in ended.err
