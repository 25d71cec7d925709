"""The long sheet: the same cells as one by one, only faster."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter

from regulars.report.workbook import bulk
from regulars.report.workbook.bulk import BulkColumn, BulkSheet

HOSTILE = ["=1+1", " @x", "<b>&", "_x0041_", "\x07bell", None, "王芳", " padded "]


def read_back(
    path: Path, table: pa.Table, words: dict[str, dict[object, str]] | None = None
) -> list[list[openpyxl.cell.Cell]]:
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet("list", worksheet_class=BulkSheet)
    for place, name in enumerate(table.column_names):
        sheet.write_string(0, place, name)
    style, quoted = workbook.add_format({"num_format": "0.00"}), workbook.add_format({"quote_prefix": True})
    columns = [BulkColumn(name, style, quoted, (words or {}).get(name, {})) for name in table.column_names]
    sheet.stream_rows(table, columns, 1)
    workbook.close()
    return [list(row) for row in openpyxl.load_workbook(path)["list"].iter_rows(min_row=2)]


def test_texts_come_back_as_they_were_and_never_as_formulas(tmp_path: Path) -> None:
    cells = [row[0] for row in read_back(tmp_path / "t.xlsx", pa.table({"a": HOSTILE, "b": list(range(8))}))]
    assert [cell.value for cell in cells] == [
        "=1+1",
        " @x",
        "<b>&",
        "_x005F_x0041_",
        "\ufffdbell",
        None,
        "王芳",
        " padded ",
    ]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [bool(cell.quotePrefix) for cell in cells] == [True, True] + [False] * 6


def test_numbers_dates_and_absent_values_come_back(tmp_path: Path) -> None:
    table = pa.table(
        {
            "money": [0.1, -1234567.89, None],
            "days": pa.array([5, None, -3], pa.int32()),
            "day": pa.array([date(2026, 1, 31), date(1999, 12, 31), None], pa.date32()),
            "decimal": pa.array([None, "12.30", "-0.05"]).cast(pa.decimal128(12, 2)),
            "infinite": [float("inf"), float("nan"), 1.0],
        }
    )
    found = [[cell.value for cell in row] for row in read_back(tmp_path / "n.xlsx", table)]
    assert found == [
        [0.1, 5, (date(2026, 1, 31) - date(1899, 12, 30)).days, None, None],
        [-1234567.89, None, (date(1999, 12, 31) - date(1899, 12, 30)).days, 12.3, None],
        [None, -3, None, -0.05, 1],
    ]


def test_classes_and_flags_are_shown_in_words(tmp_path: Path) -> None:
    table = pa.table({"abc": ["A", "C"], "active": [True, False]})
    words: dict[str, dict[object, str]] = {"abc": {"A": "A 关键"}, "active": {True: "是", False: "否"}}
    found = [[cell.value for cell in row] for row in read_back(tmp_path / "w.xlsx", table, words)]
    assert found == [["A 关键", "是"], ["C", "否"]]


def test_rows_of_several_batches_stand_one_under_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BATCH", 3)
    table = pa.concat_tables([pa.table({"n": [1, 2, 3, 4]}), pa.table({"n": [5, 6, 7]})])
    assert [row[0].value for row in read_back(tmp_path / "b.xlsx", table)] == [1, 2, 3, 4, 5, 6, 7]
