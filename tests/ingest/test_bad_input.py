"""Whatever is wrong with an input, the message says what, where, and what to do."""

from __future__ import annotations

import gzip
import os
import tracemalloc
import zipfile
from datetime import date

import pytest

from regulars.errors import FileProblem, InputError, MappingError, ParameterError, RegularsError, TooManyRejects
from tests.ingest.given import BASIC, codes, csv_file, orders, read, reasons
from tests.ingest.test_files import HEADER, ROWS, workbook


def failure(kind: type[RegularsError], inputs, **options) -> RegularsError:
    with pytest.raises(kind) as caught:
        read(inputs, **options)
    error = caught.value
    chinese, hint = error.localized("zh")
    assert error.hint, "a hint says how to mend it"
    assert chinese != error.message, f"no Chinese for {error.code}"
    assert hint != error.hint, f"no Chinese for the hint of {error.code}"
    return error


def raw(folder, content: bytes, name="orders.csv"):
    (folder / name).write_bytes(content)
    return folder / name


@pytest.mark.parametrize("name", ["orders.csv", "orders.xlsx", "orders.parquet"])
def test_empty_file(tmp_path, name):
    assert failure(FileProblem, raw(tmp_path, b"", name)).code == "empty_file"


def test_nothing_but_a_byte_order_mark(tmp_path):
    assert failure(FileProblem, raw(tmp_path, b"\xef\xbb\xbf")).code == "empty_file"


def test_empty_gzip(tmp_path):
    assert failure(FileProblem, raw(tmp_path, gzip.compress(b""), "o.csv.gz")).code == "empty_file"


def test_header_only(tmp_path):
    for newline in (b"", b"\n", b"\r\n\r\n", b"\n\n\n"):
        assert failure(FileProblem, raw(tmp_path, ",".join(BASIC).encode() + newline)).code == "no_rows"
    assert failure(FileProblem, workbook(tmp_path / "o.xlsx", rows=[])).code == "no_rows"


def test_nothing_but_blank_lines(tmp_path):
    assert failure(InputError, raw(tmp_path, b"\n\n  \n")).code in ("no_table", "no_usable_rows", "no_rows")


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
        b"%PDF-1.7\n" + b"x" * 100,
        os.urandom(1) + bytes(range(256)) * 50,
        b"SQLite format 3\x00" + bytes(100),
    ],
    ids=["png", "pdf", "bytes", "sqlite"],
)
def test_binary_file(tmp_path, content):
    assert failure(FileProblem, raw(tmp_path, content)).code == "binary_file"


def test_web_page_that_calls_itself_a_workbook(tmp_path):
    assert (
        failure(FileProblem, raw(tmp_path, b"<html><table><tr><td>1</td></tr></table></html>", "o.xls")).code
        == "not_a_table"
    )


def test_wrong_encoding_declared(tmp_path):
    path = csv_file(tmp_path, HEADER, ROWS, encoding="gb18030")
    error = failure(FileProblem, path, encoding="utf-8")
    assert error.code == "wrong_encoding"
    assert "line 1" in error.message
    assert "gb18030" in error.hint
    assert "utf-8" in failure(FileProblem, csv_file(tmp_path, HEADER, ROWS), encoding="utf-16").hint
    assert failure(ParameterError, path, encoding="utf-88").code == "unknown_encoding"


def test_wrong_encoding_declared_is_noticed_wherever_it_shows(tmp_path):
    lines = [[f"A{i}", i, "2024-01-05", "1"] for i in range(60_000)] + [["王芳", 1, "2024-01-05", "1"]]
    error = failure(FileProblem, csv_file(tmp_path, BASIC, lines, encoding="gb18030"), encoding="utf-8")
    assert error.code == "wrong_encoding"
    assert "line 60002" in error.message


def test_chinese_beyond_the_sample_is_still_told(tmp_path):
    lines = [[f"A{i}", i, "2024-01-05", "1"] for i in range(60_000)] + [["王芳", 60_000, "2024-01-05", "1"]]
    assert orders(read(csv_file(tmp_path, BASIC, lines, encoding="gb18030")), "customer_id")[-1] == "王芳"


def test_a_damaged_character_does_not_stop_the_run(tmp_path):
    text = "客户编号,下单时间,金额\n王芳,2024-01-05,1\n".encode() + "李".encode()[:2] + b",2024-01-05,1\n"
    found = read(raw(tmp_path, text + b"x,2024-01-05,1\n" * 200_000))
    assert "damaged_text" in codes(found)
    assert orders(found, "customer_id")[:2] == ["王芳", "�"]


def test_truncated_and_damaged_gzip(tmp_path):
    packed = gzip.compress(b"customer_id,ordered_at,amount\n" + os.urandom(4000).hex().encode())
    assert failure(FileProblem, raw(tmp_path, packed[:-500], "o.csv.gz")).code == "gzip_truncated"
    broken = packed[:200] + bytes(20) + packed[220:]
    assert failure(FileProblem, raw(tmp_path, broken, "o.csv.gz")).code == "gzip_corrupt"


