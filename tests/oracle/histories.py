"""Random small shops: ties, returns, zeros, cancelled orders, missing ids, busy days, known and unknown profit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
from hypothesis import strategies as st

START = date(2009, 11, 17)
AMOUNTS = ("10.00", "10.00", "20.00", "5.00", "0.10", "33.33", "0", "-5.00", "-10.00", "1234.565", "0.004")
PROFITS = ("4.00", "4.00", "0", "-2.50", "7.775", "")
STATUSES = ("completed",) * 6 + ("cancelled", "pending")
CUSTOMERS = ("A", "B", "C", "D", "E", "007", "")

offsets = st.one_of(
    st.integers(0, 900), st.sampled_from([0, 30, 60, 90, 365, 366, 455, 730]), st.integers(0, 12).map(lambda n: n * 10)
)


@st.composite
def shops(draw: st.DrawFn, *, max_orders: int = 30) -> pd.DataFrame:
    """One order a row, text cells under the names of the fields; always one purchase of a known customer."""
    rows = draw(
        st.lists(
            st.tuples(st.sampled_from(CUSTOMERS), offsets, st.sampled_from(AMOUNTS), st.sampled_from(STATUSES)),
            max_size=max_orders,
        )
    )
    rows.append(("A", draw(offsets), "10.00", "completed"))
    profits = draw(st.none() | st.lists(st.sampled_from(PROFITS), min_size=len(rows), max_size=len(rows)))
    channels = draw(st.none() | st.lists(st.sampled_from(("web", "shop", "")), min_size=len(rows), max_size=len(rows)))
    table = pd.DataFrame(
        {
            "customer_id": [row[0] for row in rows],
            "order_id": [f"o{number}" for number in range(len(rows))],
            "ordered_at": [(START + timedelta(days=row[1])).isoformat() for row in rows],
            "amount": [row[2] for row in rows],
            "status": [row[3] for row in rows],
        },
        dtype=object,
    )
    for name, cells in (("profit", profits), ("channel", channels)):
        if cells is not None:
            table[name] = pd.Series(cells, dtype=object)
    return table


@st.composite
def baskets(draw: st.DrawFn) -> pd.DataFrame:
    """One line a row: orders of several products, some of them returns; one day and one customer an order."""
    rows = []
    for number in range(draw(st.integers(1, 14))):
        head = (draw(st.sampled_from(CUSTOMERS)), f"o{number}", (START + timedelta(days=draw(offsets))).isoformat())
        for product in draw(st.lists(st.sampled_from(("tea", "cup", "pot", "")), min_size=1, max_size=4, unique=True)):
            quantity = draw(st.sampled_from(("1", "2", "3", "-1", "0.5")))
            rows.append((*head, product, quantity, draw(st.sampled_from(("0.10", "2.50", "9.995", "0")))))
    rows.append(("A", "last", START.isoformat(), "tea", "2", "2.50"))
    columns = ["customer_id", "order_id", "ordered_at", "product_id", "quantity", "unit_price"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


@st.composite
def options(draw: st.DrawFn) -> dict[str, Any]:
    """Window, activity policy and margin; the margin is text to the oracle and a float to the product."""
    chosen: dict[str, Any] = {"window": draw(st.sampled_from([20, 30, 90, 182, 365]))}
    policy = draw(st.sampled_from([None, ("rhythm", 3), ("rhythm", 1), ("rhythm", 2.5)]))
    margin = draw(st.sampled_from([None, "0.4", "0.125"]))
    return chosen | ({"policy": policy} if policy else {}) | ({"margin": margin} if margin else {})


def days_of(table: pd.DataFrame) -> st.SearchStrategy[date]:
    """As-of days that matter: days of orders and around them, ends of months."""
    known = sorted({date.fromisoformat(text) for text in table["ordered_at"]})
    near = [day + timedelta(days=step) for day in known for step in (0, 1, 40, 364, 365)]
    ends = [day.replace(day=1) - timedelta(days=1) for day in known]
    return st.sampled_from([day for day in near + ends if day >= known[0]])
