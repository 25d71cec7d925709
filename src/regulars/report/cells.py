"""The one writer of cells that a spreadsheet program will open: every CSV and every XLSX path goes through it.

A text that begins with ``= + - @`` is a formula to a spreadsheet program, also behind spaces, invisible characters or a
byte-order mark, and also in full width. In CSV such a text gets an apostrophe in front (`guarded`), which `original`
takes away again on re-import; in XLSX it stays as it is, in a text cell whose style says "text, never to be parsed".
Numbers and telephone numbers such as ``+49 151 1234567`` hold nothing that can be called and stay untouched.
``raw=True`` writes texts as they are, for machines that read no formulas.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

_SIGNS = "=+\\-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻−"
_UNSEEN = "\\s\x00-\x20\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff9-\ufffb"
_FORMULA = re.compile(f"'*(?:[{_UNSEEN}]*[{_SIGNS}]|[\t\r\n])")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?%?")
_PHONE = re.compile(r"\+\d[\d ()-]{4,24}")
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_CSV = re.compile("[\x00\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_WANTS_QUOTES = re.compile('[",;\t\r\n|]|^\\s|\\s$')
_EXCEL_ESCAPE = re.compile("(_)(?=x[0-9A-Fa-f]{4}_)")
LONGEST_TEXT = 32_767  # UTF-16 units that a cell of Excel holds


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet program could read ``text`` as a formula."""
    if _FORMULA.match(text) is None:
        return False
    return _NUMBER.fullmatch(text) is None and _PHONE.fullmatch(text) is None


def guarded(text: str, *, raw: bool = False) -> str:
    """``text`` so that a spreadsheet program shows it and never runs it; unchanged where it is harmless or ``raw``."""
    if raw:
        return _SURROGATE.sub("\ufffd", text)
    clean = _NOT_IN_CSV.sub("\ufffd", text)
    return "'" + clean if starts_a_formula(text) else clean


def original(text: str) -> str:
    """The text `guarded` was given: ``original(guarded(t)) == t`` for every text without NUL or lone surrogates."""
    return text[1:] if text.startswith("'") and starts_a_formula(text[1:]) else text


def csv_record(values: Iterable[Any], *, raw: bool = False) -> str:
    """One line of CSV, ended by CR LF. None and not-a-number are empty, dates ISO, lists JSON."""
    return ",".join(_field(value, raw) for value in values) + "\r\n"


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]], *, raw: bool = False) -> int:
    """Write a CSV file and return the number of rows below the header.

    UTF-8, with a byte-order mark (Excel needs it for Chinese) unless ``raw``.
    """
    count = 0
    with open_csv(path, raw=raw) as stream:
        stream.write(csv_record(header, raw=raw))
        for row in rows:
            stream.write(csv_record(row, raw=raw))
            count += 1
    return count


def write_csv_table(path: Path, table: pa.Table, *, titles: Mapping[str, str] | None = None, raw: bool = False) -> int:
    """Write an Arrow table as CSV, its columns named by ``titles`` where given."""
    names = titles or {}
    header = [names.get(name, name) for name in table.column_names]
    return write_csv(path, header, _rows(table), raw=raw)


def _rows(table: pa.Table) -> Iterable[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=16_384):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)


def _field(value: Any, raw: bool) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    text = guarded(text, raw=raw)
    return '"' + text.replace('"', '""') + '"' if _WANTS_QUOTES.search(text) else text


def put(sheet: Any, row: int, column: int, value: Any, style: Any, quoted: Any) -> None:
    """Write one value into an XlsxWriter sheet, by its type, and never as a formula.

    ``quoted`` is the twin of ``style`` with the quote prefix, used for texts that look like formulas: the cell
    is text as it stands, and stays text when somebody edits it.
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, date | datetime):
        sheet.write_datetime(row, column, value, style)
    else:
        text = sheet_text(str(value))
        sheet.write_string(row, column, text, quoted if starts_a_formula(text) else style)


def sheet_text(text: str) -> str:
    """``text`` as a cell can hold it: no characters outside XML, at most 32,767 UTF-16 units."""
    clean = _NOT_IN_XML.sub("\ufffd", text)
    if clean.startswith("<r>") and clean.endswith("</r>"):
        clean += " "  # XlsxWriter takes such a text for its own rich-text markup and writes it unescaped
    if len(clean) > LONGEST_TEXT // 2 and len(clean.encode("utf-16-le")) // 2 > LONGEST_TEXT:
        return clean.encode("utf-16-le")[: 2 * (LONGEST_TEXT - 1)].decode("utf-16-le", "ignore") + "…"
    return clean


def cell_xml(text: str) -> str:
    """The inside of a ``<t>`` element of SpreadsheetML that shows exactly ``text``."""
    escaped = _EXCEL_ESCAPE.sub("_x005F_", sheet_text(text))
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "_x000D_")


def open_csv(path: Path, *, raw: bool = False) -> IO[str]:
    """A text stream to write `csv_record` lines to, in the encoding of `write_csv`."""
    return path.open("w", encoding="utf-8" if raw else "utf-8-sig", newline="")
