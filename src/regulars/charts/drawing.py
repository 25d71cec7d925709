"""What a figure is made of: an option, and the table that says the same in words and numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from regulars.charts import numbers
from regulars.charts.reader import Reader

Option = dict[str, Any]
Row = dict[str, Any]
Kind = Literal["text", "count", "money", "each", "rate", "days", "ratio", "day", "period"]
Tip = dict[str, Any]


# The key of a datum that names whom it stands for: kind:value (``abc:A``, ``move:month.2026-03.lost``). Where the
# people are at hand, a click opens them; a report that stands alone leaves it out.
WHO = "who"


@dataclass(frozen=True)
class Column:
    """A column of a table twin: its label and how its values are written.

    ``more`` are the labels of further values that a cell holds for the CSV download, such as an interval.
    """

    key: str
    label: str
    kind: Kind = "text"
    more: tuple[str, ...] = ()

    @property
    def numeric(self) -> bool:
        return self.kind not in ("text", "period", "day")


@dataclass(frozen=True)
class Table:
    """Raw values by row, in the order of ``columns``; ``hatched`` are the rows that are not fully observed.

    ``doors`` names whom a count stands for, by (row, column): see ``WHO``.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Any, ...], ...]
    hatched: frozenset[int] = field(default_factory=frozenset)
    doors: Mapping[tuple[int, int], str] = field(default_factory=dict)


@dataclass(frozen=True)
class Drawing:
    """A figure ready to show. ``option`` is None where there is nothing to draw; ``empty`` then says why."""

    option: Option | None
    table: Table
    height: int
    empty: str = ""


def without_doors(part: Any) -> Any:
    """An option without the names of whom its marks stand for."""
    if isinstance(part, dict):
        return {key: without_doors(value) for key, value in part.items() if key != WHO}
    return [without_doors(value) for value in part] if isinstance(part, list) else part


def nothing(sentence: str, table: Table, height: int = 120) -> Drawing:
    """The drawing of a figure without data: one sentence in the place of the chart."""
    return Drawing(None, table, height, sentence)


def written(value: Any, kind: Kind, reader: Reader, *, exact: bool = False) -> str:
    """A raw value as it is shown: absent is an en dash; ``exact`` writes amounts per head with two places."""
    if value is None:
        return numbers.ABSENT
    if kind == "count":
        return numbers.count(value)
    if kind == "money":
        return reader.money(value)
    if kind == "each":
        return numbers.money_exact(value, reader.currency) if exact else reader.money(value)
    if kind == "rate":
        return numbers.rate(value)
    if kind == "days":
        return numbers.fixed(value, 0)
    if kind == "ratio":
        return numbers.ratio(value)
    if kind == "day":
        return numbers.day_table(value)
    if kind == "period":
        return reader.period(value)
    return str(value)


def with_tips(labels: Sequence[str], data: list[Option], *, title: str = "") -> Option:
    """The parts of a series whose tips have the same rows: a datum's ``tip`` is [title, value, value…].

    With a ``title`` for all of them it is [value, value…].
    """
    return {"tipRows": list(labels), "data": data, **({"tipTitle": title} if title else {})}


def tip(title: str, *rows: Sequence[str], sentence: str = "") -> Tip:
    """The words shown on hover: a title, a sentence, then rows of label, value and (grey) interval."""
    made: Tip = {"t": title}
    if sentence:
        made["s"] = sentence
    if rows:
        made["r"] = [list(row) for row in rows]
    return made
