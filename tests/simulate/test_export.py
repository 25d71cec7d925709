"""The files of an invented shop: clean, messy, and complete or absent."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from regulars.errors import OutputError
from regulars.simulate import export, write_shop

SIZE = {"customers": 300, "months": 8, "seed": 9}
Rows = list[list[str]]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clean") / "shop"
    write_shop(folder, **SIZE)
    return folder


@pytest.fixture(scope="module")
def messy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("messy") / "shop"
    write_shop(folder, **SIZE, messy=True)
    return folder


def rows_of(path: Path, encoding: str) -> Rows:
    with path.open(encoding=encoding, newline="") as stream:
        return list(csv.reader(stream))


def test_the_files_are_there_with_the_truth_beside_them(clean: Path) -> None:
    found = sorted(path.relative_to(clean).as_posix() for path in clean.rglob("*") if path.is_file())
    assert found == ["campaigns.csv", "customers.csv", "orders.csv", "truth/assignments.parquet",
                     "truth/campaigns.parquet", "truth/customers.parquet", "truth/parameters.json"]  # fmt: skip
    assert json.loads((clean / "truth/parameters.json").read_text("utf-8"))["seed"] == 9


def test_headers_are_chinese_and_excel_sees_the_encoding(clean: Path) -> None:
    assert (clean / "orders.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    header = rows_of(clean / "orders.csv", "utf-8-sig")[0]
    assert header[:3] == ["订单编号", "下单时间", "客户编号"]
    assert rows_of(clean / "customers.csv", "utf-8-sig")[0][:2] == ["客户编号", "客户姓名"]


def test_headers_are_english_on_request(tmp_path: Path) -> None:
    write_shop(tmp_path / "en", **SIZE, lang="en")
    assert rows_of(tmp_path / "en" / "orders.csv", "utf-8-sig")[0][:3] == ["Order ID", "Ordered at", "Customer ID"]


def test_the_same_seed_writes_the_same_bytes(clean: Path, tmp_path: Path) -> None:
    write_shop(tmp_path / "again", **SIZE)
    for name in ("orders.csv", "customers.csv", "campaigns.csv"):
        assert (tmp_path / "again" / name).read_bytes() == (clean / name).read_bytes()


def test_the_register_and_the_truth_hold_the_same_ids(clean: Path) -> None:
    ids = {row[0] for row in rows_of(clean / "customers.csv", "utf-8-sig")[1:]}
    assert ids == set(pq.read_table(clean / "truth/customers.parquet")["customer_id"].to_pylist())


def test_a_messy_export_has_titles_a_total_repeats_and_mixed_forms(messy: Path) -> None:
    rows = rows_of(messy / "orders.csv", "gb18030")
    assert rows[0] == ["青禾茶铺 订单导出"]
    assert rows[3][0] == "订单编号"
    assert rows[-1][0] == "合计"
    assert rows[-1][9].startswith("¥")
    body = ["\x1f".join(row) for row in rows[4:-1]]
    assert len(body) > len(set(body))
    assert {row[1][4] for row in rows[4:-1]} >= {"-", "/", "年", "0"}
    money = "".join(row[9] for row in rows[4:-1])
    assert all(mark in money for mark in "¥￥元,")


def test_what_a_messy_export_says_is_what_the_clean_one_says(clean: Path, messy: Path) -> None:
    plain = rows_of(clean / "orders.csv", "utf-8-sig")[1:]
    mixed = rows_of(messy / "orders.csv", "gb18030")[4:-1]
    unrepeated = [row for place, row in enumerate(mixed) if place == 0 or row != mixed[place - 1]]
    assert [cleaned(row) for row in unrepeated] == [cleaned(row) for row in plain]


def cleaned(row: list[str]) -> list[object]:
    day = [int(part) for part in re.findall(r"\d+", re.sub(r"^(\d{4})(\d\d)(\d\d)$", r"\1-\2-\3", row[1]))[:3]]
    money = [Decimal(re.sub("[¥￥,元]", "", cell)) for cell in row[7:12]]
    return [row[0], day, row[2].strip(), *row[3:7], *money, *row[12:]]


def test_an_xlsx_export_holds_the_rows_of_the_csv(messy: Path, tmp_path: Path) -> None:
    write_shop(tmp_path / "x", **SIZE, messy=True, xlsx=True)
    sheet = openpyxl.load_workbook(tmp_path / "x" / "orders.xlsx", read_only=True).active
    found = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    expected = rows_of(messy / "orders.csv", "gb18030")
    assert found[3:] == expected[3:]
    assert not (tmp_path / "x" / "orders.csv").exists()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(OutputError) as caught:
        write_shop(tmp_path, **SIZE)
    assert caught.value.code == "simulation_folder_not_empty"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_shop_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_write_truth", fail)
    with pytest.raises(OutputError) as caught:
        write_shop(tmp_path / "shop", **SIZE)
    assert "No space left" in caught.value.message
    assert list(tmp_path.iterdir()) == []


def test_too_many_lines_for_a_sheet_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "ROW_LIMIT", 100)
    with pytest.raises(OutputError) as caught:
        write_shop(tmp_path / "shop", **SIZE, xlsx=True)
    assert caught.value.code == "simulation_too_long_for_xlsx"
