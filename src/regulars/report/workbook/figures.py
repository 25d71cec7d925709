"""Native charts in one look: horizontal hairlines, grey axes, token colours, no effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regulars.report.workbook.book import Book
from regulars.report.workbook.page import Block
from regulars.report.workbook.style import CARD, FONTS, INK, INK2, INK3, LINE


@dataclass(frozen=True)
class Line:
    """One line of a chart: a column of a table and how it is drawn; ``bound`` is the thin edge of an interval."""

    key: str
    colour: str
    dash: str = "solid"
    bound: bool = False
    dots: bool = False


@dataclass(frozen=True)
class Bar:
    """One series of columns or bars; ``colours`` gives every bar its own."""

    key: str
    colour: str | None = None
    colours: tuple[str, ...] = ()
    labels: str | None = None
    label_colour: str = INK2


def new_chart(book: Book, kind: str, title: str, subtype: str | None = None) -> Any:
    """A chart with title, legend and surfaces as everywhere."""
    chart = book.workbook.add_chart({"type": kind, "subtype": subtype} if subtype else {"type": kind})
    name = FONTS[book.lang]
    font = {"name": name, "size": 12, "bold": True, "color": INK}
    chart.set_title({"name": title, "name_font": font, "overlay": False})
    chart.set_legend({"position": "bottom", "font": {"name": name, "size": 9, "color": INK2}})
    chart.set_chartarea({"border": {"color": LINE}, "fill": {"color": CARD}})
    chart.set_plotarea({"border": {"none": True}, "fill": {"none": True}})
    return chart


def axis(book: Book, title: str = "", number: str | None = None, *, grid: bool = False, **more: Any) -> dict[str, Any]:
    """Settings of one axis."""
    font = {"name": FONTS[book.lang], "size": 9, "color": INK3}
    settings: dict[str, Any] = {
        "num_font": font,
        "line": {"none": True} if grid else {"color": LINE},
        "major_gridlines": {"visible": grid, "line": {"color": LINE, "width": 0.75}},
        "major_tick_mark": "none",
        "minor_tick_mark": "none",
        **more,
    }
    if title:
        settings |= {"name": title, "name_font": {**font, "bold": False}}
    if number:
        settings["num_format"] = number
    return settings


def line_chart(book: Book, title: str, block: Block, category: str, lines: Sequence[Line], values: Sequence[float],
               *, skip: int = 0) -> Any:  # fmt: skip
    """Rates over time; the y axis is cut around the data and shows so by its ticks."""
    chart = new_chart(book, "line", title)
    for line in lines:
        chart.add_series(_line_series(block, category, line, skip))
    low, high = around(values)
    number = "0.0%" if high - low <= 0.1 else "0%"
    chart.set_y_axis(axis(book, number=number, grid=True, min=low, max=high))
    chart.set_x_axis(axis(book, interval_unit=max(1, math.ceil((block.last - block.first - skip + 1) / 12))))
    hide_in_legend(chart, book, [place for place, line in enumerate(lines) if line.bound])
    chart.show_blanks_as("gap")
    return chart


def _line_series(block: Block, category: str, line: Line, skip: int) -> dict[str, Any]:
    marker = {"type": "circle", "size": 5, "fill": {"color": CARD}, "border": {"color": line.colour}}
    return {
        "name": block.name(line.key),
        "categories": block.ref(category, skip),
        "values": block.ref(line.key, skip),
        "line": {"color": line.colour, "width": 0.75 if line.bound else 2.0, "dash_type": line.dash,
                 "transparency": 50 if line.bound else 0},
        "marker": marker if line.dots else {"type": "none"},
    }  # fmt: skip


def bar_chart(book: Book, title: str, block: Block, category: str, bars: Sequence[Bar], *, kind: str = "column",
              subtype: str | None = None, number: str = "#,##0", gap: int = 60) -> Any:  # fmt: skip
    """Columns (or lying bars, first row on top) from the columns of a table."""
    chart = new_chart(book, kind, title, subtype)
    for bar in bars:
        chart.add_series({**_bar_series(book, block, category, bar), "gap": gap, **_overlap(subtype)})
    whole: dict[str, Any] = {"max": 1, "min": 0} if subtype == "percent_stacked" else {}
    values = axis(book, number="0%" if subtype == "percent_stacked" else number, grid=True, **whole)
    if kind == "bar":  # XlsxWriter's x axis is the horizontal one here: the values
        chart.set_x_axis(values)
        chart.set_y_axis(axis(book, reverse=True, crossing="max"))
    else:
        chart.set_x_axis(axis(book, label_position="low"))
        chart.set_y_axis(values)
    if len(bars) == 1:
        chart.set_legend({"none": True})
    return chart


def _overlap(subtype: str | None) -> dict[str, Any]:
    return {"overlap": 100} if subtype else {}


def _bar_series(book: Book, block: Block, category: str, bar: Bar) -> dict[str, Any]:
    series: dict[str, Any] = {
        "name": block.name(bar.key),
        "categories": block.ref(category),
        "values": block.ref(bar.key),
    }
    if bar.colour is None and not bar.colours:
        series |= {"fill": {"none": True}, "border": {"none": True}}
    else:
        series["fill"] = {"color": bar.colour or bar.colours[0]}
        series["border"] = {"none": True}
    if bar.colours:
        series["points"] = [{"fill": {"color": colour}} for colour in bar.colours]
    if bar.labels:
        font = {"name": FONTS[book.lang], "size": 9, "color": bar.label_colour}
        series["data_labels"] = {"value": True, "num_format": bar.labels, "font": font}
    return series


def stacked_shares(book: Book, title: str, block: Block, category: str, parts: Sequence[tuple[str, str]]) -> Any:
    """Lying 100 % bars, one a row of the table, the columns as their parts."""
    dark = [part for part in parts if part[1] not in ("#C9C4E0", "#5E98CA")]
    bars = [
        Bar(key, colour, labels="#,##0.0%;;", label_colour=CARD if (key, colour) in dark else INK)
        for key, colour in parts
    ]
    return bar_chart(book, title, block, category, bars, kind="bar", subtype="percent_stacked", gap=40)


def hide_in_legend(chart: Any, book: Book, places: list[int]) -> None:
    font = {"name": FONTS[book.lang], "size": 9, "color": INK2}
    chart.set_legend({"position": "bottom", "font": font, "delete_series": places})


def around(values: Sequence[float]) -> tuple[float, float]:
    """Rounded ends of an axis around rates, within 0 where none is negative."""
    low, high = min(values), max(values)
    step = 0.01 if high - low < 0.1 else 0.05 if high - low < 0.5 else 0.2
    bottom, top = math.floor(low / step - 0.2) * step, math.ceil(high / step + 0.2) * step
    if low >= 0:
        bottom = max(bottom, 0.0)
    return round(bottom, 4), round(min(top, 1.0) if high <= 1 else top, 4)
