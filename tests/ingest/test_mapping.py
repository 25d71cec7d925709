"""Columns are recognised by name and by content, as told, or asked for."""

from __future__ import annotations

import pytest

from regulars.errors import MappingError, ParameterError
from regulars.ingest import FIELD_NAMES, FIELDS, Mapping
from regulars.ingest.fields import currency_named, plain_name, tiers, unit_in_name
from tests.ingest.given import BASIC, csv_file, orders, read

ROW = ["A", "1", "2024-01-05", "10"]


@pytest.mark.parametrize(
    "names",
    [
        ("customer_id", "order_id", "ordered_at", "amount"),
        ("Customer ID", "Order No.", "Order Date", "Total Amount"),
        ("客户编号", "订单号", "下单时间", "实付金额"),
        ("会员ID", "订单编号", "订单日期", "订单金额（元）"),
        ("买家昵称", "订单编号", "拍下时间", "实收款"),
        (" 用户ID ", "单号", "日期", "金额"),
        ("手机号", "小票号", "消费时间", "消费金额"),
        ("email", "invoice no", "invoice date", "sales"),
        ("客户名称", "单据编号", "单据日期", "价税合计"),
        ("CUSTOMER-ID", "ORDER#", "PURCHASE_DATE", "Revenue [CNY]"),
    ],
)
def test_names_in_both_languages(tmp_path, names):
    found = read(csv_file(tmp_path, names, [ROW]))
    assert [found.mapping.columns[field] for field in BASIC] == [name.strip() for name in names]
    assert orders(found, "customer_id", "order_id", "amount") == [("A", "1", 1000)]


def test_surer_names_win(tmp_path):
    columns = ["收货人姓名", "买家会员名", "订单编号", "付款时间", "下单时间", "金额", "实付金额"]
    found = read(csv_file(tmp_path, columns, [["王芳", "小王", "1", "2024-01-06", "2024-01-05", "12", "10"]]))
    assert (
        found.mapping.columns
        | {"customer_id": "买家会员名", "ordered_at": "下单时间", "amount": "实付金额", "name": "收货人姓名"}
        == found.mapping.columns
    )


def test_a_name_is_not_enough(tmp_path):
    columns = ["客户编号", "下单时间", "创建时间", "金额", "销售额"]
    found = read(
        csv_file(
            tmp_path, columns, [["A", "上午", "2024-01-05", "免费", "10"], ["B", "下午", "2024-01-06", "免费", "12"]]
        )
    )
    assert (found.mapping.columns["ordered_at"], found.mapping.columns["amount"]) == ("创建时间", "销售额")


def test_equally_good_columns_are_asked_about(tmp_path):
    path = csv_file(tmp_path, ["customer_id", "order_date", "amount", "total"], [["A", "2024-01-05", "10", "12"]])
    with pytest.raises(MappingError) as caught:
        read(path)
    assert caught.value.code == "ambiguous_column"
    assert "amount, total" in caught.value.message
    assert '--map amount="amount"' in caught.value.hint
    questions = []
    found = read(path, ask=lambda question: questions.append(question) or "total")
    assert orders(found, "amount") == [1200]
    (question,) = questions
    assert (question.subject, question.choices, question.option) == (
        "amount",
        ("amount", "total"),
        "--map amount=COLUMN",
    )
    assert question.examples == {"amount": ("10",), "total": ("12",)}
    with pytest.raises(ParameterError):
        read(path, ask=lambda question: "price")
    assert orders(read(path, mapping={"amount": "total"}), "amount") == [1200]


def test_columns_that_say_the_same_need_no_question(tmp_path):
    path = csv_file(tmp_path, ["customer_id", "order_date", "amount", "total"], [["A", "2024-01-05", "10", "10"]])
    assert read(path).mapping.columns["amount"] == "amount"


def test_columns_without_a_known_name_are_told_by_content(tmp_path):
    rows = [[f"K{i % 3}", f"2024-01-0{i + 1}", f"{i}.50", "x"] for i in range(6)]
    found = read(csv_file(tmp_path, ["wer", "wann", "wieviel", "was"], rows), ask=lambda question: "wer")
    assert found.mapping.columns == {"customer_id": "wer", "ordered_at": "wann", "amount": "wieviel"}
    assert set(found.mapping.how.values()) == {"content"}


def test_a_price_alone_is_the_amount(tmp_path):
    found = read(csv_file(tmp_path, ["customer", "date", "price"], [["A", "2024-01-05", "3"]]))
    assert found.mapping.columns["amount"] == "price"


def test_told_columns_by_name_or_position(tmp_path):
    rows = [["A", "x", "2024-01-05", "10", "2024-02-05", "7"]]
    path = csv_file(tmp_path, ["customer_id", "note", "order_date", "amount", "paid on", "b2b 价"], rows)
    found = read(path, mapping={"ordered_at": "PAID ON", "amount": "#6"})
    assert found.mapping.columns | {"ordered_at": "paid on", "amount": "b2b 价"} == found.mapping.columns
    assert orders(found, "amount") == [700]


