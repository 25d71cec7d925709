"""Identical rows are counted, and kept or dropped by the rule."""

from __future__ import annotations

import pytest

from tests.ingest.given import BASIC, codes, csv_file, orders, read, reconciled

LINES = ["customer_id", "order_id", "ordered_at", "product", "amount"]


def counters(found):
    c = found.counters
    return c.duplicate_rows, c.dropped_rows, c.used_rows


def test_without_order_ids_repeats_are_kept(tmp_path):
    rows = [["A", "2011-01-05", "10"], ["A", "2011-01-05", "10"], ["A", "2011-01-05", "11"]]
    found = read(csv_file(tmp_path, ["customer_id", "ordered_at", "amount"], rows))
    assert counters(found) == (1, 0, 3)
    assert found.orders.num_rows == 3


def test_order_level_repeats_are_dropped(tmp_path):
    rows = [
        ["A", 1, "2011-01-05", "10"],
        ["B", 2, "2011-01-05", "10"],
        ["A", 1, "2011-01-05", "10"],
        ["A", 1, "2011-01-05", "10"],
    ]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert counters(found) == (2, 2, 2)
    assert orders(found, "amount") == [1000, 1000]
    kept = read(csv_file(tmp_path, BASIC, rows), drop_duplicates=False)
    assert counters(kept) == (2, 0, 4)
    assert orders(kept, "amount") == [3000, 1000]


def test_line_level_repeats_are_kept_unless_told(tmp_path):
    rows = [["A", 1, "2011-01-05", "x", "10"], ["A", 1, "2011-01-05", "x", "10"], ["A", 1, "2011-01-05", "y", "5"]]
    path = csv_file(tmp_path, LINES, rows)
    assert counters(read(path)) == (1, 0, 3)
    told = read(path, drop_duplicates=True)
    assert counters(told) == (1, 1, 2)
    assert orders(told, "amount") == [1500]


def test_rows_that_differ_in_a_column_nobody_reads_are_not_identical(tmp_path):
    rows = [["A", 1, "2011-01-05", "10", "x"], ["A", 1, "2011-01-05", "10", "y"]]
    assert counters(read(csv_file(tmp_path, [*BASIC, "remark"], rows)))[0] == 0


def test_rows_without_an_order_id_in_an_order_file(tmp_path):
    rows = [["A", "", "2011-01-05", "10"], ["A", "", "2011-01-05", "10"], ["A", "1", "2011-01-05", "10"]]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert found.counters.duplicate_rows == 1
    assert found.orders.num_rows == 3 - found.counters.dropped_rows


def test_rejected_rows_are_no_duplicates(tmp_path):
    found = read(csv_file(tmp_path, BASIC, [["A", 1, "bad", "10"]] * 3 + [["A", 2, "2011-01-05", "1"]]), max_rejects=1)
    assert counters(found) == (0, 0, 1)


def test_an_order_that_comes_again_from_another_file_is_dropped(tmp_path):
    january = csv_file(
        tmp_path,
        LINES,
        [
            ["A", 1, "2011-01-05", "x", "10"],
            ["A", 1, "2011-01-05", "x", "10"],
            ["B", 2, "2011-01-31", "x", "7"],
            ["B", 2, "2011-01-31", "y", "1"],
        ],
        "1.csv",
    )
    february = csv_file(
        tmp_path,
        LINES,
        [["B", 2, "2011-01-31", "x", "7"], ["B", 2, "2011-01-31", "y", "1"], ["C", 3, "2011-02-05", "x", "9"]],
        "2.csv",
    )
    found = read([january, february])
    assert orders(found, "order_id", "amount") == [("1", 2000), ("2", 800), ("3", 900)]
    assert counters(found) == (3, 2, 5)
    assert "files_overlap" in codes(found)
    assert reconciled(found)
    kept = read([january, february], drop_duplicates=False)
    assert orders(kept, "amount") == [2000, 1600, 900]


def test_an_order_cut_in_two_by_the_end_of_a_file_is_united(tmp_path):
    a = csv_file(tmp_path, LINES, [["A", 1, "2011-01-05", "x", "10"]], "1.csv")
    b = csv_file(tmp_path, LINES, [["A", 1, "2011-01-05", "y", "5"], ["A", 1, "2011-01-05", "x", "10"]], "2.csv")
    found = read([a, b])
    assert orders(found, "amount") == [1500]
    assert counters(found) == (1, 1, 2)


def test_overlap_is_found_across_encodings_formats_and_columns(tmp_path):
    a = csv_file(
        tmp_path,
        ["客户编号", "下单时间", "商品名称", "数量", "单价"],
        [["王芳", "2011-01-05 10:00:00", "茶", "2", "5"], ["王芳", "2011-01-05 10:00:00", "茶", "2", "5"]],
        "1.csv",
        encoding="gb18030",
    )
    b = csv_file(
        tmp_path,
        ["order id", "product name", "sku", "customer id", "quantity", "price", "order date"],
        [
            ["7", "茶", "S1", "王芳", "2", "5.00", "2011/1/5 10:00"],
            ["8", "茶", "S1", "王芳", "3", "5.00", "2011/1/5 10:00"],
        ],
        "2.csv",
    )
    found = read([a, b])
    assert counters(found) == (2, 1, 3)


def test_equal_days_in_two_files_without_ids_are_no_overlap(tmp_path):
    a = csv_file(
        tmp_path, ["customer_id", "date", "amount"], [["A", "2011-01-05", "10"], ["B", "2011-01-05", "3"]], "1.csv"
    )
    b = csv_file(
        tmp_path, ["customer_id", "date", "amount"], [["A", "2011-01-05", "10"], ["C", "2011-01-05", "3"]], "2.csv"
    )
    assert read([a, b]).orders.num_rows == 4


@pytest.mark.parametrize("ids", [True, False])
def test_the_same_file_twice_is_taken_once(tmp_path, ids):
    columns, rows = (
        (BASIC, [["A", 1, "2011-01-05", "10"], ["B", 2, "2011-01-05", "x"]])
        if ids
        else (["customer_id", "date", "amount"], [["A", "2011-01-05", "10"], ["B", "2011-01-05", "x"]])
    )
    a, b = csv_file(tmp_path, columns, rows, "1.csv"), csv_file(tmp_path, columns, rows, "2.csv")
    found = read([a, b], max_rejects=1)
    assert orders(found, "amount") == [1000]
    assert counters(found) == (1, 1, 1)
    assert codes(found) == {"same_file_twice"}
    assert reconciled(found)
