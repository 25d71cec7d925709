"""Money of orders: sums, refunds, profit, and totals that stand on every line."""

from __future__ import annotations

from regulars.ingest import CANCELLED, PROFIT_COLUMN, PROFIT_COST, PROFIT_NONE, REFUND, VALID
from tests.ingest.given import BASIC, codes, csv_file, day, orders, read


def test_money_of_an_order_is_rounded_once(tmp_path):
    columns = ["customer_id", "order_id", "ordered_at", "quantity", "unit_price"]
    rows = [
        ["A", 1, "2011-01-05", "3", "0.10"],
        ["A", 1, "2011-01-05", "-1", "0.30"],
        ["A", 2, "2011-01-06", "1", "0.3335"],
        ["A", 2, "2011-01-06", "1", "0.3315"],
        ["B", 3, "2011-01-06", "-1", "0.005"],
        ["B", 4, "2011-01-06", "0.333", "1.5"],
        ["B", 5, "2011-01-07", "1000000.5", "123456.789012"],
    ]
    found = read(csv_file(tmp_path, columns, rows))
    assert orders(found, "amount") == [0, 67, -1, 50, 12345685074039]
    assert found.lines["amount"].to_pylist() == [30, -30, 33, 33, -1, 50, 12345685074039]
    assert found.lines["quantity"].to_pylist() == [3000, -1000, 1000, 1000, -1000, 333, 1000000500]


def test_refunds_lower_the_order_on_its_own_day(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "100", "30", "60"],
        ["A", 2, "2024-01-06", "100", "", "60"],
        ["A", 3, "2024-01-07", "100", "-100", "60"],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "退款金额", "cost"], rows))
    assert orders(found, "amount", "profit") == [(7000, 1000), (10000, 4000), (0, -6000)]


def test_dated_refunds_are_rows_of_their_own(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "100", "30", "2024-02-01", "60"],
        ["A", 2, "2024-01-06", "100", "", "", "60"],
        ["B", 3, "2024-01-07", "50", "5", "", "20"],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "refunded_amount", "refunded_at", "cost"], rows))
    assert orders(found, "customer_id", "order_id", "day", "amount", "profit", "status", "line_count") == [
        ("A", "1", day("2024-01-05"), 10000, 4000, VALID, 0),
        ("A", "2", day("2024-01-06"), 10000, 4000, VALID, 0),
        ("B", "3", day("2024-01-07"), 4500, 2500, VALID, 0),
        ("A", "1", day("2024-02-01"), -3000, -3000, REFUND, 0),
    ]
    found = read(csv_file(tmp_path, [*BASIC, "refunded_amount", "refunded_at", "profit"], rows))
    assert orders(found, "amount", "profit")[-1] == (-3000, 0)


def test_the_refund_of_a_cancelled_order_counts_nowhere_either(tmp_path):
    rows = [["A", 1, "2024-01-05", "100", "100", "2024-02-01", "cancelled"]]
    found = read(csv_file(tmp_path, [*BASIC, "refunded_amount", "refunded_at", "status"], rows))
    assert orders(found, "amount", "status") == [(10000, CANCELLED), (-10000, CANCELLED)]


def test_profit_falls_back_order_by_order(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "10", "4", "3"],
        ["A", 1, "2024-01-05", "10", "", "3"],
        ["A", 2, "2024-01-05", "10", "4", ""],
        ["A", 3, "2024-01-05", "10", "", ""],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "profit", "cost"], rows))
    assert orders(found, "profit", "profit_source") == [(1400, PROFIT_COST), (400, PROFIT_COLUMN), (None, PROFIT_NONE)]
    assert found.counters.profit_fallback_orders == 2


def test_amounts_of_whole_orders_are_taken_once(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "30", "茶", "1", "20"],
        ["A", 1, "2024-01-05", "30", "杯", "1", "15"],
        ["B", 2, "2024-01-06", "9", "茶", "1", "9"],
    ]
    columns = [*BASIC[:3], "订单金额", "商品名称", "数量", "单价"]
    found = read(csv_file(tmp_path, columns, rows))
    assert orders(found, "amount") == [3000, 900]
    assert "amount_taken_once" in codes(found)
    columns[3] = "金额"
    assert orders(read(csv_file(tmp_path, columns, rows)), "amount") == [6000, 900]
    told = read(csv_file(tmp_path, columns, rows), mapping={"order_amount": "金额"})
    assert orders(told, "amount") == [3000, 900]
    assert told.lines["amount"].to_pylist() == [2000, 1500, 900]
    rows[0][6] = "15"
    assert orders(read(csv_file(tmp_path, columns, rows)), "amount") == [3000, 900]
    blank = [["A", 1, "2024-01-05", "30", "茶"], ["A", 1, "2024-01-05", "", "杯"], ["B", 2, "2024-01-06", "9", "茶"]]
    found = read(csv_file(tmp_path, columns[:5], blank))
    assert orders(found, "amount") == [3000, 900]
    assert found.lines["amount"].to_pylist() == [1500, 1500, 900]
    assert found.mapping.amount_scope == "order"


def test_a_repeated_total_named_so_is_taken_once(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "30", "茶"],
        ["A", 1, "2024-01-05", "30", "杯"],
        ["B", 2, "2024-01-06", "9", "茶"],
        ["B", 2, "2024-01-06", "9", "杯"],
    ]
    found = read(csv_file(tmp_path, [*BASIC[:3], "订单总金额", "商品名称"], rows))
    assert orders(found, "amount") == [3000, 900]
    assert "amount_taken_once" in codes(found)
    found = read(csv_file(tmp_path, [*BASIC[:3], "金额", "商品名称"], rows))
    assert orders(found, "amount") == [6000, 1800]


def test_a_split_amount_keeps_its_last_cent(tmp_path):
    rows = [["A", 1, "2024-01-05", "10", p, q] for p, q in (("x", "1"), ("y", "1"), ("z", "1"))]
    found = read(
        csv_file(tmp_path, [*BASIC[:3], "order_amount", "product", "quantity"], rows),
        mapping={"order_amount": "order_amount"},
    )
    assert found.lines["amount"].to_pylist() == [333, 334, 333]


def test_discounts_are_given_away_whatever_their_sign(tmp_path):
    found = read(
        csv_file(
            tmp_path,
            [*BASIC, "优惠金额"],
            [["A", 1, "2024-01-05", "1", "-5"], ["A", 2, "2024-01-05", "1", "5"], ["A", 3, "2024-01-05", "1", ""]],
        )
    )
    assert orders(found, "discount") == [500, 500, None]