def test_headers_that_repeat_or_are_empty(tmp_path):
    path = csv_file(
        tmp_path, ["customer_id", "date", "amount", "note", "note", ""], [["A", "2024-01-05", "1", "x", "y", "z"]]
    )
    found = read(path, mapping={"channel": "note (2)", "category": "column 6"})
    assert orders(found, "channel") == ["y"]
    assert found.lines["category"].to_pylist() == ["z"]


def test_mapping_is_described_saved_and_loaded(tmp_path):
    path = csv_file(
        tmp_path,
        ['编号 "x"', "何时", "多少\\元"],
        [["A", "05/06/2024", "12,50"], ["B", "13/06/2024", "3,00"]],
        delimiter=";",
    )
    first = read(path, mapping={"customer_id": '编号 "x"', "ordered_at": "何时", "amount": "多少\\元"})
    assert orders(first, "amount") == [1250, 300]
    assert (first.mapping.date_order, first.mapping.decimal) == ("dmy", ",")
    assert "customer id ← 编号" in first.mapping.describe("en")
    chinese = first.mapping.describe("zh")
    assert "客户编号" in chinese
    assert "dmy" in chinese
    saved = tmp_path / "mapping.toml"
    first.mapping.save(saved)
    loaded = Mapping.load(saved)
    assert loaded.columns == first.mapping.columns
    again = read(path, mapping=saved)
    assert again.orders.equals(first.orders)
    assert set(again.mapping.how.values()) == {"given"}
    assert read(path, mapping=loaded).orders.equals(first.orders)


@pytest.mark.parametrize("content", ["", "columns = 3", "[columns]\namount = 3", "not toml ["])
def test_a_file_that_is_no_mapping(tmp_path, content):
    (tmp_path / "m.toml").write_text(content)
    with pytest.raises(MappingError) as caught:
        Mapping.load(tmp_path / "m.toml")
    assert caught.value.code == "bad_mapping_file"


def test_a_mapping_that_is_none(tmp_path):
    path = csv_file(tmp_path, BASIC, [ROW])
    with pytest.raises(ParameterError):
        read(path, mapping=7)
    with pytest.raises(MappingError):
        read(path, mapping=tmp_path / "absent.toml")


def test_a_mapping_for_one_of_several_files(tmp_path):
    a = csv_file(tmp_path, BASIC, [ROW], "a.csv")
    b = csv_file(
        tmp_path, ["customer_id", "order_id", "ordered_at", "合同额"], [["B", "2", "2024-01-05", "20"]], "b.csv"
    )
    found = read([a, b], mapping={"amount": "合同额"})
    assert sorted(orders(found, "amount")) == [1000, 2000]
    assert found.mappings["a.csv"].columns["amount"] == "amount"
    with pytest.raises(MappingError):
        read([a, b], mapping={"amount": "合同价"})


def test_every_field_has_names_and_a_label():
    assert set(FIELD_NAMES) == set(FIELDS)
    assert set(tiers()) <= set(FIELDS)
    assert set(FIELDS) - set(tiers()) == set()
    for names in tiers().values():
        assert all(name == plain_name(name) for name in names)


def test_units_in_headers():
    assert unit_in_name("金额(万元)") == ("CNY", 4)
    assert unit_in_name("Amount (USD)") == ("USD", 0)
    assert unit_in_name("金额（单位：元）") == ("CNY", 0)
    assert unit_in_name("金额(含税)") == (None, 0)


def test_amounts_in_ten_thousands(tmp_path):
    found = read(
        csv_file(
            tmp_path, ["客户编号", "日期", "金额(万元)"], [["A", "2024-01-05", "1.23456"], ["B", "2024-01-05", "2"]]
        )
    )
    assert orders(found, "amount") == [1234560, 2000000]
    assert found.currency == "CNY"


def test_currency_words():
    assert [currency_named(w) for w in ("人民币", "rmb", "US$", "chf", "??", "元")] == [
        "CNY",
        "CNY",
        "USD",
        "CHF",
        None,
        "CNY",
    ]


def test_decimal_commas_are_told_by_the_column(tmp_path):
    columns = ["customer_id", "order_date", "amount"]
    eu = read(
        csv_file(
            tmp_path,
            columns,
            [["A", "2024-01-05", "1.234,56"], ["B", "2024-01-05", "7"], ["C", "2024-01-05", "1.234"]],
            delimiter=";",
        )
    )
    assert orders(eu, "amount") == [123456, 700, 123400]
    us = read(csv_file(tmp_path, columns, [["A", "2024-01-05", "1,234"], ["B", "2024-01-05", "7,5"]]), max_rejects=1)
    assert orders(us, "amount") == [123400]
    mixed = read(
        csv_file(tmp_path, columns, [["A", "2024-01-05", "12.50"], ["B", "2024-01-05", "12,50"]]), max_rejects=1
    )
    assert orders(mixed, "amount") == [1250]
