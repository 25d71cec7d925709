"""The comparison finds what differs and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from tests.oracle import OracleResult, compute
from tests.oracle.compare import differences, same
from tests.oracle.raw_tables import read_rows

ROWS = [
    ("A", "1", "2010-01-10", "10.00", "web"),
    ("A", "2", "2010-02-10", "20.00", "shop"),
    ("B", "3", "2010-02-11", "-3.00", "web"),
    ("B", "4", "2010-03-01", "33.33", "shop"),
    ("A", "5", "2011-04-20", "7.00", "web"),
    ("C", "6", "2011-04-21", "7.00", ""),
]


@dataclass(frozen=True)
class Spoken:
    """What the product hands back: floats and Arrow."""

    customers: pa.Table
    summary: dict[str, Any]
    spells: pa.Table


def floats(value: Any) -> Any:
    if isinstance(value, Fraction):
        return float(value)
    if isinstance(value, dict):
        return {key: floats(inner) for key, inner in value.items()}
    return [floats(inner) for inner in value] if isinstance(value, list) else value


def table(frame: pd.DataFrame) -> pa.Table:
    return pa.Table.from_pylist(floats(frame.to_dict("records")))


@pytest.fixture(scope="module")
def oracle() -> OracleResult:
    raw = read_rows(("customer_id", "order_id", "ordered_at", "amount", "channel"), ROWS)
    return compute(raw.orders, counters=raw.counters)


@pytest.fixture
def spoken(oracle: OracleResult) -> Spoken:
    return Spoken(table(oracle.customers), floats(oracle.summary), table(oracle.spells))


def test_the_oracle_in_floats_is_no_difference(spoken: Spoken, oracle: OracleResult) -> None:
    assert differences(spoken, oracle) == []


@pytest.mark.parametrize(
    ("column", "value"), [("orders", 99), ("abc", "B"), ("lateness", 0.5), ("active", None), ("amount_total", 37.01)]
)
def test_one_changed_cell_is_one_line(spoken: Spoken, oracle: OracleResult, column: str, value: Any) -> None:
    rows = spoken.customers.to_pylist()
    rows[0] = rows[0] | {column: value}
    found = differences(replace(spoken, customers=pa.Table.from_pylist(rows)), oracle)
    assert len(found) == 1
    assert f"A.{column}" in found[0]


def test_rows_too_many_or_too_few_are_named(spoken: Spoken, oracle: OracleResult) -> None:
    spoken.summary["cohorts"].pop()
    spoken.summary["retention"]["month"].append({"period": "2031-01"})
    fewer = replace(spoken, customers=spoken.customers.slice(1))
    found = differences(fewer, oracle)
    assert "customers A: missing in the product" in found
    assert "retention.month[2031-01]: only in the product" in found
    assert any(line.startswith("cohorts[") and "missing in the product" in line for line in found)


def test_a_missing_key_and_an_integer_off_by_one_are_named(spoken: Spoken, oracle: OracleResult) -> None:
    del spoken.summary["repurchase"]
    spoken.summary["bridge"]["window"]["S"] += 1
    assert [line.split(":")[0] for line in differences(spoken, oracle)] == ["bridge.window.S", "repurchase"]


@pytest.mark.parametrize(
    ("ours", "oracle", "equal"),
    [
        (1 / 3, Fraction(1, 3), True),
        (0.33333333333, Fraction(1, 3), False),
        (1.0, 1, True),
        (True, 1, False),
        (1, True, False),
        (None, Fraction(0), False),
        (0.0, None, False),
        (1e-20, Fraction(0), False),
        (float("nan"), Fraction(0), False),
        ("A", "A", True),
    ],
)
def test_cells(ours: Any, oracle: Any, equal: bool) -> None:
    assert same(ours, oracle) is equal
