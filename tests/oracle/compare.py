"""Cell-by-cell comparison of the product's figures with the oracle's.

Integers, texts, flags and days must be equal; numbers must be within 1e-12 (relative; absolute for interval bounds,
which both sides reach by square roots). Everything the oracle states must be in the product; what the product states
beyond is not looked at, except that lists must not have further rows. Cells of a grid in which nobody stands may be
left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd
import pyarrow as pa

from tests.oracle.compute import OracleResult

KEYS = {
    "cohorts": ("cohort", "month"),
    "month": ("period",),
    "quarter": ("period",),
    "migration": ("from", "to"),
    "grid": ("r", "f"),
    "lifecycle_flow": ("a", "b"),
    "lifecycle_history": ("month",),
    "products": ("product",),
    "channels": ("name",),
    "campaigns": ("name",),
}
SHOWN = 25
PRODUCTS_SHOWN = 200


def same(ours: Any, oracle: Any, tolerance: float = 1e-12) -> bool:
    """Whether one cell of the product is the oracle's."""
    if oracle is None or ours is None:
        return oracle is None and ours is None
    if isinstance(oracle, bool) or isinstance(ours, bool):
        return isinstance(oracle, bool) and isinstance(ours, bool) and ours == oracle
    if isinstance(ours, Decimal) and isinstance(oracle, Fraction):  # money has two places in a table
        return Fraction(ours) == to_places(oracle, 2)
    if isinstance(oracle, (Fraction, float, int)):
        return _near(ours, oracle, tolerance)
    return _plain(ours) == _plain(oracle)


def to_places(value: Fraction, places: int) -> Fraction:
    """Rounded to decimal places, halves away from zero."""
    scaled = abs(value) * 10**places
    return Fraction((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator), 10**places) * (
        1 if value >= 0 else -1
    )


def _near(ours: Any, oracle: Fraction | float | int, tolerance: float) -> bool:
    if not isinstance(ours, (int, float, Decimal)) or ours != ours or abs(ours) == float("inf"):
        return False
    if isinstance(oracle, int):
        return ours == oracle
    slack = abs(oracle) if isinstance(oracle, Fraction) else 1.0
    return abs(Fraction(ours) - Fraction(oracle)) <= Fraction(tolerance) * Fraction(slack)


def _plain(value: Any) -> Any:
    return value.date() if isinstance(value, datetime) else value


def show(value: Any) -> str:
    if isinstance(value, Fraction):
        return f"{value} = {float(value)!r}" if value.denominator > 1 else str(value.numerator)
    return value.isoformat() if isinstance(value, date) else repr(value)


def compare_tables(ours: pa.Table, oracle: pd.DataFrame, key: tuple[str, ...], skip: Iterable[str] = ()) -> list[str]:
    """Differences between two tables whose rows are known by ``key``."""
    missing = [f"column {name} is missing" for name in oracle.columns if name not in ours.column_names]
    if missing or oracle.empty:
        return missing or ([f"{ours.num_rows} rows, the oracle has none"] if ours.num_rows else [])
    columns = [name for name in oracle.columns if name not in skip]
    left = _by_key(columns, [ours.column(name).to_pylist() for name in columns], key)
    right = _by_key(columns, [list(oracle[name]) for name in columns], key)
    found = [f"{_name(k)}: only in the product" for k in left.keys() - right.keys()]
    found += [f"{_name(k)}: missing in the product" for k in right.keys() - left.keys()]
    found += [f"{ours.num_rows} rows, the oracle has {len(oracle)}"] if ours.num_rows != len(oracle) else []
    for place in sorted(left.keys() & right.keys(), key=str):
        for name, mine, theirs in zip(columns, left[place], right[place], strict=True):
            if not same(mine, theirs):
                found.append(f"{_name(place)}.{name}: product {show(mine)}, oracle {show(theirs)}")
    return found


def _by_key(columns: list[str], cells: list[list[Any]], key: tuple[str, ...]) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    places = [columns.index(name) for name in key]
    return {tuple(_plain(row[place]) for place in places): row for row in zip(*cells, strict=True)}


def _name(key: tuple[Any, ...]) -> str:
    return "/".join(str(part) for part in key)


