"""An installation moves from SQLite to PostgreSQL: all of it or none of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from regulars.config.options import options
from regulars.crm.accounts import audit
from regulars.crm.customers.models import Customer, CustomField, CustomValue, FollowUp, Tag
from regulars.crm.insights import metrics, moving, runs
from regulars.crm.insights.moving import MovingError, move
from regulars.crm.jobs.worker import run_pending
from tests.postgres import cluster, new_database
from tests.web.cast import make_cast
from tests.web.shops import load_shop, remove_lake

pytestmark = pytest.mark.postgres
_number = count()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with cluster() as address:
        yield address


@pytest.fixture
def empty(server: str) -> str:
    return new_database(server, f"moved_{next(_number)}")


@pytest.fixture
def filled(committed: None) -> Iterator[Any]:
    """People, customers with everything that hangs on them, values of every type."""
    if connection.vendor != "sqlite":
        pytest.skip("moves from SQLite")
    cast = make_cast()
    with transaction.atomic():
        first = Customer.objects.create(
            name="王伟", owner=cast.carol, consent={"sms": True, "mail": None}, notes="回头\0客"
        )
        second = Customer.objects.create(name="Ann", referrer=first, deleted_at=timezone.now())
        first.referrer = second  # in a circle: no order of copying would do without deferred constraints
        first.save()
        first.tags.add(Tag.objects.create(name="老客"))
        amount = CustomField.objects.create(key="credit", name="额度", type="money")
        CustomValue.objects.create(customer=first, field=amount, number=Decimal("12345.6789"))
        CustomValue.objects.create(customer=first, field=amount, day=date(2026, 10, 31))
        FollowUp.objects.create(
            customer=first,
            author=cast.carol,
            body="问企业团购",
            happened_at=timezone.now() - timedelta(days=3),
            next_on=date(2026, 11, 1),
        ).mentioned.add(cast.bob)
        audit.record(cast.carol, "customer.reveal", details={"field": "phone"}, address="127.0.0.1")
    yield cast
    (options().data / moving.SETTINGS_FILE).unlink(missing_ok=True)


def rows_there(address: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as there:
        return list(there.execute(sql).fetchall())


def test_everything_arrives_and_is_counted(filled: Any, empty: str) -> None:
    heard: list[tuple[int, int]] = []
    moved = move(empty, lambda _stage, done, total: heard.append((done, total)))
    counted = {table.table: table.rows for table in moved}
    assert counted["customers_customer"] == 2 and counted["customers_customer_tags"] == 1
    assert counted["accounts_user"] == 9 and counted["customers_followup_mentioned"] == 1
    assert heard[-1][0] == heard[-1][1] == len(moved)
    for table, rows in counted.items():
        assert rows_there(empty, f'SELECT count(*) FROM "{table}"') == [(rows,)], table
    found = rows_there(empty, "SELECT name, notes, consent FROM customers_customer WHERE name = '王伟'")
    assert found == [("王伟", "回头客", {"sms": True, "mail": None})]
    assert rows_there(empty, "SELECT number FROM customers_customvalue WHERE number IS NOT NULL") == [
        (Decimal("12345.6789"),)
    ]
    (happened,) = rows_there(empty, "SELECT happened_at FROM customers_followup")[0]
    assert abs(timezone.now() - timedelta(days=3) - happened) < timedelta(minutes=5)
    assert rows_there(
        empty,
        "SELECT a.name FROM customers_customer a JOIN customers_customer b"
        " ON b.referrer_id = a.id WHERE b.name = 'Ann'",
    ) == [("王伟",)]


def test_new_rows_get_numbers_that_are_free(filled: Any, empty: str) -> None:
    move(empty)
    with psycopg.connect(empty) as there:
        largest = there.execute("SELECT max(id) FROM customers_tag").fetchone()[0]
        fresh = there.execute("INSERT INTO customers_tag (name, colour) VALUES ('new', '') RETURNING id").fetchone()[0]
    assert fresh > largest


def test_what_is_left_behind_takes_no_writes_and_the_next_start_knows(filled: Any, empty: str) -> None:
    open_before = sqlite3.connect(str(connection.settings_dict["NAME"]))  # as a server that still runs
    move(empty)
    with pytest.raises(DatabaseError, match="has moved to PostgreSQL"), transaction.atomic():
        Tag.objects.create(name="too late")
    with pytest.raises(sqlite3.IntegrityError, match="has moved"):
        open_before.execute("UPDATE customers_customer SET name = 'x'")
    open_before.close()
    path = options().data / moving.SETTINGS_FILE
    assert f"DATABASE_URL={empty}" in path.read_text().splitlines()
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(MovingError) as again:
        move(empty)
    assert again.value.code in ("moving_not_empty", "moving_done")


def test_a_database_with_rows_is_refused_and_nothing_changes(filled: Any, empty: str) -> None:
    with psycopg.connect(empty) as there:
        there.execute("CREATE TABLE mine (a int)")
        there.execute("INSERT INTO mine VALUES (1)")
    with pytest.raises(MovingError) as refused:
        move(empty)
    assert refused.value.code == "moving_not_empty" and "mine" in refused.value.message
    Tag.objects.create(name="still writable")
    assert not (options().data / moving.SETTINGS_FILE).exists()


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("", "moving_target"),
        ("postgresql://nobody@127.0.0.1:1/x", "moving_unreachable"),
        ("mysql://x@localhost/y", "database_address"),
    ],
)
def test_a_database_that_cannot_be_used(filled: Any, address: str, code: str) -> None:
    from regulars.errors import RegularsError

    with pytest.raises(RegularsError) as refused:
        move(address)
    assert refused.value.code == code and refused.value.hint
    Tag.objects.create(name="still writable")


def test_a_failure_in_the_middle_leaves_both_sides_as_they_were(
    filled: Any, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = moving._copy

    def breaks(model: Any, target: Any) -> None:
        if model is FollowUp:
            raise OSError("the line is cut")
        copied(model, target)

    monkeypatch.setattr(moving, "_copy", breaks)
    with pytest.raises(OSError, match="the line is cut"):
        move(empty)
    assert rows_there(empty, "SELECT count(*) FROM customers_customer") == [(0,)]
    Tag.objects.create(name="still writable")
    monkeypatch.undo()
    assert {table.table: table.rows for table in move(empty)}["customers_tag"] == 2


@pytest.fixture
def run_of_a_shop(filled: Any) -> Iterator[Any]:
    remove_lake()
    load_shop()
    run = runs.start(filled.alice, "demand")
    run_pending()
    yield run
    remove_lake()
    metrics.forget()


def test_the_tables_of_runs_come_along(run_of_a_shop: Any, empty: str) -> None:
    run = run_of_a_shop
    moved = {table.table: table.rows for table in move(empty)}
    table = f"insights_metric_r{run.pk}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT customer_id, abc, profit_window FROM {table} ORDER BY customer_id")
        here = [(key, abc, round(float(profit), 2)) for key, abc, profit in cursor.fetchall()]
    there = rows_there(empty, f"SELECT customer_id, abc, profit_window FROM {table} ORDER BY customer_id")
    assert moved[table] == len(here) > 0
    assert [(key, abc, round(float(profit), 2)) for key, abc, profit in there] == here
    assert rows_there(empty, f"SELECT count(*) > 3 FROM pg_indexes WHERE tablename = '{table}'") == [(True,)]
