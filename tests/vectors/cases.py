"""The cases, their tables of raw text and the path language of their expectations."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

CASES = json.loads((Path(__file__).parent / "hand_cases.json").read_text(encoding="utf-8"))["cases"]


def expanded(rows: list[Any]) -> list[list[str]]:
    """A row [n, [..]] stands for n rows in which {i} runs over 1..n."""
    listed = []
    for row in rows:
        if len(row) == 2 and isinstance(row[1], list):
            listed += [[str(cell).replace("{i}", str(i)) for cell in row[1]] for i in range(1, row[0] + 1)]
        else:
            listed.append([str(cell) for cell in row])
    return listed


def looked_up(summary: Mapping[str, Any], path: str) -> Any:
    """``a.b[row].c``: [words] selects the row all of whose key cells they are; ``a#`` is a number of rows."""
    value: Any = summary
    for step in re.findall(r"([^.\[\]#]+)(?:\[([^\]]*)\])?(#)?", path):
        name, selector, count = step
        value = value[name]
        if selector:
            value = _row(value, selector.split())
        if count:
            value = len(value)
    return value


def _row(rows: list[dict[str, Any]], words: list[str]) -> dict[str, Any]:
    """Keys of a row: period; cohort and offset; from and to."""
    for names in (("period",), ("cohort", "offset"), ("from", "to")):
        if all(name in rows[0] for name in names) and len(names) == len(words):
            found = [row for row in rows if [str(row[name]) for name in names] == words]
            assert len(found) == 1, f"{len(found)} rows for {words}"
            return found[0]
    raise AssertionError(f"no key for {words} in {list(rows[0])}")


def agrees(value: Any, expected: Any) -> bool:
    """Exact fractions and decimals as written; numbers of the product within 1e-12."""
    if isinstance(expected, dict) and "tol" in expected:
        return value is not None and abs(float(value) - expected["value"]) <= expected["tol"]
    if isinstance(expected, dict):
        expected = Fraction(expected["frac"])
    if expected is None or value is None:
        return value is expected
    if isinstance(expected, bool) or isinstance(value, bool):
        return value is expected
    if isinstance(expected, str):
        return str(value) == expected
    if isinstance(expected, int):
        return value == expected
    exact = expected if isinstance(expected, Fraction) else Fraction(str(expected))
    return abs(Fraction(value) - exact) <= Fraction(1, 10**12) * abs(exact)
