"""One currency in one analysis, or stated rates."""

from __future__ import annotations

from decimal import Decimal

import pytest

from regulars.errors import CurrencyError, ParameterError
from tests.ingest.given import BASIC, csv_file, orders, read, reasons


def amounts(*texts):
    return [["A", i, "2024-01-05", text] for i, text in enumerate(texts)]


@pytest.mark.parametrize(
    ("texts", "currency"),
    [(["¥1", "￥2", "3", "4元"], "CNY"), (["$1", "2"], "USD"), (["1", "2"], None), (["£1"], "GBP"), (["1 EUR"], "EUR")],
)
def test_a_sign_names_it(tmp_path, texts, currency):
    assert read(csv_file(tmp_path, BASIC, amounts(*texts))).currency == currency


def test_a_column_names_it(tmp_path):
    rows = [["A", 1, "2024-01-05", "1", "人民币"], ["A", 2, "2024-01-05", "1", "CNY"], ["A", 3, "2024-01-05", "1", ""]]
    assert read(csv_file(tmp_path, [*BASIC, "币种"], rows)).currency == "CNY"
    rows.append(["A", 4, "2024-01-05", "1", "???"])
    found = read(csv_file(tmp_path, [*BASIC, "币种"], rows), max_rejects=1)
    assert reasons(found) == [(5, "???", "currency_unknown")]


def test_two_currencies_are_an_error_that_says_which_rows(tmp_path):
    path = csv_file(tmp_path, BASIC, amounts("¥1", "$2", "3", "$4"))
    with pytest.raises(CurrencyError) as caught:
        read(path)
    assert "CNY (orders.csv:2" in caught.value.message
    assert "USD (orders.csv:3, orders.csv:5" in caught.value.message
    assert "--rate USD=" in caught.value.hint
    with pytest.raises(CurrencyError):
        read(path, currency="CNY")


def test_a_currency_that_contradicts_the_file_is_an_error(tmp_path):
    with pytest.raises(CurrencyError):
        read(csv_file(tmp_path, BASIC, amounts("$1")), currency="CNY")
    assert read(csv_file(tmp_path, BASIC, amounts("1")), currency="CNY").currency == "CNY"
    assert read(csv_file(tmp_path, BASIC, amounts("¥1")), currency="JPY").currency == "JPY"


def test_rows_that_are_rejected_do_not_count(tmp_path):
    rows = [*amounts("¥1"), ["A", 9, "never", "$1"]]
    assert read(csv_file(tmp_path, BASIC, rows), max_rejects=1).currency == "CNY"


def test_rates_convert_exactly_and_round_once(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "1", "$0.005"],
        ["A", 1, "2024-01-05", "1", "$0.004"],
        ["A", 2, "2024-01-05", "3", "¥1"],
        ["B", 3, "2024-01-05", "-1", "$10"],
    ]
    path = csv_file(tmp_path, ["customer_id", "order_id", "ordered_at", "quantity", "unit_price"], rows)
    found = read(path, currency="CNY", rates={"USD": Decimal("7.15")})
    assert orders(found, "amount") == [6, 300, -7150]
    assert found.lines["amount"].to_pylist() == [4, 3, 300, -7150]
    assert found.currency == "CNY"


def test_costs_and_refunds_are_converted_too(tmp_path):
    rows = [["A", 1, "2024-01-05", "$10", "$4", "$1", "$2"]]
    found = read(
        csv_file(tmp_path, [*BASIC, "cost", "refund", "discount"], rows), currency="CNY", rates={"USD": Decimal(7)}
    )
    assert orders(found, "amount", "profit", "discount") == [(6300, 3500, 1400)]


def test_bad_rates(tmp_path):
    path = csv_file(tmp_path, BASIC, amounts("1"))
    with pytest.raises(ParameterError):
        read(path, rates={"USD": Decimal(7)})
    with pytest.raises(ParameterError):
        read(path, currency="CNY", rates={"USD": Decimal(0)})
