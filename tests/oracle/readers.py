"""The real data sets beside the checkout, as tables of raw text under the names of the fields.

``cdnow.txt`` has white space between id, yyyymmdd, number of discs and dollars, with or without a line of names;
every row is an order. The first Online Retail sheet groups lines by invoice; the second has no invoice, so every row
is an order.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import pandas as pd
import pytest

from tests.oracle.raw_tables import RawOrders, read_rows

DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
_FIELDS = {
    "Invoice": "order_id",
    "StockCode": "product_id",
    "Description": "description",
    "Quantity": "quantity",
    "InvoiceDate": "ordered_at",
    "Price": "unit_price",
    "UnitPrice": "unit_price",
    "Customer ID": "customer_id",
    "CustomerID": "customer_id",
    "Country": "country",
}


def real_file(name: str) -> Path:
    """The path of a real data set; skips the test where it is absent."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"real data not here: shared/data/{name} beside the checkout")
    return path


def cdnow(name: str = "cdnow.txt") -> pd.DataFrame:
    """customer_id, ordered_at and amount as text, from lines that end in date, discs and dollars."""
    cells = [line.split() for line in real_file(name).read_text().splitlines()]
    rows = [(row[0], row[-3], row[-1]) for row in cells if row and row[0].isdigit()]
    return pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"], dtype=object)


def online_retail(years: str) -> pd.DataFrame:
    """One sheet ("2009-2010" or "2010-2011"), all columns as text."""
    with gzip.open(real_file(f"online-retail-{years}.csv.gz"), "rt", encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        names = [_FIELDS[name] for name in next(rows)]
        return pd.DataFrame(list(rows), columns=names, dtype=object)


def joined_online_retail() -> pd.DataFrame:
    """Both sheets; of the days both have, only the lines of the first."""
    first, second = online_retail("2009-2010"), online_retail("2010-2011")
    later = second[second["ordered_at"] > first["ordered_at"].max()]
    return pd.concat([first, later], ignore_index=True).fillna("")


def raw_orders(table: pd.DataFrame) -> RawOrders:
    return read_rows(list(table.columns), table.itertuples(index=False, name=None))
