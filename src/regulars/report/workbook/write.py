"""Write the workbook of one analysis."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from regulars.errors import OutputError
from regulars.language import Language, translator
from regulars.report.cells import sheet_text
from regulars.report.workbook.book import EXCEL_DATA_ROWS, Book, Result, currency_of
from regulars.report.workbook.bridge import write_bridge
from regulars.report.workbook.cohorts import write_cohorts
from regulars.report.workbook.concentration import write_concentration
from regulars.report.workbook.contacts import write_contacts
from regulars.report.workbook.customers import write_customers
from regulars.report.workbook.lifecycle import write_lifecycle
from regulars.report.workbook.overview import fill_overview, open_overview
from regulars.report.workbook.quadrants import write_quadrants
from regulars.report.workbook.quality import write_quality
from regulars.report.workbook.retention import write_retention
from regulars.report.workbook.rfm import write_rfm
from regulars.report.workbook.rhythm import write_rhythm
from regulars.report.workbook.rules import write_rules
from regulars.report.workbook.sales import write_products, write_sources
from regulars.report.workbook.style import FONT_SIZE, FONTS, Styles
from regulars.report.workbook.tenure import write_tenure
from regulars.report.workbook.value import write_value

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_workbook(
    analysis: Result,
    path: str | Path,
    *,
    lang: Language = "zh",
    title: str | None = None,
    most_rows: int = EXCEL_DATA_ROWS,
) -> None:
    """Write ``analysis`` to an .xlsx file with native charts.

    The same analysis gives the same bytes. ``most_rows`` bounds the customer list; what does not fit is counted on the
    first sheet. Raises OutputError when the file cannot be written.
    """
    book = _new_book(analysis, Path(path), lang, title, most_rows)
    overview = open_overview(book)
    write_retention(book, "month")
    write_retention(book, "quarter")
    steps = write_bridge(book)
    pareto = write_concentration(book)
    write_rfm(book)
    write_quadrants(book)
    write_lifecycle(book)
    write_rhythm(book)
    write_cohorts(book)
    write_value(book)
    write_products(book)
    write_sources(book, "channels")
    write_sources(book, "campaigns")
    write_tenure(book)
    write_contacts(book)
    write_customers(book)
    write_quality(book)
    write_rules(book)
    fill_overview(overview, steps, pareto)
    _save(book, Path(path))


def _new_book(analysis: Result, path: Path, lang: Language, title: str | None, most_rows: int) -> Book:
    font = {"font_name": FONTS["en"], "font_size": FONT_SIZE}  # column widths are counted in its digits
    workbook = xlsxwriter.Workbook(str(path), {**_OPTIONS, "default_format_properties": font})
    summary = analysis.summary
    _ = translator("workbook", lang)
    name = title or summary.get("title") or _("The customers")
    as_of = datetime.fromisoformat(summary["as_of"])
    workbook.set_properties(
        {
            "title": sheet_text(name),
            "subject": _("Customers as of {day}").format(day=summary["as_of"]),
            "author": _("Regulars"),
            "comments": f"Regulars {summary['version']}",
            "created": as_of,
        }
    )
    styles = Styles(workbook, lang, currency_of(summary))
    return Book(workbook, analysis, lang, name, styles, most_rows)


def _save(book: Book, path: Path) -> None:
    try:
        book.workbook.close()
    except (FileCreateError, OSError) as error:
        raise OutputError(
            "workbook_not_written",
            "The workbook {path} could not be written: {reason}.",
            "Close the file where it is open, and see that the folder exists and has room.",
            path=str(path),
            reason=str(error),
        ) from error
