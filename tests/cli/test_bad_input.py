"""Bad input through the real command line: what, where, how to mend it; the exit code; and no trace of a result."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER, order_lines

ROW = "K001,1,2024-03-01,12.50,P1\n"


def refused(ended, code, *texts):
    """The run ended with an error of ``code`` that says ``texts`` and shows no trace of the program."""
    assert ended.code == code, ended.err
    assert ended.out == ""
    assert ended.err.startswith("Error: ")
    assert "Traceback" not in ended.err and ".py" not in ended.err
    assert [text for text in texts if text not in ended.err] == []


@pytest.fixture
def analyze(cli, tmp_path):
    def call(content, *options, name="orders.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        ended = cli("analyze", path, "--out", tmp_path / "result", *options)
        if ended.code:
            assert not (tmp_path / "result").exists()
            assert list(tmp_path.glob(".*")) == []
        return ended

    return call


def test_a_missing_file_says_which_one_was_probably_meant(cli, orders):
    ended = cli("analyze", "order.csv", "--out", "result")
    refused(ended, 3, "order.csv", "orders.csv?", "(file_missing)")


def test_nothing_to_analyse_is_an_error(cli):
    refused(cli("analyze", "--out", "result"), 2, "nothing to analyse", "--lake")


def test_an_empty_folder(cli, tmp_path):
    (tmp_path / "exports").mkdir()
    refused(cli("analyze", "exports", "--out", "result"), 3, "exports", "(empty_folder)")


def test_an_empty_file(analyze):
    refused(analyze(""), 3, "orders.csv", "empty")


def test_a_header_alone(analyze):
    refused(analyze(HEADER), 3, "orders.csv")


def test_a_binary_file(analyze):
    refused(analyze(bytes(range(256)) * 40), 3, "orders.csv")


def test_a_truncated_gzip_file(analyze):
    packed = gzip.compress((HEADER + order_lines(500)).encode())
    refused(analyze(packed[: len(packed) // 2], name="orders.csv.gz"), 3, "orders.csv.gz", "truncated")


def test_a_corrupt_workbook(analyze):
    refused(analyze(b"PK\x03\x04" + b"nonsense" * 50, name="orders.xlsx"), 3, "orders.xlsx")


def test_a_missing_column_is_named_with_the_way_to_name_it(analyze):
    refused(analyze("customer,ordered_at,colour\nK001,2024-03-01,red\n"), 3, "amount", "--map")


def test_a_mapped_column_that_is_not_there(analyze):
    ended = analyze(HEADER + ROW, "--map", "amount=ammount")
    refused(ended, 3, "ammount", "amount")


def test_a_field_that_does_not_exist(analyze):
    refused(analyze(HEADER + ROW, "--map", "amonut=amount"), 2, "amonut", "amount?")


@pytest.mark.parametrize("pair", ["amount", "=amount", "amount="])
def test_a_mapping_that_is_none(analyze, pair):
    refused(analyze(HEADER + ROW, "--map", pair), 2, pair, "NAME=VALUE", "--map amount=")


def test_all_rows_rejected(analyze):
    rows = "".join(f"K{n},{n},someday,much,P1\n" for n in range(10))
    refused(analyze(HEADER + rows), 4, "10")


def test_more_rejects_than_allowed_and_then_allowed(analyze):
    rows = HEADER + order_lines(6) + "".join(f"K{n},9{n},someday,10,P1\n" for n in range(4))
    refused(analyze(rows), 4, "4 of 10", "--max-rejects")
    assert analyze(rows, "--max-rejects", "50%").code == 0


@pytest.mark.parametrize(
    ("option", "value", "texts"),
    [
        ("--as-of", "2024-13-01", ("2024-13-01", "YYYY-MM-DD")),
        ("--as-of", "2999-01-01", ("2999-01-01", "after the last order", "leave --as-of out")),
        ("--timezone", "Mars/Olympus", ("Mars/Olympus",)),
        ("--window", "-1", ("window", "-1")),
        ("--policy", "sometimes", ("sometimes",)),
        ("--max-rejects", "1.5", ("1.5",)),
        ("--max-rejects", "many", ("--max-rejects many", "20%")),
        ("--threads", "0", ("--threads", "at least 1")),
        ("--lang", "fr", ("--lang", "zh, en")),
        ("--date-order", "dym", ("--date-order", "dmy")),
        ("--rate", "USD", ("--rate USD", "NAME=VALUE")),
        ("--rate", "USD=seven", ("USD=seven", "7.12")),
        ("--rate", "USD=nan", ("USD=nan",)),
        ("--known-at", "yesterday", ("yesterday", "YYYY-MM-DD")),
        ("--colour", "red", ("--colour", "regulars analyze --help")),
        ("--curency", "CNY", ("--curency", "--currency?")),
        ("--out", None, ("--out", "value")),
    ],
)
def test_an_option_that_cannot_be(analyze, option, value, texts):
    refused(analyze(HEADER + order_lines(20), option, *([] if value is None else [value])), 2, *texts)


def test_an_as_of_day_before_the_first_order(analyze):
    refused(analyze(HEADER + ROW, "--as-of", "2024-02-29"), 3, "2024-02-29", "2024-03-01")


def test_an_unknown_encoding(analyze):
    ended = analyze(HEADER + ROW, "--encoding", "utf-99")
    assert ended.code in (2, 3) and "utf-99" in ended.err


def test_the_output_option_is_needed(cli, orders):
    refused(cli("analyze", orders), 2, "--out is missing")


@pytest.mark.parametrize("command", ["analze", "lake inof", "nonsense"])
def test_an_unknown_command(cli, command):
    refused(cli(*command.split()), 2, command.split()[-1], "--help")


def test_an_unknown_command_that_is_near_one(cli):
    assert "→ analyze?" in cli("analze").err


def test_with_json_an_error_is_an_object_and_nothing_else(cli):
    ended = cli("analyze", "nofile.csv", "--out", "result", "--json")
    told = json.loads(ended.out)
    assert (ended.code, ended.err) == (3, "")
    assert set(told) == {"code", "message", "hint"}
    assert told["code"] == "file_missing" and "nofile.csv" in told["message"]


@pytest.mark.parametrize("where", ["environment", "option"])
def test_errors_speak_the_readers_language(cli, monkeypatch, where):
    if where == "environment":
        monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    ended = cli("analyze", "没有.csv", "--out", "result", *(["--lang", "zh"] if where == "option" else []))
    assert ended.err.startswith("出错：") and "没有.csv" in ended.err and "Error" not in ended.err


@pytest.mark.parametrize(
    "content",
    {
        "one order": HEADER + ROW,
        "one customer": HEADER + "".join(f"K001,{n},2024-{n:02}-05,{10 * n}.00,P1\n" for n in range(1, 12)),
        "one day": HEADER + "".join(f"K{n},{n},2024-03-01,{10 + n}.00,P1\n" for n in range(1, 30)),
        "all returns": HEADER + "".join(f"K{n % 5},{n},2024-03-{n:02},-{10 + n}.00,P1\n" for n in range(1, 29)),
        "nobody named": HEADER + "".join(f",{n},2024-03-{n:02},{10 + n}.00,P1\n" for n in range(1, 29)),
        "all for nothing": HEADER + "".join(f"K{n % 5},{n},2024-03-{n:02},0.00,P1\n" for n in range(1, 29)),
    }.items(),
    ids=lambda item: item[0],
)
def test_little_data_still_give_every_file(analyze, tmp_path, content):
    ended = analyze(content[1])
    assert ended.code == 0, ended.err
    assert len(list((tmp_path / "result").iterdir())) == 7
    summary = json.loads((tmp_path / "result" / "summary.json").read_text())
    read = summary["input"]
    assert read["rows"] == sum(read[f"{kind}_rows"] for kind in ("used", "rejected", "dropped", "skipped"))


def test_ten_thousand_columns(analyze):
    wide = HEADER.strip() + "".join(f",extra{n}" for n in range(10_000)) + "\n"
    ended = analyze(wide + ROW.strip() + "," * 10_000 + "\n", "--no-reports")
    assert ended.code == 0, ended.err


def test_a_config_file_that_is_not_there(cli, orders):
    refused(cli("analyze", orders, "--out", "result", "--config", "mine.toml"), 2, "mine.toml")


def test_a_mapping_with_no_place_is_refused_before_the_work(cli, orders, tmp_path):
    ended = cli("analyze", orders, "--out", "result", "--save-mapping", "no/such/folder/shop.mapping")
    refused(ended, 5, "no/such/folder/shop.mapping")
    assert not (tmp_path / "result").exists()


def test_a_lake_that_is_none_is_not_made_by_looking(cli, tmp_path):
    refused(cli("analyze", "--lake", "nowhere.lake", "--out", "result"), 6, "nowhere.lake")
    assert not (tmp_path / "nowhere.lake").exists()


def test_a_defect_is_told_in_one_sentence_with_its_place(cli, orders, monkeypatch):
    monkeypatch.setattr("regulars.outputs.run_analysis", lambda *_: 1 // 0)
    ended = cli("analyze", orders, "--out", "result")
    assert ended.code == 1 and "ZeroDivisionError" in ended.err and "REGULARS_TRACE=1" in ended.err
    assert "Traceback" not in ended.err
    monkeypatch.setenv("REGULARS_TRACE", "1")
    with pytest.raises(ZeroDivisionError):
        cli("analyze", orders, "--out", "result")


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (PermissionError(13, "Permission denied", "some/file"), 1, "some/file cannot be used: Permission denied."),
        (OSError("no usable folder"), 1, "no usable folder"),
        (MemoryError(), 1, "memory"),
    ],
    ids=["permission", "without a name", "memory"],
)
def test_what_the_system_refuses_is_told_as_that(cli, orders, monkeypatch, error, code, text):
    def refuse(*_):
        raise error

    monkeypatch.setattr("regulars.outputs.run_analysis", refuse)
    ended = cli("analyze", orders, "--out", "result")
    assert ended.code == code and text in ended.err and "Traceback" not in ended.err
    assert not Path("result").exists()
