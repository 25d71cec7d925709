"""Every kind of file, alone and together, says the same."""

from __future__ import annotations

import gzip
import hashlib
import zipfile
from datetime import datetime

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from regulars.errors import FileProblem, InputError, MappingError
from tests.ingest.given import BASIC, codes, csv_file, csv_text, day, orders, read, reasons, reconciled

HEADER = ["客户编号", "订单编号", "下单时间", "实付金额", "渠道"]
ROWS = [
    ["王芳", "0001", "2024-01-05 13:02:11", "￥1,234.50", "门店"],
    ["李雷", "0002", "2024/1/6 9:05", "99", "抖音"],
    ["王芳", "0003", "2024年1月7日", "(12.50)", "门店"],
]
EXPECTED = [
    ("王芳", "0001", day("2024-01-05"), 123450, "门店"),
    ("李雷", "0002", day("2024-01-06"), 9900, "抖音"),
    ("王芳", "0003", day("2024-01-07"), -1250, "门店"),
]
COLUMNS = ("customer_id", "order_id", "day", "amount", "channel")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_encodings_are_told_from_the_content(tmp_path, encoding):
    found = read(csv_file(tmp_path, HEADER, ROWS, encoding=encoding))
    assert orders(found, *COLUMNS) == EXPECTED


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", "\x01"])
def test_delimiters_are_told_from_the_content(tmp_path, delimiter):
    assert orders(read(csv_file(tmp_path, HEADER, ROWS, delimiter=delimiter)), *COLUMNS) == EXPECTED


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_line_endings(tmp_path, ending, last):
    text = csv_text(HEADER, ROWS).replace("\n", ending)
    (tmp_path / "o.csv").write_bytes((text if last else text.rstrip("\r\n")).encode())
    found = read(tmp_path / "o.csv")
    assert orders(found, *COLUMNS) == EXPECTED
    assert found.counters.rows == 3


