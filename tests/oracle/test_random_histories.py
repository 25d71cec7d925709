"""Random small shops: the product against the oracle, and what must hold whatever the data are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.oracle import OracleResult, compute
from tests.oracle.compare import assert_same
from tests.oracle.customer_table import LISTED
from tests.oracle.histories import baskets, days_of, options, shops
from tests.oracle.readers import raw_orders
from tests.oracle.test_real_data import by_product

relaxed = settings(suppress_health_check=[HealthCheck.too_slow])
few = settings(relaxed, max_examples=max(settings.default.max_examples * 2 // 5, 1))
FILE_COUNTERS = ("rows", "used_rows", "rejected_rows", "dropped_rows", "skipped_rows", "duplicate_rows", "split_orders")


def by_oracle(table: pd.DataFrame, day: date, chosen: dict[str, Any]) -> OracleResult:
    raw = raw_orders(table)
    return compute(raw.orders, day, lines=raw.lines, counters=raw.counters, profit_column=raw.profit_column, **chosen)


def figures(analysis: Any) -> tuple[Any, ...]:
    """Everything of an analysis that describes facts, not files or the run."""
    left_out = ("version", "sources", "title", "quality", "parameters", "input")
    summary = {key: value for key, value in analysis.summary.items() if key not in left_out}
    counted = {key: value for key, value in analysis.summary["input"].items() if key not in FILE_COUNTERS}
    customers = analysis.customers.sort_by("customer_id").to_pylist()
    spells = sorted(analysis.spells.to_pylist(), key=lambda row: (row["customer_id"], row["start"]))
    return summary, counted, customers, spells


@relaxed
@given(table=shops(), chosen=options(), data=st.data())
def test_the_product_agrees_with_the_oracle(table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject) -> None:
    day = data.draw(days_of(table))
    assert_same(by_product(table, day.isoformat(), chosen), by_oracle(table, day, chosen))


@few
@given(table=baskets(), chosen=options(), data=st.data())
def test_the_product_agrees_on_baskets(table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject) -> None:
    day = data.draw(days_of(table))
    assert_same(by_product(table, day.isoformat(), chosen), by_oracle(table, day, chosen))


def check_bridges(summary: dict[str, Any]) -> None:
    lists = [summary[name][kind] for name in ("retention", "retention_rhythm") for kind in ("month", "quarter")]
    for row in [*summary["bridge"].values(), *(row for rows in lists for row in rows)]:
        assert row["E"] == row["S"] + row["N"] + row["reactivated"] - row["lost"], row
        assert 0 <= row["lost"] <= row["S"]


def check_shares(summary: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    for column in LISTED:
        cells = summary["customers"][column].values()
        placed = [row for row in rows if row[column] is not None]
        assert sum(cell["customers"] for cell in cells) == len(placed)
        for name in ("amount", "profit"):
            total = sum(float(row[f"{name}_window"]) for row in placed)
            assert sum(float(cell[name]) for cell in cells) == pytest.approx(total, abs=1e-6)


@relaxed
@given(table=shops(), chosen=options(), data=st.data())
def test_bridges_reconcile_and_classes_sum_to_the_total(
    table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject
) -> None:
    day = data.draw(days_of(table))
    ours, oracle = by_product(table, day.isoformat(), chosen), by_oracle(table, day, chosen)
    for summary, rows in (
        (oracle.summary, oracle.customers.to_dict("records")),
        (ours.summary, ours.customers.to_pylist()),
    ):
        check_bridges(summary)
        check_shares(summary, rows)


@few
@given(table=shops(), chosen=options(), data=st.data())
def test_an_earlier_day_sees_nothing_that_came_later(
    table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject
) -> None:
    day = data.draw(days_of(table)).isoformat()
    cut = table[table["ordered_at"] <= day].reset_index(drop=True)
    assert figures(by_product(table, day, chosen)) == figures(by_product(cut, day, chosen))


@few
@given(table=shops(), chosen=options(), data=st.data())
def test_neither_the_order_of_rows_nor_the_buckets_change_a_figure(
    table: pd.DataFrame, chosen: dict[str, Any], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(table))))
    shuffled = table.iloc[list(order)].reset_index(drop=True)
    plain = figures(by_product(table, None, chosen))
    assert figures(by_product(shuffled, None, chosen)) == plain
    for buckets in (1, 3):
        assert figures(by_product(table, None, chosen | {"buckets": buckets})) == plain
