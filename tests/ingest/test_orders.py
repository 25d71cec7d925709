"""Rows become orders by the fine print of the definitions."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given as property_of
from hypothesis import settings
from hypothesis import strategies as st

from regulars.errors import ReconciliationError
from regulars.ingest import (
    CANCELLED,
    LINES,
    ORDERS,
    UNPAID,
    VALID,
    Counters,
)
from tests.ingest.given import BASIC, codes, csv_file, day, orders, read, reasons, reconciled


def test_tables_have_the_canonical_columns(tmp_path):
    found = read(csv_file(tmp_path, [*BASIC, "商品名称"], [["A", 1, "2024-01-05", "10", "茶"]]))
    assert found.orders.schema.equals(ORDERS)
    assert found.lines.schema.equals(LINES)
    assert found.orders.to_pylist() == [
        {
            "customer_id": "A",
            "order_id": "1",
            "day": day("2024-01-05"),
            "at": None,
            "amount": 1000,
            "profit": None,
            "profit_source": 0,
            "discount": None,
            "status": 0,
            "channel": None,
            "campaign_id": None,
            "referrer_id": None,
            "line_first": 0,
            "line_count": 1,
        },
    ]
    assert found.lines.to_pylist() == [
        {"product_id": "茶", "category": None, "quantity": None, "amount": 1000, "profit": None}
    ]


def test_lines_of_one_order_are_added_up_wherever_they_stand(tmp_path):
    rows = [
        ["A", 1, "2011-01-02", "30"],
        ["B", 2, "2011-01-03", "5"],
        ["A", 1, "2011-01-01", "-10"],
        ["B", 2, "2011-01-03", "-5"],
        ["", "", "2011-01-04", "7"],
    ]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert orders(found, "customer_id", "order_id", "day", "amount") == [
        ("A", "1", day("2011-01-01"), 2000),
        ("B", "2", day("2011-01-03"), 0),
        (None, None, day("2011-01-04"), 700),
    ]
    assert found.counters.used_rows == 5
    assert found.lines is None


@settings(max_examples=60, deadline=None)
@property_of(
    st.lists(
        st.tuples(
            st.sampled_from(["1", "2", "3", ""]),
            st.sampled_from(["A", "B", ""]),
            st.integers(0, 30),
            st.decimals(-1000, 1000, places=5, allow_nan=False),
            st.decimals(0, 1000, places=4, allow_nan=False),
        ),
        min_size=1,
        max_size=25,
    )
)
def test_grouping_agrees_with_a_plain_reference(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("orders")
    columns = ["customer_id", "order_id", "ordered_at", "quantity", "unit_price"]
    text = [[c, o, f"2024-01-{d + 1:02}", f"{q:f}", f"{p:f}"] for o, c, d, q, p in rows]
    found = read(csv_file(folder, columns, text), drop_duplicates=False)
    expected: dict[object, list[tuple[int, Decimal]]] = {}
    named: dict[str, set[str]] = {}
    for o, c, *_ in rows:
        named.setdefault(o, set()).update({c} - {""})
    for i, (o, c, d, q, p) in enumerate(rows):
        owner = c or (next(iter(named[o])) if len(named[o]) == 1 else "")
        key = (o, owner) if o else (i,)
        expected.setdefault(key if o else (i, c), []).append((d, q * p))
    cents = sorted(
        (
            str(k[0]) if isinstance(k[0], str) else "",
            (k[1] or ""),
            day("2024-01-01") + min(d for d, _ in parts),
            int((sum((v for _, v in parts), Decimal(0)) * 100).quantize(Decimal(1), ROUND_HALF_UP)),
        )
        for k, parts in expected.items()
    )
    assert (
        sorted((o or "", c or "", d, a) for o, c, d, a in orders(found, "order_id", "customer_id", "day", "amount"))
        == cents
    )
    assert found.counters.split_orders == sum(len(names) > 1 for o, names in named.items() if o)
    assert int(np.asarray(found.orders["line_count"]).sum()) == found.lines.num_rows == len(rows)


def test_two_customers_under_one_order_id_are_two_orders(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "10"],
        ["B", 1, "2024-01-06", "20"],
        ["", 1, "2024-01-07", "5"],
        ["A", 1, "2024-01-04", "1"],
        ["A", 2, "2024-01-05", "3"],
    ]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert orders(found, "customer_id", "order_id", "day", "amount") == [
        ("A", "1", day("2024-01-04"), 1100),
        ("B", "1", day("2024-01-06"), 2000),
        (None, "1", day("2024-01-07"), 500),
        ("A", "2", day("2024-01-05"), 300),
    ]
    assert found.counters.split_orders == 1
    assert "split_orders" in codes(found)


def test_the_one_customer_of_an_order_fills_its_other_lines(tmp_path):
    found = read(
        csv_file(
            tmp_path, BASIC, [["", 1, "2024-01-05", "10"], ["A", 1, "2024-01-05", "5"], ["", 2, "2024-01-05", "1"]]
        )
    )
    assert orders(found, "customer_id", "amount") == [("A", 1500), (None, 100)]


def test_an_order_keeps_the_date_that_one_of_its_lines_has(tmp_path):
    found = read(
        csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "10"], ["", 1, "", "5"], ["B", 2, "", "3"]]), max_rejects=1
    )
    assert orders(found, "order_id", "amount") == [("1", 1500)]
    assert reasons(found) == [(4, "", "date_missing")]


def test_states_that_count_nowhere(tmp_path):
    words = [
        "completed",
        "已取消",
        "Cancelled",
        "交易关闭",
        "on-hold",
        "On_Hold",
        "等待买家付款",
        "待付款",
        "",
        "交易成功",
        "CANCELED",
    ]
    rows = [["A", i, "2024-01-05", "10", word] for i, word in enumerate(words)]
    found = read(csv_file(tmp_path, [*BASIC, "status"], rows))
    v, c, u = VALID, CANCELLED, UNPAID
    assert orders(found, "status") == [v, c, c, c, u, u, u, u, v, v, c]


def test_the_vocabularies_are_editable(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "10", "bestellt"],
        ["A", 2, "2024-01-05", "10", "storniert"],
        ["A", 3, "2024-01-05", "10", "cancelled"],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "status"], rows), cancelled_words=("stor*",), unpaid_words=("bestellt",))
    assert orders(found, "status") == [UNPAID, CANCELLED, VALID]


def test_a_cancelled_line_of_a_valid_order_counts_nothing(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "2", "10", "交易成功"],
        ["A", 1, "2024-01-05", "1", "99", "交易关闭"],
        ["A", 2, "2024-01-05", "1", "7", "交易关闭"],
    ]
    found = read(
        csv_file(tmp_path, ["customer_id", "order_id", "ordered_at", "quantity", "unit_price", "订单状态"], rows)
    )
    assert orders(found, "amount", "status") == [(2000, VALID), (700, CANCELLED)]
    assert found.lines["amount"].to_pylist() == [2000, 0, 700]
    assert found.lines["quantity"].to_pylist() == [2000, 0, 1000]


def test_an_invoice_with_c_is_a_return_not_a_cancellation(tmp_path):
    found = read(
        csv_file(
            tmp_path,
            ["Invoice", "Customer ID", "InvoiceDate", "Quantity", "Price"],
            [["C1", "A", "2010-01-01", "-2", "1.5"]],
        )
    )
    assert orders(found, "order_id", "amount", "status") == [("C1", -300, VALID)]


def test_ids_are_text_with_their_zeros_and_floats_are_whole(tmp_path):
    rows = [
        ["007", "0001", "2024-01-05", "10"],
        [" 7 ", "0002", "2024-01-05", "10"],
        ["'008", "0003", "2024-01-05", "1"],
    ]
    assert orders(read(csv_file(tmp_path, BASIC, rows)), "customer_id", "order_id") == [
        ("007", "0001"),
        ("7", "0002"),
        ("008", "0003"),
    ]
    rows = [
        ["13085.0", 1, "2024-01-05", "10"],
        ["13,085.0", 2, "2024-01-05", "10"],
        ["13085", 3, "2024-01-05", "10"],
        ["", 4, "2024-01-05", "1"],
    ]
    assert orders(read(csv_file(tmp_path, BASIC, rows)), "customer_id") == ["13085", "13085", "13085", None]
    rows = [
        ["13085.0", 1, "2024-01-05", "10"],
        ["A1.0", 2, "2024-01-05", "10"],
        ["NA", 3, "2024-01-05", "10"],
        ["null", 4, "2024-01-05", "1"],
    ]
    assert orders(read(csv_file(tmp_path, BASIC, rows)), "customer_id") == ["13085.0", "A1.0", "NA", "null"]


def test_ids_that_differ_by_case_or_blanks_are_kept_and_told(tmp_path):
    rows = [
        ["Anna", 1, "2024-01-05", "10"],
        ["anna", 2, "2024-01-05", "10"],
        ["An na", 3, "2024-01-05", "10"],
        ["Bob", 4, "2024-01-05", "10"],
    ]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert len(set(orders(found, "customer_id"))) == 4
    note = next(n for n in found.warnings if n.code == "ids_alike")
    assert "'Anna' / 'anna'" in note.message
    assert note.context["count"] == 2


def test_ids_that_a_spreadsheet_rounded_are_told(tmp_path):
    rows = [["1.38E+10", 1, "2024-01-05", "10"], ["1.39E+10", 2, "2024-01-05", "10"]]
    assert "ids_in_powers" in codes(read(csv_file(tmp_path, BASIC, rows)))


def test_business_day_and_instant(tmp_path):
    rows = [["A", 1, "2024-01-05T23:30:00Z", "1"], ["A", 2, "2024-01-05 23:30", "1"], ["A", 3, "2024-01-05", "1"]]
    found = read(csv_file(tmp_path, BASIC, rows))
    assert orders(found, "day", "at") == [
        (day("2024-01-06"), 1704497400),
        (day("2024-01-05"), 1704497400 - 8 * 3600),
        (day("2024-01-05"), None),
    ]
    london = read(csv_file(tmp_path, BASIC, rows), timezone="Europe/London")
    assert orders(london, "day") == [day("2024-01-05")] * 3


def test_midnight_throughout_means_days_without_a_time(tmp_path):
    rows = [["A", 1, "2024-01-05 00:00:00", "1"], ["A", 2, "2024-01-06 00:00:00", "1"]]
    assert orders(read(csv_file(tmp_path, BASIC, rows)), "at") == [None, None]
    rows[0][2] = "2024-01-05 00:00:01"
    assert None not in orders(read(csv_file(tmp_path, BASIC, rows)), "at")


def test_orders_of_tomorrow_pass_and_later_ones_do_not(tmp_path):
    rows = [["A", i, f"2026-01-{d}", "1"] for i, d in enumerate((10, 11, 12))]
    found = read(csv_file(tmp_path, BASIC, rows), max_rejects=1, today=date(2026, 1, 10))
    assert orders(found, "order_id") == ["0", "1"]
    assert reasons(found) == [(4, "2026-01-12", "date_in_future")]


def test_channels_campaigns_and_referrers_of_an_order(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "1", "", "", "Z"],
        ["A", 1, "2024-01-05", "1", "门店", "双11", "Y"],
        ["B", 2, "2024-01-05", "1", "抖音", "", ""],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "渠道", "活动", "推荐人"], rows))
    assert orders(found, "channel", "campaign_id", "referrer_id") == [("门店", "双11", "Z"), ("抖音", None, None)]


def test_unreadable_cells_that_an_order_can_do_without_are_told(tmp_path):
    rows = [["A", 1, "2024-01-05", "1", "many", "?", "4"], ["A", 2, "2024-01-05", "1", "2", "3", ""]]
    found = read(csv_file(tmp_path, [*BASIC, "quantity", "profit", "discount"], rows))
    assert found.lines["quantity"].to_pylist() == [None, 2000]
    assert orders(found, "profit", "discount") == [(None, 400), (300, None)]
    told = [note.message for note in found.warnings if note.code == "cells_unreadable"]
    assert len(told) == 2
    assert "'many'" in told[0]


def test_product_names_stand_in_for_ids(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "1", "S1", "茶"],
        ["A", 2, "2024-01-05", "1", "", "杯"],
        ["A", 3, "2024-01-05", "1", "S1", "绿茶"],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "sku", "product name"], rows))
    assert found.lines["product_id"].to_pylist() == ["S1", "杯", "S1"]
    assert found.products.to_pylist() == [{"product_id": "S1", "name": "茶"}]


def test_counters_that_do_not_add_up_are_a_defect():
    assert Counters(rows=3, used_rows=1, rejected_rows=1, dropped_rows=0, skipped_rows=1).checked()
    with pytest.raises(ReconciliationError):
        Counters(rows=3, used_rows=1).checked()


def test_every_row_is_accounted_for(tmp_path):
    rows = "A,1,2024-01-05,10\n\nA,1,2024-01-05,10\nB,x,bad,1\nC,2,2024-01-05,1,9\n合计,,,21\n"
    text = "导出订单\n\ncustomer_id,order_id,ordered_at,amount\n" + rows
    (tmp_path / "o.csv").write_text(text)
    found = read(tmp_path / "o.csv", max_rejects=1)
    c = found.counters
    assert (c.rows, c.used_rows, c.rejected_rows, c.dropped_rows, c.skipped_rows, c.duplicate_rows) == (
        8,
        1,
        2,
        1,
        4,
        1,
    )
    assert reconciled(found)
    assert reasons(found) == [(7, "bad", "date_unreadable"), (8, "C,2,2024-01-05,1,9", "too_many_cells")]