def test_gzip_and_zip_and_folder(tmp_path):
    raw = csv_text(HEADER, ROWS).encode("gb18030")
    (tmp_path / "o.csv.gz").write_bytes(gzip.compress(raw))
    assert orders(read(tmp_path / "o.csv.gz"), *COLUMNS) == EXPECTED
    with zipfile.ZipFile(tmp_path / "o.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("导出/o.csv", raw)
        archive.writestr("__MACOSX/._o.csv", b"junk")
        archive.writestr("readme.md", b"hello")
    found = read(tmp_path / "o.zip")
    assert orders(found, *COLUMNS) == EXPECTED
    assert list(found.mappings) == ["o.zip/导出/o.csv"]
    assert [note.context["file"] for note in found.warnings] == ["o.zip/readme.md"]
    folder = tmp_path / "exports"
    folder.mkdir()
    for i, row in enumerate(ROWS):
        csv_file(folder, HEADER, [row], f"{i}.csv")
    (folder / "notes.docx").write_bytes(b"x")
    (folder / ".hidden.csv").write_bytes(b"x")
    found = read(folder)
    assert orders(found, *COLUMNS) == EXPECTED
    assert codes(found) == {"file_left_out"}
    assert reconciled(found)


def test_files_of_one_name_are_told_apart(tmp_path):
    for folder, row in zip("ab", ROWS, strict=False):
        (tmp_path / folder).mkdir()
        csv_file(tmp_path / folder, HEADER, [row, ["x", "9", "never", "1", ""]])
    found = read([tmp_path / "a" / "orders.csv", tmp_path / "b" / "orders.csv"], max_rejects=1)
    assert found.rejects["file"].to_pylist() == ["orders.csv", "b/orders.csv"]
    assert list(found.mappings) == ["orders.csv", "b/orders.csv"]


def workbook(path, header=HEADER, rows=ROWS, top=0, left=0, sheets=("Sheet1",)):
    book = xlsxwriter.Workbook(path)
    for title in sheets:
        sheet = book.add_worksheet(title)
        for r, row in enumerate([header, *rows]):
            for c, cell in enumerate(row):
                sheet.write_string(top + r, left + c, str(cell))
    book.close()
    return path


def test_workbook_of_texts(tmp_path):
    assert orders(read(workbook(tmp_path / "o.xlsx")), *COLUMNS) == EXPECTED


def test_workbook_of_typed_cells_is_read_like_text(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "o.xlsx")
    sheet, date_format = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for c, name in enumerate(["会员号", "订单号", "下单时间", "金额"]):
        sheet.write(0, c, name)
    sheet.write_number(1, 0, 13085)
    sheet.write_number(1, 1, 7)
    sheet.write_datetime(1, 2, datetime(2024, 1, 5, 13, 2, 11), date_format)
    sheet.write_number(1, 3, 0.1 + 0.2)
    sheet.write_number(2, 0, 13085)
    sheet.write_string(2, 1, "008")
    sheet.write_number(2, 2, 45297.5)
    sheet.write_string(2, 3, "￥9.9")
    sheet.write_string(3, 0, "13086")
    sheet.write_string(3, 1, "9")
    sheet.write_string(3, 2, "2024年1月7日")
    sheet.write_formula(3, 3, "=1+1", None, 2)
    book.close()
    assert orders(read(tmp_path / "o.xlsx"), "customer_id", "order_id", "day", "amount") == [
        ("13085", "7", day("2024-01-05"), 30),
        ("13085", "008", day("2024-01-06"), 990),
        ("13086", "9", day("2024-01-07"), 200),
    ]


def test_lines_of_a_worksheet_are_those_people_see(tmp_path):
    rows = [*ROWS[:2], ["x", "9", "nonsense", "1", ""], *ROWS[2:]]
    found = read(workbook(tmp_path / "o.xlsx", rows=rows, top=4, left=2), max_rejects=1)
    assert reasons(found) == [(8, "nonsense", "date_unreadable")]


def test_workbook_made_by_another_program(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["订单明细"])
    sheet.append([])
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(tmp_path / "o.xlsx")
    found = read(tmp_path / "o.xlsx")
    assert orders(found, *COLUMNS) == EXPECTED
    assert found.counters.skipped_rows == 2


def test_worksheets_with_the_same_columns_are_read_together(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "o.xlsx")
    for title, rows in (
        ("一月", [HEADER, ROWS[0]]),
        ("空", []),
        ("二月", [HEADER, *ROWS[1:]]),
        ("说明", [["导出说明", "x"], ["a", "b"]]),
    ):
        sheet = book.add_worksheet(title)
        for r, row in enumerate(rows):
            for c, cell in enumerate(row):
                sheet.write_string(r, c, cell)
    book.close()
    found = read(tmp_path / "o.xlsx")
    assert orders(found, *COLUMNS) == EXPECTED
    assert codes(found) == {"sheets_left_out"}
    assert orders(read(tmp_path / "o.xlsx", sheet="二月"), "order_id") == ["0002", "0003"]
    assert orders(read(tmp_path / "o.xlsx", sheet=1), "order_id") == ["0001"]
    with pytest.raises(MappingError) as caught:
        read(tmp_path / "o.xlsx", sheet="三月")
    assert "二月" in caught.value.hint


def test_parquet_and_frames(tmp_path):
    table = pa.table({name: [row[i] for row in ROWS] for i, name in enumerate(HEADER)})
    pq.write_table(table, tmp_path / "o.parquet")
    for source in (tmp_path / "o.parquet", table, table.to_pandas(), pl.from_arrow(table)):
        found = read(source)
        assert orders(found, *COLUMNS) == EXPECTED
        assert len(found.content[0]) == 64


def test_typed_frames_are_read_like_text():
    frame = pd.DataFrame(
        {
            "Customer ID": [13085.0, None, 7.0],
            "Invoice": ["A1", 2, None],
            "InvoiceDate": pd.to_datetime(
                ["2024-01-05 13:02:11", "2024-01-06 00:00:00", "2024-01-07 00:00:00"]
            ).tz_localize("UTC"),
            "Quantity": [2, 1, -1],
            "Price": [0.1, 12.25, 3],
            "Category": pd.Categorical(["x", "y", None]),
        }
    )
    for source in (frame, pl.from_pandas(frame.astype({"Invoice": str}))):
        found = read(source)
        assert orders(found, "customer_id", "day", "amount") == [
            ("13085", day("2024-01-05"), 20),
            (None, day("2024-01-06"), 1225),
            ("7", day("2024-01-07"), -300),
        ]
        assert found.lines["category"].to_pylist() == ["x", "y", None]


def test_an_object_that_is_no_table_is_refused():
    with pytest.raises(InputError) as caught:
        read([42])
    assert caught.value.code == "unknown_input"


def test_content_is_the_digest_of_each_file(tmp_path):
    a, b = (
        csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", 1]], "a.csv"),
        csv_file(tmp_path, BASIC, [["A", 2, "2024-01-05", 1]], "b.csv"),
    )
    assert read([a, b]).content == tuple(hashlib.sha256(p.read_bytes()).hexdigest() for p in (a, b))


def test_junk_above_the_header_and_below_the_rows(tmp_path):
    text = (
        "店铺订单导出\n导出时间：2024-02-01 10:00:00\n#----------------\n\n"
        + csv_text(HEADER, ROWS)
        + ",,,,\n合计,,,1321.00,\n#共3条,,,,\n"
    )
    (tmp_path / "o.csv").write_bytes(text.encode("gb18030"))
    found = read(tmp_path / "o.csv")
    assert orders(found, *COLUMNS) == EXPECTED
    assert (
        found.counters.as_dict() | {"rows": 10, "used_rows": 3, "skipped_rows": 7, "rejected_rows": 0}
        == found.counters.as_dict()
    )


@pytest.mark.parametrize("word", ["合计", "总计：", "小计", "Total", "GRAND TOTAL", "本页合计"])
def test_footers_are_skipped(tmp_path, word):
    found = read(csv_file(tmp_path, HEADER, [*ROWS, [word, "", "", "¥1,321.00", ""]]))
    assert found.counters.skipped_rows == 1
    found = read(
        csv_file(
            tmp_path, ["序号", *HEADER], [[i, *row] for i, row in enumerate(ROWS)] + [[word, "", "", "", "1321", ""]]
        )
    )
    assert found.counters.skipped_rows == 1


def test_a_customer_may_be_called_total(tmp_path):
    found = read(csv_file(tmp_path, BASIC, [["Total", 1, "2024-01-05", 1], ["合计", 2, "2024-01-05", 1]]))
    assert orders(found, "customer_id") == ["Total", "合计"]


def test_a_header_that_comes_again_is_skipped(tmp_path):
    found = read(csv_file(tmp_path, HEADER, [*ROWS[:2], HEADER, *ROWS[2:]]))
    assert orders(found, *COLUMNS) == EXPECTED
    assert found.counters.skipped_rows == 1


def test_cells_with_line_breaks_keep_the_line_numbers_right(tmp_path):
    rows = [["A\nB", 1, "2024-01-05", "1"], ["C", 2, "never", "1"], ["D", 3, "2024-01-05", "1"]]
    found = read(csv_file(tmp_path, BASIC, rows), max_rejects=1)
    assert orders(found, "customer_id") == ["A\nB", "D"]
    assert reasons(found) == [(4, "never", "date_unreadable")]


def test_quotation_marks_inside_cells(tmp_path):
    found = read(csv_file(tmp_path, [*BASIC, "product"], [['A "x"', 1, "2024-01-05", "1", '7" pipe, "long"']]))
    assert orders(found, "customer_id") == ['A "x"']
    assert found.lines["product_id"].to_pylist() == ['7" pipe, "long"']


def test_long_files_are_read_in_stretches_with_the_same_result(tmp_path, monkeypatch):
    rows = [
        [f"客户{i % 37}", i // 2, f"2024-01-{i % 28 + 1:02}", f"{i}.5", 'a "b"\nc' if i % 11 == 0 else "x"]
        for i in range(3000)
    ]
    path = csv_file(tmp_path, [*BASIC, "product"], rows)
    whole = read(path)
    monkeypatch.setattr("regulars.ingest.text_sheet.STRETCH", 997)
    pieces = read(path)
    assert pieces.orders.equals(whole.orders)
    assert pieces.lines.equals(whole.lines)
    assert pieces.counters == whole.counters


def test_a_file_without_a_header_is_read_by_content(tmp_path):
    text = "".join(f" {i:05d} 199701{i % 28 + 1:02d}  {i % 4 + 1}   {i}.77\n" for i in range(1, 40) for _ in range(2))
    (tmp_path / "cdnow.txt").write_text(text)
    found = read(tmp_path / "cdnow.txt")
    assert found.mapping.columns == {
        "customer_id": "column 1",
        "ordered_at": "column 2",
        "amount": "column 4",
        "quantity": "column 3",
    }
    assert orders(found, "customer_id", "day", "amount")[0] == ("00001", day("1997-01-02"), 177)
    assert found.counters.rows == 78


def test_progress_is_told(tmp_path):
    seen = []
    from regulars.ingest import IngestOptions, read_orders

    path = csv_file(tmp_path, HEADER, ROWS)
    read_orders([path], IngestOptions(), progress=lambda *step: seen.append(step))
    assert seen == [("read", path.stat().st_size, path.stat().st_size)]


def test_orders_and_their_details_in_two_files(tmp_path):
    heads = csv_file(
        tmp_path,
        ["订单编号", "买家会员名", "买家实际支付金额", "订单状态", "订单创建时间"],
        [["1", "王芳", "30", "交易成功", "2024-01-05 10:00:00"], ["2", "李雷", "9", "交易成功", "2024-01-06 10:00:00"]],
    )
    items = csv_file(
        tmp_path,
        ["订单编号", "标题", "价格", "购买数量", "外部系统编号"],
        [["1", "茶", "20", "1", "S1"], ["1", "杯", "15", "1", "S2"], ["2", "茶", "9", "1", "S1"]],
        "items.csv",
    )
    for files in ([heads, items], [items, heads]):
        found = read(files)
        assert sorted(orders(found, "customer_id", "order_id", "amount", "line_count")) == [
            ("李雷", "2", 900, 1),
            ("王芳", "1", 3000, 2),
        ]
        assert sorted(found.lines["amount"].to_pylist()) == [900, 1500, 2000]
        assert reconciled(found)


def test_order_heads_without_amounts_take_them_from_the_details(tmp_path):
    heads = csv_file(
        tmp_path, ["order_id", "customer_id", "order_date"], [["1", "A", "2024-01-05"], ["2", "B", "2024-01-06"]]
    )
    items = csv_file(
        tmp_path,
        ["order_id", "sku", "unit_price", "quantity"],
        [["1", "S1", "2.5", "2"], ["1", "S2", "1", "1"], ["2", "S1", "2.5", "1"], ["3", "S1", "2.5", "1"]],
        "items.csv",
    )
    found = read([heads, items], max_rejects=1)
    assert orders(found, "customer_id", "order_id", "amount", "line_count") == [("A", "1", 600, 2), ("B", "2", 250, 1)]
    assert found.rejects["reason"].to_pylist() == ["date_missing"]


@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.parquet"])
def test_a_missing_file_names_its_neighbours(tmp_path, name):
    csv_file(tmp_path, BASIC, [], "b.csv")
    with pytest.raises(FileProblem) as caught:
        read(tmp_path / name)
    assert caught.value.code == "file_missing"
    assert ("b.csv" in caught.value.message) == (name == "a.csv")
