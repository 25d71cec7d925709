"""A published shop: two runs, five weeks apart, whose customers have owners of the standing cast."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.web.cast import Cast, make_cast
from tests.web.database import put_back
from tests.web.shops import remove_lake, shop_files

CUSTOMERS, MONTHS = 900, 30


def forget() -> None:
    from regulars.crm.insights import metrics, pages, past_fields
    from regulars.web.views.numbers import shown

    metrics.forget()
    pages.forget()
    shown.forget()
    past_fields.forget()


@pytest.fixture(scope="package")
def installed(installed: Path | None, data_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The database of these tests: the installed one with a published shop in it."""
    from django.conf import settings
    from django.db import connection, connections

    if installed is None:
        pytest.skip("the copy of a published database is made for SQLite")
    remove_lake()
    publish(tmp_path_factory.mktemp("shop"))
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connections.close_all()
    copy = data_folder / "published.sqlite3"
    shutil.copy(settings.DATABASES["default"]["NAME"], copy)
    yield copy
    remove_lake()
    forget()
    put_back(installed)


def publish(folder: Path) -> None:
    from regulars.config.options import options
    from regulars.crm.customers.models import Customer
    from regulars.crm.insights import lake_access, runs
    from regulars.crm.jobs.worker import run_pending
    from regulars.ingest import IngestOptions, read_orders

    shop = shop_files(customers=CUSTOMERS, months=MONTHS)
    rows = list(csv.DictReader((shop / "orders.csv").open(encoding="utf-8-sig")))
    last = max(date.fromisoformat(row["Ordered at"][:10]) for row in rows)
    early = folder / "orders.csv"
    kept = [row for row in rows if date.fromisoformat(row["Ordered at"][:10]) <= last - timedelta(35)]
    with early.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(kept)
    cast = make_cast()
    for orders in (early, shop / "orders.csv"):
        reading = IngestOptions(
            customers_file=shop / "customers.csv", currency="CNY", timezone=options().timezone, today=date(2100, 1, 1)
        )
        found = read_orders([orders], reading)
        lake_access.open_or_create("CNY").load(
            found.orders, found.lines, found.customers, source=found.source, content=found.content,
            counters=found.counters.as_dict(), currency=found.currency, products=found.products,
        )  # fmt: skip
        run = runs.start(cast.alice)
        run_pending()
        run.refresh_from_db()
        assert run.state == "published", run.error
    north = cast.departments["north"]
    for at, customer in enumerate(Customer.objects.order_by("pk")):
        if at % 3 == 0:
            Customer.objects.filter(pk=customer.pk).update(owner=cast.carol, department=north)


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    forget()
    yield
    forget()


@pytest.fixture
def cast() -> Cast:
    """The people who were there when the shop was published."""
    from regulars.crm.accounts.models import Department, User

    people = {user.name.lower(): user for user in User.objects.select_related("role", "department")}
    names = {"Head office": "head", "Shop north": "north", "Shop south": "south"}
    return Cast(people, {names[d.name]: d for d in Department.objects.all()})


@pytest.fixture
def run() -> Any:
    from regulars.crm.insights import metrics
    from regulars.crm.insights.models import Run

    current = metrics.current()
    assert current is not None
    return Run.objects.get(pk=current.pk)
