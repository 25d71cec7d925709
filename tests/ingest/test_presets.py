"""The exports of well-known platforms are read without a word."""

from __future__ import annotations

import pytest

from regulars.errors import ParameterError
from regulars.ingest import CANCELLED, PRESETS, UNPAID, VALID
from regulars.ingest.fields import FIELDS
from regulars.ingest.preset_files import layouts
from tests.ingest import exports
from tests.ingest.given import day, orders, read, reconciled

SIX = ("customer_id", "order_id", "day", "amount", "status", "line_count")
D5, D6, D7 = day("2024-01-05"), day("2024-01-06"), day("2024-01-07")


def export(folder, text, name="export.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


def test_shopify(tmp_path):
    found = read(export(tmp_path, exports.SHOPIFY))
    assert found.mapping.preset == "shopify"
    assert orders(found, *SIX) == [
        ("ann@example.com", "#1003", D5, 3300, VALID, 2),
        ("bob@example.com", "#1002", day("2024-01-04"), 900, UNPAID, 1),
        ("ann@example.com", "#1001", day("2024-01-03"), 900, CANCELLED, 1),
    ]
    assert found.orders["discount"].to_pylist()[0] == 200
    assert orders(found, "channel", "campaign_id")[:2] == [("web", "SPRING"), ("pos", None)]
    assert found.lines["amount"].to_pylist() == [1800, 2000, 900, 900]
    assert found.lines["product_id"].to_pylist() == ["TEA-1", "CUP-1", "TEA-1", "TEA-1"]
    assert found.currency == "USD"
    assert (
        found.customers.to_pylist()[0] | {"name": "Ann Li", "phone": "+33123", "region": "IDF"}
        == found.customers.to_pylist()[0]
    )
    assert reconciled(found)


@pytest.mark.parametrize("text", [exports.WOO_ADVANCED, exports.WOO_CSV_EXPORT])
def test_woocommerce(tmp_path, text):
    found = read(export(tmp_path, text))
    assert found.mapping.preset == "woocommerce"
    assert orders(found, "customer_id", "order_id", "day", "amount", "status")[:2] == [
        ("ann@example.com", "1201", D5, 3000, VALID),
        ("bob@example.com", "1202", D6, 900, UNPAID),
    ]
    if text is exports.WOO_ADVANCED:
        assert orders(found, "status") == [VALID, UNPAID, CANCELLED]
        assert found.lines["amount"].to_pylist() == [900, 2000, 900, 900]
    else:
        assert found.currency == "EUR"


def test_woocommerce_analytics(tmp_path):
    found = read(export(tmp_path, exports.WOO_ANALYTICS))
    assert found.mapping.preset == "woocommerce"
    assert orders(found, *SIX) == [("Ann Li", "1201", D5, 3400, VALID, 1), ("Bob Wu", "1202", D6, 900, UNPAID, 1)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_taobao(tmp_path, encoding):
    found = read(export(tmp_path, exports.TAOBAO, encoding=encoding))
    assert found.mapping.preset == "taobao"
    assert orders(found, *SIX) == [
        ("小王", "3001001", D5, 3000, VALID, 1),
        ("小李", "3001002", D6, 0, UNPAID, 1),
        ("小王", "3001003", D7, 0, CANCELLED, 1),
    ]
    assert found.customers["phone"].to_pylist() == ["13800000001", "13800000002"]


def test_taobao_orders_and_items(tmp_path):
    found = read(
        [
            export(tmp_path, exports.TAOBAO, encoding="gb18030"),
            export(tmp_path, exports.TAOBAO_ITEMS, "items.csv", "gb18030"),
        ]
    )
    assert orders(found, *SIX) == [
        ("小王", "3001001", D5, 3000, VALID, 2),
        ("小李", "3001002", D6, 0, UNPAID, 1),
        ("小王", "3001003", D7, 0, CANCELLED, 1),
    ]
    assert found.lines["product_id"].to_pylist() == ["T1", "T2", "T1", "T1"]
    assert reconciled(found)


def test_jd(tmp_path):
    found = read(export(tmp_path, exports.JD, encoding="gb18030"))
    assert found.mapping.preset == "jd"
    assert orders(found, *SIX) == [
        ("jd_wang", "80001", D5, 4300, VALID, 2),
        ("jd_li", "80002", D6, 1000, CANCELLED, 1),
        ("jd_li", "80003", D7, 1000, UNPAID, 1),
    ]
    assert found.lines["amount"].to_pylist() == [2000, 2500, 1000, 1000]


def test_youzan(tmp_path):
    found = read(export(tmp_path, exports.YOUZAN))
    assert found.mapping.preset == "youzan"
    assert orders(found, *SIX[:5]) == [
        ("13800000001", "E2024010501", D5, 3000, VALID),
        ("13800000002", "E2024010602", D6, 0, UNPAID),
        ("13800000001", "E2024010703", D7, 0, CANCELLED),
    ]


def test_weidian(tmp_path):
    found = read(export(tmp_path, exports.WEIDIAN))
    assert found.mapping.preset == "weidian"
    assert orders(found, *SIX) == [
        ("13800000001", "9001", D5, 3000, VALID, 2),
        ("13800000002", "9002", D6, 0, UNPAID, 1),
    ]


def test_online_retail_in_both_layouts(tmp_path):
    found = read(export(tmp_path, exports.ONLINE_RETAIL))
    assert found.mapping.preset == "online_retail"
    assert orders(found, "customer_id", "order_id", "amount", "status", "line_count") == [
        ("13085", "489434", 18420, VALID, 2),
        ("16321", "C489449", -3540, VALID, 1),
        (None, "489597", 166, VALID, 1),
        (None, "A506401", -5359436, VALID, 1),
    ]
    assert found.products["name"].to_pylist()[1] == 'RECORD FRAME 7" SINGLE SIZE'
    found = read(export(tmp_path, exports.ONLINE_RETAIL_NO_INVOICE))
    assert found.mapping.preset == "online_retail"
    assert orders(found, "order_id", "amount") == [(None, 1530), (None, 2034), (None, 2034)]
    assert (found.counters.duplicate_rows, found.counters.dropped_rows) == (1, 0)


def test_a_preset_can_be_asked_for(tmp_path):
    text = exports.WEIDIAN.replace("收件人手机", "手机")
    assert read(export(tmp_path, text)).mapping.preset is None
    found = read(export(tmp_path, text), preset="weidian", mapping={"customer_id": "手机"})
    assert found.mapping.preset == "weidian"
    assert found.mapping.how["customer_id"] == "given"
    assert orders(found, "amount") == [3000, 0]
    with pytest.raises(ParameterError) as caught:
        read(export(tmp_path, text), preset="widian")
    assert "weidian?" in caught.value.message


@pytest.mark.parametrize("preset", PRESETS)
def test_presets_name_known_fields_and_can_be_used(preset):
    for layout in layouts(preset):
        assert set(layout.columns) <= set(FIELDS)
        assert layout.requires
        has = set(layout.columns)
        assert {"order_id", "product_name"} <= has or {"customer_id", "ordered_at"} <= has