def test_damaged_workbook_archive_and_parquet(tmp_path):
    good = workbook(tmp_path / "good.xlsx").read_bytes()
    assert failure(FileProblem, raw(tmp_path, good[: len(good) // 2], "o.xlsx")).code == "workbook_corrupt"
    middle = good[:300] + os.urandom(300) + good[600:]
    assert failure(FileProblem, raw(tmp_path, middle, "o.xlsx")).code == "workbook_corrupt"
    assert failure(FileProblem, raw(tmp_path, b"PK\x03\x04" + os.urandom(500), "o.zip")).code == "zip_corrupt"
    assert failure(FileProblem, raw(tmp_path, b"PAR1" + os.urandom(500), "o.parquet")).code == "parquet_corrupt"
    assert (
        failure(FileProblem, raw(tmp_path, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + os.urandom(900), "o.xls")).code
        == "workbook_corrupt"
    )


def test_archive_of_nothing(tmp_path):
    with zipfile.ZipFile(tmp_path / "o.zip", "w") as archive:
        archive.writestr("readme.md", "x")
    assert failure(FileProblem, tmp_path / "o.zip").code == "empty_folder"
    (tmp_path / "folder").mkdir()
    assert failure(FileProblem, tmp_path / "folder").code == "empty_folder"
    assert failure(FileProblem, []).code == "no_input"


def test_missing_column(tmp_path):
    error = failure(MappingError, csv_file(tmp_path, ["客户编号", "下单时间", "备注"], [["A", "2024-01-05", "x"]]))
    assert error.code == "missing_columns"
    assert "amount" in error.message
    assert "备注" in error.message
    error = failure(
        MappingError,
        csv_file(tmp_path, ["cusotmer", "order date", "amount"], [["A", "2024-01-05", "x"], ["B", "2024-01-05", "y"]]),
        mapping={"region": "#1"},
    )
    assert error.context["missing"] == ["customer_id"]


def test_a_column_that_is_not_there_is_answered_with_did_you_mean(tmp_path):
    error = failure(
        MappingError, csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]]), mapping={"amount": "amonut"}
    )
    assert error.code == "unknown_column"
    assert "amount?" in error.message
    error = failure(
        ParameterError, csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]]), mapping={"amonut": "amount"}
    )
    assert error.code == "unknown_field"
    assert "amount?" in error.message


def test_all_rows_rejected(tmp_path):
    path = csv_file(tmp_path, BASIC, [["A", i, "someday", "1"] for i in range(5)])
    error = failure(TooManyRejects, path)
    assert error.context["rejected"] == 5
    assert "orders.csv:2" in error.message
    assert "'someday'" in error.message and "not a date" in error.message
    assert "5 × 不是能识别的日期" in error.localized("zh")[0] and "not a date" not in error.localized("zh")[0]
    assert error.context["rejects"].num_rows == 5
    assert failure(InputError, path, max_rejects=1).code == "no_usable_rows"


def test_the_share_of_rejects_is_a_limit(tmp_path):
    path = csv_file(tmp_path, BASIC, [["A", i, "2024-01-05", "x" if i < 2 else "1"] for i in range(10)])
    assert read(path, max_rejects=0.2).counters.rejected_rows == 2
    assert failure(TooManyRejects, path, max_rejects=0.19).exit_code == 4
    assert failure(ParameterError, path, max_rejects=1.5).code == "bad_max_rejects"


def test_mixed_day_and_month_order(tmp_path):
    rows = [["A", 1, "13/01/2024", "1"], ["A", 2, "01/14/2024", "1"], ["A", 3, "05/06/2024", "1"]]
    error = failure(InputError, csv_file(tmp_path, BASIC, rows))
    assert error.code == "mixed_date_order"
    assert "13/01/2024 (orders.csv:2)" in error.message
    assert "01/14/2024 (orders.csv:3)" in error.message
    told = read(csv_file(tmp_path, BASIC, rows), date_order="dmy", max_rejects=1)
    assert reasons(told) == [(3, "01/14/2024", "date_unreadable")]


def test_no_evidence_on_day_and_month(tmp_path):
    path = csv_file(tmp_path, BASIC, [["A", 1, "05/06/2024", "1"], ["A", 2, "07/08/2024", "1"]])
    error = failure(InputError, path)
    assert error.code == "unclear_date_order"
    assert "--date-order dmy|mdy" in error.hint
    assert orders(read(path, date_order="mdy"), "day")[0] == (date(2024, 5, 6) - date(1970, 1, 1)).days
    asked = []
    found = read(path, ask=lambda question: asked.append(question) or "dmy")
    assert asked[0].subject == "date_order"
    assert found.mapping.date_order == "dmy"
    assert orders(found, "day")[0] == (date(2024, 6, 5) - date(1970, 1, 1)).days
    assert failure(ParameterError, path, ask=lambda question: "ydm").code == "bad_answer"
    assert failure(ParameterError, path, date_order="ydm").code == "bad_date_order"


