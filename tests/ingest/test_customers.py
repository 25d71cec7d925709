"""Attributes of customers, from a file of their own or from the orders."""

from __future__ import annotations

import pytest

from regulars.errors import MappingError
from regulars.ingest import CUSTOMERS
from tests.ingest.given import BASIC, csv_file, day, read, reconciled

PEOPLE = ["客户编号", "客户名称", "客户类型", "注册时间", "客户来源", "推荐人", "省份", "业务员", "手机", "邮箱"]
ROWS = [
    ["A", "王芳", "个人", "2023-05-01 10:00", "抖音", "", "浙江", "小陈", "0138", "a@x.cn"],
    ["B", "大地公司", "企业", "", "", "A", "", "", "", ""],
    ["", "无名", "", "", "", "", "", "", "", ""],
    ["A", "王芳芳", "", "2023-04-01", "", "", "", "", "", ""],
]


def test_a_customers_file(tmp_path):
    orders_file = csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]])
    found = read(orders_file, customers_file=csv_file(tmp_path, PEOPLE, ROWS, "people.csv", "gb18030"))
    assert found.customers.schema.equals(CUSTOMERS)
    assert found.customers.to_pylist() == [
        {
            "customer_id": "A",
            "name": "王芳芳",
            "kind": "individual",
            "created_at": day("2023-04-01"),
            "acquisition_channel": "抖音",
            "referrer_id": None,
            "region": "浙江",
            "owner": "小陈",
            "phone": "0138",
            "email": "a@x.cn",
        },
        {
            "customer_id": "B",
            "name": "大地公司",
            "kind": "organization",
            "created_at": None,
            "acquisition_channel": None,
            "referrer_id": "A",
            "region": None,
            "owner": None,
            "phone": None,
            "email": None,
        },
    ]
    assert found.counters.rows == 1


def test_a_customers_file_among_the_inputs(tmp_path):
    a, b = csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]]), csv_file(tmp_path, PEOPLE, ROWS, "people.csv")
    for files in ([a, b], [b, a]):
        found = read(files)
        assert found.customers["name"].to_pylist() == ["王芳芳", "大地公司"]
        assert found.orders.num_rows == 1
        assert reconciled(found)


def test_attributes_in_the_orders(tmp_path):
    rows = [
        ["A", 1, "2024-01-05", "1", "旧名", "x"],
        ["A", 2, "2024-01-06", "1", "新名", ""],
        ["B", 3, "never", "1", "坏行", "y"],
        ["C", 4, "2024-01-06", "1", "", ""],
    ]
    found = read(csv_file(tmp_path, [*BASIC, "客户姓名", "地区"], rows), max_rejects=1)
    assert [(r["customer_id"], r["name"], r["region"]) for r in found.customers.to_pylist()] == [("A", "新名", "x")]
    assert read(csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]])).customers is None


def test_the_customers_file_goes_before_the_orders(tmp_path):
    orders_file = csv_file(tmp_path, [*BASIC, "客户姓名", "地区"], [["A", 1, "2024-01-05", "1", "订单名", "北京"]])
    found = read(orders_file, customers_file=csv_file(tmp_path, ["客户编号", "客户名称"], [["A", "档案名"]], "p.csv"))
    assert found.customers.to_pylist()[0] | {"name": "档案名", "region": "北京"} == found.customers.to_pylist()[0]


def test_a_customers_file_needs_ids(tmp_path):
    with pytest.raises(MappingError) as caught:
        read(
            csv_file(tmp_path, BASIC, [["A", 1, "2024-01-05", "1"]]),
            customers_file=csv_file(tmp_path, ["城市", "备注"], [["x", "y"]], "p.csv"),
        )
    assert caught.value.code == "customers_without_id"


def test_a_preset_is_for_the_orders(tmp_path):
    people = csv_file(tmp_path, PEOPLE, ROWS, "people.csv")
    sold = csv_file(
        tmp_path, ["订单编号", "订单状态", "下单时间", "买家ID", "实际收款"], [["1", "已完成", "2024-01-05", "A", "3"]]
    )
    assert read(sold, preset="weidian", customers_file=people).customers["name"].to_pylist() == ["王芳芳", "大地公司"]
    assert read([sold, people], preset="weidian").customers["name"].to_pylist() == ["王芳芳", "大地公司"]


def test_float_ids_meet_text_ids(tmp_path):
    orders_file = csv_file(tmp_path, BASIC, [["13085.0", 1, "2024-01-05", "1"]])
    found = read(orders_file, customers_file=csv_file(tmp_path, ["customer id", "name"], [["13085", "Ann"]], "p.csv"))
    assert found.customers["customer_id"].to_pylist() == found.orders["customer_id"].to_pylist() == ["13085"]
