"""Orders from a file into the lake, and out again."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest

from regulars.crm.customers.models import Customer
from regulars.crm.insights import lake_access
from regulars.crm.insights.imports.files import folder
from tests.web.imports.files import MORE_ORDERS, ORDERS, imported, tried, undone, uploaded


@pytest.fixture
def alice(cast):
    return cast.client("alice")


def amounts(key):
    return [(order.order_id, order.amount) for order in lake_access.orders_of(key)]


def test_columns_are_recognised_and_the_preview_shows_what_will_be(alice):
    batch = uploaded(alice, ORDERS)
    assert batch.mapping["customer_id"] == "买家会员名" and batch.mapping["amount"] == "实付金额"
    page = alice.get(f"/imports/{batch.public_id}/columns/").content.decode()
    assert "买家会员名" in page and "龙井" in page
    page = alice.get(f"/imports/{batch.public_id}/preview/").content.decode()
    assert "120.50" in page and "not money" in page


def test_the_dry_run_counts_every_row_and_changes_nothing(alice):
    batch = tried(alice, uploaded(alice, ORDERS))
    counters = batch.counters
    assert counters["rows"] == 4
    parts = ("used_rows", "rejected_rows", "dropped_rows", "skipped_rows")
    assert sum(counters[name] for name in parts) == 4 and counters["rejected_rows"] == 1
    assert batch.look["tried"]["new_customers"] == 2
    assert lake_access.lake() is None and not Customer.objects.exists()
    page = alice.get(f"/imports/{batch.public_id}/trial/").content.decode()
    assert "3" in page


def test_rejects_are_a_file_that_no_spreadsheet_runs(alice):
    text = ORDERS.replace("not money", "=cmd|' /C calc'!A0")
    batch = tried(alice, uploaded(alice, text))
    answer = alice.get(f"/imports/{batch.public_id}/rejects/")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))
    assert [(row["line"], row["column"]) for row in rows] == [("5", "实付金额")]
    assert rows[0]["value"].startswith("'=")


def test_an_import_brings_orders_customers_and_a_run(alice):
    batch = imported(alice, ORDERS)
    assert batch.state == "done", batch.error
    assert sorted(Customer.objects.values_list("key", flat=True)) == ["li", "wang"]
    orders = lake_access.orders_of("wang")
    assert [(o.order_id, o.day, o.amount) for o in orders] == [
        ("1003", date(2026, 4, 5), Decimal("60.00")),
        ("1001", date(2026, 3, 1), Decimal("120.50")),
    ]
    assert [line.label for line in orders[0].lines] == ["龙井"]
    bought = lake_access.products_of(orders)
    assert [(p.label, p.times, p.gap_days, p.due) for p in bought] == [("龙井", 2, 35.0, date(2026, 5, 10))]
    page = alice.get(f"/imports/{batch.public_id}/result/").content.decode()
    assert "3" in page


def test_the_same_file_again_changes_nothing(alice):
    imported(alice, ORDERS)
    version = lake_access.lake().snapshot().version
    again = imported(alice, ORDERS)
    assert again.state == "done" and again.result["unchanged"]
    assert lake_access.lake().snapshot().version == version
    assert Customer.objects.count() == 2


def test_undo_returns_the_lake_and_the_customers(alice):
    first = imported(alice, ORDERS)
    second = imported(alice, MORE_ORDERS)
    assert amounts("li") == [("1002", Decimal("75.00"))]
    second = undone(alice, second)
    assert second.state == "undone", second.error
    assert amounts("li") == [("1002", Decimal("80.00"))]
    assert amounts("sun") == [] and not Customer.objects.filter(key="sun").exists()
    first = undone(alice, first)
    assert lake_access.lake().snapshot().totals.orders == 0 and not Customer.objects.exists()
    assert lake_access.lake().verify().sound


def test_undo_of_the_first_keeps_what_the_second_said_too(alice):
    first = imported(alice, ORDERS)
    imported(alice, MORE_ORDERS)  # 1003 is identical in both, 1002 differs
    undone(alice, first)
    assert amounts("wang") == [("1003", Decimal("60.00"))]
    assert amounts("li") == [("1002", Decimal("75.00"))]
    assert sorted(Customer.objects.values_list("key", flat=True)) == ["li", "sun", "wang"]
    assert lake_access.lake().verify().sound


def test_customers_somebody_worked_with_stay_and_it_is_said_before(alice, cast):
    batch = imported(alice, ORDERS)
    wang = Customer.objects.get(key="wang")
    from regulars.crm.customers.services.editing import edit

    edit(cast.alice, wang, notes="likes green tea")
    page = alice.get(f"/imports/{batch.public_id}/undo/").content.decode()
    assert "1" in page
    batch = undone(alice, batch)
    assert batch.result["undone"]["customers_removed"] == 1
    assert list(Customer.objects.values_list("key", flat=True)) == ["wang"]


def test_an_undone_file_can_come_again(alice):
    undone(alice, imported(alice, ORDERS))
    again = imported(alice, ORDERS)
    assert again.state == "done" and not again.result["unchanged"]
    assert len(amounts("wang")) == 2


def test_gb18030_and_several_files_of_one_shop_in_a_zip(alice):
    import zipfile

    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../evil/三月.csv", ORDERS.encode("gb18030"))
        archive.writestr("四月.csv", MORE_ORDERS.encode("gb18030"))
        archive.writestr("__MACOSX/._三月.csv", b"junk")
    batch = imported(alice, sink.getvalue(), name="orders.zip")
    assert batch.state == "done", batch.error
    assert sorted(batch.files) == ["三月.csv", "四月.csv"]
    assert {path.name for path in (folder(batch.public_id) / "files").iterdir()} == {"三月.csv", "四月.csv"}
    assert sorted(Customer.objects.values_list("key", flat=True)) == ["li", "sun", "wang"]


def test_dates_that_can_be_read_two_ways_are_asked_once(alice):
    text = "order,customer,amount,date\n1,a,5,03/04/2026\n2,b,6,05/04/2026\n"
    batch = uploaded(alice, text)
    page = alice.get(f"/imports/{batch.public_id}/columns/").content.decode()
    assert 'value="dmy"' in page and 'value="mdy"' in page
    assert alice.post(f"/imports/{batch.public_id}/trial/").status_code == 409
    uses = {f"use-{n}": field for n, field in enumerate(("order_id", "customer_id", "amount", "ordered_at"))}
    answer = alice.post(f"/imports/{batch.public_id}/columns/", {**uses, "date_order": "dmy"})
    assert answer.status_code == 200
    batch = tried(alice, batch)
    assert batch.look["tried"]["first_day"] == "2026-04-03"
    assert alice.post(f"/imports/{batch.public_id}/start/").status_code == 302
    next_one = uploaded(alice, text.replace("1,a", "9,a"))
    assert next_one.options["date_order"] == "dmy" and next_one.look["remembered"]