def test_dates_in_the_future_and_of_the_year_0024(tmp_path):
    rows = [
        ["A", i, text, "1"]
        for i, text in enumerate(["2024-01-05", "2026-03-01", "0024-01-05", "9999-12-31", "1899-12-30"])
    ]
    found = read(csv_file(tmp_path, BASIC, rows), max_rejects=1)
    assert reasons(found) == [
        (3, "2026-03-01", "date_in_future"),
        (4, "0024-01-05", "year_impossible"),
        (5, "9999-12-31", "year_impossible"),
        (6, "1899-12-30", "year_impossible"),
    ]


def test_amounts_like_one_two_three(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "1,2,3"],
        ["A", 2, "2024-01-05", "1,234"],
        ["A", 3, "2024-01-05", ""],
        ["A", 4, "2024-01-05", "10000000000000000"],
    ]
    found = read(csv_file(tmp_path, BASIC, rows), max_rejects=1)
    assert orders(found, "amount") == [123400]
    assert reasons(found) == [
        (2, "1,2,3", "amount_unreadable"),
        (4, "", "amount_missing"),
        (5, "10000000000000000", "amount_too_large"),
    ]


def test_quantity_or_price_at_fault_is_named(tmp_path):
    columns = ["customer_id", "ordered_at", "quantity", "unit_price"]
    rows = [
        ["A", "2024-01-05", "1", "2"],
        ["A", "2024-01-05", "x", "2"],
        ["A", "2024-01-05", "1", "y"],
        ["A", "2024-01-05", "", "2"],
        ["A", "2024-01-05", "", ""],
    ]
    found = read(csv_file(tmp_path, columns, rows), max_rejects=1)
    assert [(r["column"], r["value"], r["reason"]) for r in found.rejects.to_pylist()] == [
        ("quantity", "x", "amount_unreadable"),
        ("unit_price", "y", "amount_unreadable"),
        ("quantity", "", "amount_unreadable"),
        ("quantity", "", "amount_missing"),
    ]


def test_a_refund_that_cannot_be_read_is_not_ignored(tmp_path):
    found = read(
        csv_file(tmp_path, [*BASIC, "refund"], [["A", 1, "2024-01-05", "5", "all"], ["A", 2, "2024-01-05", "5", "1"]]),
        max_rejects=1,
    )
    assert reasons(found) == [(2, "all", "refund_unreadable")]


def test_ten_thousand_columns(tmp_path):
    names = [f"x{i}" for i in range(9_996)]
    path = csv_file(tmp_path, [*names, *BASIC], [["1"] * 9_996 + ["A", i, "2024-01-05", "2"] for i in range(3)])
    found = read(path)
    assert orders(found, "customer_id", "amount") == [("A", 200)] * 3
    error = failure(MappingError, csv_file(tmp_path, names, [["1"] * 9_996]))
    assert len(error.message) < 2_000
    assert (
        failure(FileProblem, csv_file(tmp_path, [f"x{i}" for i in range(20_000)], [["1"] * 20_000])).code
        == "too_many_columns"
    )


@pytest.mark.slow
def test_a_line_of_a_gigabyte(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("wb") as file:
        file.truncate(1 << 30)
        file.seek(0)
        file.write(b"customer_id,")
    tracemalloc.start()
    assert failure(FileProblem, path).code in ("line_too_long", "binary_file")
    with path.open("wb") as file:
        block = b"x" * (1 << 20)
        for _ in range(1024):
            file.write(block)
    assert failure(FileProblem, path).code == "line_too_long"
    with path.open("r+b") as file:
        file.write((",".join(BASIC) + "\nA,1,2024-01-05,1\nA,2,2024-01-05,").encode())
    error = failure(FileProblem, path)
    assert error.code == "line_too_long"
    assert "Line 3" in error.message
    assert tracemalloc.get_traced_memory()[1] < 200 << 20
    tracemalloc.stop()


def test_a_file_one_may_not_read(tmp_path, monkeypatch):
    path = csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]])

    def refuse(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    assert failure(FileProblem, path).code == "file_unreadable"


def test_no_space_to_unpack(tmp_path, monkeypatch):
    path = raw(tmp_path, gzip.compress(b"x" * 1000), "o.csv.gz")

    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("regulars.ingest.sources.gzip.open", full)
    assert failure(FileProblem, path).code == "cannot_unpack"


def test_one_of_everything(tmp_path):
    for rows in ([["A", 1, "2024-01-05", "1"]], [["A", 1, "2024-01-05", "-1"]], [["", "", "2024-01-05", "0"]]):
        found = read(csv_file(tmp_path, BASIC, rows))
        assert found.orders.num_rows == 1
        assert found.counters.used_rows == 1


def test_long_values_are_shortened_between_characters(tmp_path):
    found = read(
        csv_file(tmp_path, BASIC, [["A", 1, "x" + "日" * 100, "1"], ["A", 2, "2024-01-05", "1"]]), max_rejects=1
    )
    assert found.rejects["value"].to_pylist() == ["x" + "日" * 66]
