"""Two results side by side: every figure and every cell."""

from __future__ import annotations

import math
from typing import Any

import pyarrow as pa

CLOSE = 1e-9


def assert_same_result(one: Any, other: Any) -> None:
    """Figures and tables of two analyses; floats from fits may differ by 1e-9."""
    assert list(differences(plain(one.summary), plain(other.summary))) == []
    for name in ("customers", "spells", "contacts"):
        assert_same_table(getattr(one, name), getattr(other, name))


def assert_same_table(one: pa.Table, other: pa.Table) -> None:
    assert one.schema == other.schema
    assert one.num_rows == other.num_rows
    for name in one.column_names:
        left, right = one[name].combine_chunks(), other[name].combine_chunks()
        if not left.equals(right):
            found = differences(left.to_pylist(), right.to_pylist(), name)
            assert list(found) == []


def plain(summary: Any) -> Any:
    return {name: value for name, value in summary.items() if name not in ("sources", "title")}


def differences(one: Any, other: Any, place: str = "") -> Any:
    """Places where two nested values differ."""
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{place}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from differences(left, right, f"{place}/{number}")
    elif isinstance(one, float) and isinstance(other, float):
        if not (math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE) or (math.isnan(one) and math.isnan(other))):
            yield place, one, other
    elif one != other:
        yield place, one, other
