"""Calibration by tenth and reliability of chances on the sheet of predicted value: tables and native charts."""

from __future__ import annotations

from typing import Any

from regulars.charts import calibration, reliability
from regulars.report import value_titles as titles
from regulars.report.rich import plain
from regulars.report.view import View
from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, axis, bar_chart, hide_in_legend, new_chart
from regulars.report.workbook.page import Block, Page
from regulars.report.workbook.style import INK3, WORTH_A, WORTH_B, WORTH_C
from regulars.report.workbook.twins import put_twin


def write_calibration(page: Page, view: View, head: int) -> None:
    """Actual purchase days by tenth as columns, predicted ones as dots."""
    drawing = calibration.by_decile(view.backtest, view.reader)
    page.section(plain(titles.calibration(view)))
    if drawing.option is None:
        page.say(drawing.empty)
        return
    block = put_twin(page, drawing.table)
    page.beside(_calibration_chart(page.book, block, plain(titles.calibration(view))), at=head, height=300)


def _calibration_chart(book: Book, block: Block, title: str) -> Any:
    _ = book.translate
    chart = bar_chart(book, title, block, "rank", [Bar("actual", WORTH_C)], number="0.0")
    dots = book.workbook.add_chart({"type": "line"})
    dots.add_series(
        {
            "name": block.name("forecast"),
            "categories": block.ref("rank"),
            "values": block.ref("forecast"),
            "line": {"none": True},
            "marker": {"type": "circle", "size": 7, "fill": {"color": WORTH_A}, "border": {"color": WORTH_A}},
        }
    )
    chart.combine(dots)
    hide_in_legend(chart, book, [])
    chart.set_x_axis(axis(book, _("Tenths of the customers, most expected first; purchase days a customer")))
    return chart


def write_chances(page: Page, view: View, head: int) -> None:
    """Chance given against share that bought, with intervals; every span in the table, one in the chart."""
    drawing = reliability.chances(view.backtest, view.reader)
    page.section(plain(titles.chances(view)))
    days = reliability.span_of(view.backtest)
    if drawing.option is None or days is None:
        page.say(drawing.empty)
        return
    block = put_twin(page, drawing.table)
    named = view.reader.days(int(days))
    places = [place for place, row in enumerate(drawing.table.rows) if row[0] == named]
    shown = Block(block.sheet, block.first + places[0], block.first + places[-1], block.columns)
    chart = _chances_chart(page.book, shown, block, plain(titles.chances(view)))
    page.beside(chart, at=head, height=300)


def _chances_chart(book: Book, shown: Block, whole: Block, title: str) -> Any:
    """Dots between the ends of their intervals; ``shown`` are the rows of one span of the table ``whole``."""
    _ = book.translate
    chart = new_chart(book, "scatter", title)
    for key in ("actual_low", "actual_high"):
        chart.add_series(
            {
                "name": whole.name(key),
                "categories": shown.ref("forecast"),
                "values": shown.ref(key),
                "marker": {"type": "long_dash", "size": 7, "fill": {"color": WORTH_B}, "border": {"color": WORTH_B}},
            }
        )
    chart.add_series(
        {
            "name": whole.name("actual"),
            "categories": shown.ref("forecast"),
            "values": shown.ref("actual"),
            "marker": {"type": "circle", "size": 7, "fill": {"color": WORTH_A}, "border": {"color": WORTH_A}},
        }
    )
    chart.add_series(
        {
            "name": _("As often as said"),
            "categories": shown.ref("forecast"),
            "values": shown.ref("forecast"),
            "marker": {"type": "none"},
            "line": {"color": INK3, "dash_type": "dash", "width": 1.0},
        }
    )
    scale: dict[str, Any] = {"min": 0, "max": 1, "major_unit": 0.2}
    chart.set_x_axis(axis(book, _("Chance given"), number="0%", **scale))
    chart.set_y_axis(axis(book, number="0%", grid=True, **scale))
    return chart
