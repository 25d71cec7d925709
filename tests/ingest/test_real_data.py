"""The real data sets are read without an option, and say what is known of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.ingest.given import codes, day, read, reconciled

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(not DATA.is_dir(), reason="the real data sets are not beside the checkout"),
]


def test_cdnow():
    found = read(DATA / "cdnow.txt")
    assert found.orders.num_rows == 69_659
    assert len(found.orders["customer_id"].unique()) == 23_570
    frame = pd.read_csv(DATA / "cdnow.txt", sep=r"\s+", dtype=str)
    assert found.orders["customer_id"].to_pylist() == frame.iloc[:, 0].tolist()
    assert found.orders["amount"].to_pylist() == [round(float(x) * 100) for x in frame.iloc[:, 3]]
    assert found.orders["day"].to_pylist() == ((pd.to_datetime(frame.iloc[:, 1]) - pd.Timestamp(0)).dt.days).tolist()
    assert found.counters.duplicate_rows == int(frame.duplicated().sum())
    assert reconciled(found)


def test_cdnow_without_its_header(tmp_path):
    lines = (DATA / "cdnow.txt").read_bytes().split(b"\n", 1)[1]
    (tmp_path / "cdnow.txt").write_bytes(lines)
    assert read(tmp_path / "cdnow.txt").orders.equals(read(DATA / "cdnow.txt").orders)


def test_cdnow_sample_has_the_customer_in_two_columns():
    found = read(DATA / "cdnow-sample.txt")
    assert found.mapping.columns["customer_id"] == "column 1"
    assert len(found.orders["customer_id"].unique()) == 2_357
    assert found.orders.num_rows == 6_919


@pytest.mark.parametrize(
    ("name", "rows"), [("online-retail-2009-2010.csv.gz", 525_461), ("online-retail-2010-2011.csv.gz", 541_909)]
)
def test_online_retail(name, rows):
    found = read(DATA / name)
    frame = pd.read_csv(DATA / name, dtype=str, keep_default_na=False)
    assert found.counters.rows == found.counters.used_rows == rows == len(frame)
    assert found.counters.duplicate_rows == int(frame.duplicated().sum())
    price = frame["Price" if "Price" in frame else "UnitPrice"]
    tenthousandths = (price.astype(float) * 10_000).round().astype(np.int64) * frame["Quantity"].astype(np.int64)
    key = frame["Invoice"] if "Invoice" in frame else pd.Series(frame.index)
    exact = tenthousandths.groupby(key, sort=False).sum()
    cents = np.sign(exact) * ((np.abs(exact) + 50) // 100)
    assert np.array_equal(np.asarray(found.orders["amount"]), cents.to_numpy())
    customer = frame["Customer ID" if "Customer ID" in frame else "CustomerID"]
    assert found.lines.num_rows == rows
    assert len(found.orders["customer_id"].drop_null().unique()) == customer[customer != ""].nunique()
    assert int(np.asarray(found.orders["line_count"]).sum()) == rows
    first = pd.to_datetime(frame["InvoiceDate"]).groupby(key, sort=False).min()
    assert np.array_equal(np.asarray(found.orders["day"]), (first - pd.Timestamp(0)).dt.days.to_numpy())
    assert found.currency == "GBP"


def test_both_online_retail_files_overlap_once():
    found = read([DATA / "online-retail-2009-2010.csv.gz", DATA / "online-retail-2010-2011.csv.gz"])
    assert found.counters.rows == 525_461 + 541_909
    assert found.counters.dropped_rows == 22_523
    assert "files_overlap" in codes(found)
    assert reconciled(found)
    bought = found.orders.filter(
        (np.asarray(found.orders["amount"]) > 0) & np.asarray(found.orders["customer_id"].is_valid())
    )
    assert len(bought["customer_id"].unique()) == 5_878
    assert min(found.orders["day"].to_pylist()) == day("2009-12-01")
