"""Real data beside the checkout, and the reference arithmetic that the benchmarks use too."""

import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"
sys.path.insert(0, str(ROOT))


def _file(name):
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the checkout")
    return path


def _cdnow_rows(name, skip, customer):
    rows = np.loadtxt(_file(name), dtype=str, skiprows=skip)
    text = rows[:, customer + 1]
    day = np.array([f"{d[:4]}-{d[4:6]}-{d[6:]}" for d in text], dtype="datetime64[D]").astype(np.int64)
    cents = np.rint(rows[:, -1].astype(float) * 100).astype(np.int64)
    return rows[:, customer].astype(np.int64), day, cents


@pytest.fixture(scope="session")
def cdnow_sample():
    """Customer, day and cents of the published tenth of CDNOW; the file has an overall id first."""
    return _cdnow_rows("cdnow-sample.txt", 0, 1)


@pytest.fixture(scope="session")
def cdnow():
    """Customer, day and cents of all of CDNOW; the published tables count its zero amounts as purchases of a cent."""
    customer, day, cents = _cdnow_rows("cdnow.txt", 1, 0)
    return customer, day, np.maximum(cents, 1)


@pytest.fixture(scope="session")
def online_retail():
    """Customer, day and hundredths of a pound of Online Retail II, its overlap taken once."""
    import pandas as pd

    first = pd.read_csv(_file("online-retail-2009-2010.csv.gz"), dtype=str).rename(
        columns={"Price": "UnitPrice", "Customer ID": "CustomerID"}
    )
    second = pd.read_csv(_file("online-retail-2010-2011.csv.gz"), dtype=str)
    columns = ["CustomerID", "InvoiceDate", "Quantity", "UnitPrice"]
    lines = pd.concat([first.loc[first.InvoiceDate < "2010-12-01", columns], second[columns]])
    lines = lines.dropna(subset=["CustomerID"])
    money = np.rint(lines.Quantity.astype(float) * lines.UnitPrice.astype(float) * 100).astype(np.int64)
    day = pd.to_datetime(lines.InvoiceDate).to_numpy().astype("datetime64[D]").astype(np.int64)
    return lines.CustomerID.astype(float).astype(np.int64).to_numpy(), day, money.to_numpy()


def day_number(text):
    return int(np.datetime64(text, "D").astype(np.int64))
