"""What every sheet of one workbook shares: the figures, the language, the formats, the sheets made so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, Protocol

import pyarrow as pa

from regulars.engine.parameters import Parameters
from regulars.language import Language, translator
from regulars.report.workbook.style import Styles

EXCEL_DATA_ROWS = 1_048_575  # rows of a sheet below its header


class Result(Protocol):
    """What a report is made from: the summary and two tables of one analysis."""

    @property
    def summary(self) -> Mapping[str, Any]: ...

    @property
    def customers(self) -> pa.Table: ...

    @property
    def contacts(self) -> pa.Table: ...


@dataclass
class Book:
    """One workbook while it is being written."""

    workbook: Any
    result: Result
    lang: Language
    title: str
    styles: Styles
    most_rows: int = EXCEL_DATA_ROWS
    contents: list[tuple[str, str]] = field(default_factory=list)  # sheet name, what it shows

    @property
    def summary(self) -> Mapping[str, Any]:
        return self.result.summary

    @property
    def translate(self) -> Callable[[str], str]:
        return translator("workbook", self.lang)

    @property
    def as_of(self) -> str:
        return str(self.summary["as_of"])

    def rule(self, name: str) -> Any:
        """A parameter of the analysis, or what it is when nobody sets it."""
        found = self.summary["parameters"].get(name)
        return Parameters().as_dict()[name] if found is None else found

    def window(self) -> int:
        """Length of the window W in days."""
        return int(self.rule("window"))


def currency_of(summary: Mapping[str, Any]) -> str | None:
    """The currency of an analysis, or None when nothing named it."""
    found = summary.get("currency") or summary.get("input", {}).get("currency")
    return str(found) if found else None


def percent(share: Any) -> str:
    """A share as people say it: 80%, 33.3%."""
    return f"{100 * float(Fraction(share)):.3g}%"


def iso_date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
