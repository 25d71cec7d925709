"""The one safe writer: nothing a spreadsheet program could run, nothing lost on the way back."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from regulars.report.cells import (
    cell_xml,
    csv_record,
    guarded,
    original,
    put,
    sheet_text,
    starts_a_formula,
    write_csv,
    write_csv_table,
)

HOSTILE = [
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://evil","x")',
    "+cmd|' /C calc'!A0",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\tx",
    "\rx",
    "\nx",
    " =1+1",
    "   @SUM(A1)",
    "＝1+1",
    "＋1",
    "－1+1",
    "＠SUM(A1)",
    "\ufeff=1+1",
    "\u200b=1+1",
    "\u3000＝1+1",
    "\xa0=1+1",
    "\x00=1+1",
    "'=1+1",
    "+49 151 cmd",
    "-",
    "+1-1",
]
HARMLESS = ["+49 151 1234567", "+8613800000000", "+1 (415) 555-0132", "-12.50", "+5%", "1,234.50", "-1,234", "王=芳",
            "a@b.cn", "", "'", "’=1", "商品-A", "<r>"]  # fmt: skip
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
STARTS = st.sampled_from(
    ["", "=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", " ", "\ufeff", "'", "\u200b"]
)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_gets_an_apostrophe_in_csv(text: str) -> None:
    assert guarded(text).startswith("'")


@pytest.mark.parametrize("text", HARMLESS)
def test_phones_numbers_and_names_stay_as_they_are(text: str) -> None:
    assert guarded(text) == text


@pytest.mark.parametrize("text", [*HOSTILE, *HARMLESS])
def test_the_raw_choice_changes_nothing(text: str) -> None:
    assert guarded(text, raw=True) == text


@given(st.lists(STARTS, max_size=4).map("".join), NAMES)
def test_whatever_was_guarded_comes_back_on_re_import(start: str, name: str) -> None:
    assert original(guarded(start + name)) == start + name


@given(st.lists(STARTS, max_size=4).map("".join), NAMES)
def test_nothing_guarded_is_read_as_a_formula(start: str, name: str) -> None:
    shown = guarded(start + name)
    assert shown.startswith("'") or not starts_a_formula(shown)


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=5))
def test_a_csv_file_reads_back_to_what_was_written(rows: list[tuple[str, str]]) -> None:
    written = io.StringIO("".join(csv_record(row) for row in rows), newline="")
    assert [tuple(map(original, row)) for row in csv.reader(written)] == rows


def test_every_kind_of_value_has_one_way_into_csv() -> None:
    record = csv_record([None, True, 3, 2.5, float("nan"), Decimal("1.10"), date(2026, 1, 2), "a;b", 'x"y', [1, 2]])
    assert record == ',true,3,2.5,,1.10,2026-01-02,"a;b","x""y","[1, 2]"\r\n'


def test_a_field_with_another_separator_is_quoted_so_that_it_cannot_be_split() -> None:
    assert csv_record(["x;=1+1", "x\t=1+1", "x|y"]) == '"x;=1+1","x\t=1+1","x|y"\r\n'


def test_csv_for_people_has_a_byte_order_mark_and_csv_for_machines_has_none(tmp_path: Path) -> None:
    people, machines = tmp_path / "people.csv", tmp_path / "machines.csv"
    assert write_csv(people, ["姓名"], [["=1"], ["王"]]) == 2
    write_csv(machines, ["姓名"], [["=1"]], raw=True)
    assert people.read_bytes() == "\ufeff姓名\r\n'=1\r\n王\r\n".encode()
    assert machines.read_bytes() == "姓名\r\n=1\r\n".encode()


def test_the_header_of_a_csv_file_is_guarded_too(tmp_path: Path) -> None:
    write_csv_table(tmp_path / "t.csv", pa.table({"a": ["=1"], "b": [7]}), titles={"a": "=2"})
    assert (tmp_path / "t.csv").read_text("utf-8-sig") == "'=2,b\n'=1,7\n"


def test_a_lone_surrogate_does_not_stop_the_file(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ["a"], [["x\ud800y"]])
    assert (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()[1] == "x\ufffdy"


def written_cells(path: Path, values: list[object]) -> list[openpyxl.cell.Cell]:
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    style, quoted = workbook.add_format(), workbook.add_format({"quote_prefix": True})
    for row, value in enumerate(values):
        put(sheet, row, 0, value, style, quoted)
    workbook.close()
    return [row[0] for row in openpyxl.load_workbook(path).active.iter_rows(max_row=len(values))]


def test_a_hostile_text_in_a_sheet_is_text_marked_as_text(tmp_path: Path) -> None:
    values = [text for text in HOSTILE if "\r" not in text and "\x00" not in text]
    for text, cell in zip(values, written_cells(tmp_path / "h.xlsx", list(values)), strict=True):
        assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", text, True)


def test_a_harmless_text_in_a_sheet_is_left_alone(tmp_path: Path) -> None:
    cell = written_cells(tmp_path / "p.xlsx", ["+49 151 1234567"])[0]
    assert (cell.data_type, cell.value, bool(cell.quotePrefix)) == ("s", "+49 151 1234567", False)


def test_a_text_that_looks_like_the_writers_own_markup_stays_text(tmp_path: Path) -> None:
    attack = "<r></r></si><si><t>x</t></si><r></r>"
    assert written_cells(tmp_path / "r.xlsx", [attack])[0].value == attack + " "


def test_absent_and_infinite_numbers_are_blank_cells(tmp_path: Path) -> None:
    assert [cell.value for cell in written_cells(tmp_path / "n.xlsx", [None, float("nan"), float("inf"), 0])] == [
        None, None, None, 0
    ]  # fmt: skip


def test_a_text_longer_than_a_cell_is_cut_with_an_ellipsis() -> None:
    cut = sheet_text("😀" * 20_000)
    assert cut.endswith("…")
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767


def test_markup_and_escapes_in_bulk_cells_are_shown_as_written() -> None:
    assert cell_xml("<a>&_x0041_\r") == "&lt;a&gt;&amp;_x005F_x0041__x000D_"