def compare_customers(ours: pa.Table, oracle: OracleResult) -> list[str]:
    return [f"customers {line}" for line in compare_tables(ours, oracle.customers, ("customer_id",))]


def compare_spells(ours: pa.Table, oracle: OracleResult) -> list[str]:
    key = ("customer_id", "kind", "start")
    return [f"spells {line}" for line in compare_tables(ours, oracle.spells, key)]


def compare_values(path: str, ours: Any, oracle: Any) -> list[str]:
    """Differences below one place of the summary."""
    if isinstance(oracle, Mapping):
        if not isinstance(ours, Mapping):
            return [f"{path}: product {show(ours)}, oracle has {', '.join(map(str, oracle))}"]
        return [line for key, value in oracle.items() for line in _below(path, key, ours, value)]
    if isinstance(oracle, list):
        return _compare_rows(path, ours, oracle)
    return [] if same(ours, oracle) else [f"{path}: product {show(ours)}, oracle {show(oracle)}"]


def _below(path: str, key: str, ours: Mapping[str, Any], value: Any) -> list[str]:
    place = f"{path}.{key}" if path else key
    return compare_values(place, ours[key], value) if key in ours else [f"{place}: missing in the product"]


def _compare_rows(path: str, ours: Any, oracle: list[dict[str, Any]]) -> list[str]:
    if not isinstance(ours, list):
        return [f"{path}: product {show(ours)}, oracle has {len(oracle)} rows"]
    key = next(KEYS[name] for name in reversed(path.split(".")) if name in KEYS)
    left, right = _peopled(ours, key), _peopled(oracle, key)
    if path == "products.rows":
        right = _most_profitable(right, left)
    found = [f"{path}[{_name(k)}]: only in the product" for k in left.keys() - right.keys()]
    found += [f"{path}[{_name(k)}]: missing in the product" for k in right.keys() - left.keys()]
    for place in sorted(left.keys() & right.keys(), key=str):
        found += compare_values(f"{path}[{_name(place)}]", left[place], right[place])
    return found


def _most_profitable(
    all_rows: dict[tuple[Any, ...], dict[str, Any]], shown: dict[tuple[Any, ...], dict[str, Any]]
) -> dict[tuple[Any, ...], dict[str, Any]]:
    """The rows a list of the most profitable products must hold: which of those that tie at its end is left open."""
    if len(all_rows) <= PRODUCTS_SHOWN:
        return all_rows
    least = sorted((row["profit"] for row in all_rows.values()), reverse=True)[PRODUCTS_SHOWN - 1]
    must = {place: row for place, row in all_rows.items() if row["profit"] > least}
    tied = [place for place in shown if place in all_rows and all_rows[place]["profit"] == least]
    return must | {place: all_rows[place] for place in tied[: PRODUCTS_SHOWN - len(must)]}


def _peopled(rows: list[dict[str, Any]], key: tuple[str, ...]) -> dict[tuple[Any, ...], dict[str, Any]]:
    grid = key in (("r", "f"), ("a", "b"))
    return {tuple(row[name] for name in key): row for row in rows if not grid or row["customers"]}


def compare_summary(ours: Mapping[str, Any], oracle: OracleResult, skip: Iterable[str] = ()) -> list[str]:
    """``skip`` names top-level keys that are not to be compared."""
    left_out = set(skip) | ({"lifecycle_history"} if ours.get("lifecycle_history", 0) is None else set())
    return compare_values("", ours, {key: value for key, value in oracle.summary.items() if key not in left_out})


def differences(analysis: Any, oracle: OracleResult, skip: Iterable[str] = ()) -> list[str]:
    """Everything in which an analysis and the oracle differ."""
    found = compare_customers(analysis.customers, oracle) + compare_summary(analysis.summary, oracle, skip)
    return found + ([] if "spells" in skip else compare_spells(analysis.spells, oracle))


def assert_same(analysis: Any, oracle: OracleResult, skip: Iterable[str] = ()) -> None:
    found = differences(analysis, oracle, skip)
    more = f"\n… and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    assert not found, f"{len(found)} differences\n" + "\n".join(found[:SHOWN]) + more
