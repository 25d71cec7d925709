"""Reading a written workbook back: tables by their header, charts by their references."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from openpyxl.utils import range_boundaries
from openpyxl.worksheet.worksheet import Worksheet


def rows_under(sheet: Worksheet, *titles: str) -> list[dict[str, Any]]:
    """The rows of the first table whose header holds all ``titles``, up to the first row whose first cell is empty."""
    for head in range(1, sheet.max_row + 1):
        header = [sheet.cell(head, column).value for column in range(1, sheet.max_column + 1)]
        if set(titles) <= set(header):
            break
    else:
        raise AssertionError(f"no table with {titles} on {sheet.title}")
    names = [name for name in header if name is not None]
    rows = []
    for line in range(head + 1, sheet.max_row + 1):
        values = [sheet.cell(line, column).value for column in range(1, len(names) + 1)]
        if values[0] is None:
            break
        rows.append(dict(zip(names, values, strict=True)))
    return rows


def texts(sheet: Worksheet) -> str:
    return "\n".join(str(cell.value) for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str))


@dataclass(frozen=True)
class Series:
    """One series of a chart: kind of its chart, title cell, and the cells that it draws."""

    kind: str
    name: str | None
    values: list[Any]
    categories: list[Any]


def chart_title(chart: Any) -> str:
    return "".join(run.t for paragraph in chart.title.tx.rich.p for run in paragraph.r or [])


def series_of(book: Any, chart: Any) -> list[Series]:
    """All series of a chart and of those combined with it, their references looked up in the workbook."""
    found = []
    for part in [chart, *chart._charts[1:]]:
        for series in part.series:
            name = series.tx.strRef.f if series.tx and series.tx.strRef else None
            found.append(
                Series(
                    type(part).__name__,
                    cells(book, name)[0] if name else None,
                    cells(book, series.val.numRef.f),
                    cells(book, (series.cat.strRef or series.cat.numRef).f),
                )
            )
    return found


def cells(book: Any, reference: str) -> list[Any]:
    sheet, area = re.fullmatch(r"'?(.+?)'?!(.+)", reference).groups()  # type: ignore[union-attr]
    left, top, right, bottom = range_boundaries(area.replace("$", ""))
    return [book[sheet].cell(row, column).value for row in range(top, bottom + 1) for column in range(left, right + 1)]
