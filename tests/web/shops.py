"""A small invented shop in the installation's lake, for tests that need orders."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

CUSTOMERS, MONTHS = 240, 15


@cache
def shop_files(customers: int = CUSTOMERS, months: int = MONTHS, seed: int = 11) -> Path:
    """orders.csv, customers.csv and truth/ of the invented shop."""
    from regulars.simulate import write_shop

    folder = Path(mkdtemp(prefix="regulars-shop-"))
    write_shop(folder, customers=customers, months=months, seed=seed, lang="en")
    return folder


def load_shop(**how: Any) -> Any:
    """Put the shop into the lake of the installation under test; gives the lake."""
    from datetime import date

    from regulars.config.options import options
    from regulars.crm.insights import lake_access
    from regulars.ingest import IngestOptions, read_orders

    shop = shop_files(**how)
    zone = options().timezone
    reading = IngestOptions(
        customers_file=shop / "customers.csv", currency="CNY", timezone=zone, today=date(2100, 1, 1)
    )
    found = read_orders([shop / "orders.csv"], reading)
    lake = lake_access.open_or_create("CNY")
    lake.load(
        found.orders, found.lines, found.customers, source=found.source, content=found.content,
        counters=found.counters.as_dict(), currency=found.currency, products=found.products,
    )  # fmt: skip
    return lake


def remove_lake() -> None:
    from regulars.config.options import options
    from regulars.crm.insights import lake_access

    shutil.rmtree(options().lake_location, ignore_errors=True)
    lake_access._views.clear()
