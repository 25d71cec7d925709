"""The oracle and the product both reach every value that was worked out by hand."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import compute
from tests.oracle.raw_tables import read_rows
from tests.vectors.cases import CASES, agrees, expanded, looked_up

Result = tuple[dict[str, dict[str, Any]], dict[str, Any]]


def by_oracle(case: dict[str, Any], _folder: Path) -> Result:
    raw = read_rows(case["columns"], expanded(case["rows"]))
    result = compute(
        raw.orders,
        date.fromisoformat(case["as_of"]),
        counters=raw.counters,
        profit_column=raw.profit_column,
        **case.get("parameters", {}),
    )
    rows = result.customers.to_dict("records")
    return {row["customer_id"]: row for row in rows}, result.summary


def by_product(case: dict[str, Any], folder: Path) -> Result:
    import regulars

    path = folder / f"{case['id']}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([case["columns"], *expanded(case["rows"])])
    analysis = regulars.analyze(path, as_of=case["as_of"], max_rejects=1, **case.get("parameters", {}))
    return {row["customer_id"]: row for row in analysis.customers.to_pylist()}, analysis.summary


@pytest.mark.parametrize("implementation", [by_oracle, by_product], ids=["oracle", "product"])
@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_hand_case(case: dict[str, Any], implementation: Any, tmp_path: Path) -> None:
    customers, summary = implementation(case, tmp_path)
    expect = case["expect"]
    wrong = []
    if "customer_ids" in expect and sorted(customers) != sorted(expect["customer_ids"]):
        wrong.append(f"customers: {sorted(customers)}, expected {expect['customer_ids']}")
    for customer, columns in expect.get("customers", {}).items():
        for name, expected in columns.items():
            if not agrees(customers[customer][name], expected):
                wrong.append(f"{customer}.{name}: {customers[customer][name]}, expected {expected}")
    for path, expected in expect.get("summary", {}).items():
        value = looked_up(summary, path)
        if not agrees(value, expected):
            wrong.append(f"{path}: {value}, expected {expected}")
    assert not wrong, case["comment"] + "\n" + "\n".join(wrong)


def test_all_cases_are_here() -> None:
    assert len({case["id"] for case in CASES}) == 41
