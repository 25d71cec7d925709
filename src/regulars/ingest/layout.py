"""How a text is laid out: delimiter, header row, where the rows begin. Looks at its first lines only."""

from __future__ import annotations

import csv
import math
from collections import Counter
from dataclasses import dataclass

import numpy as np

from regulars.errors import FileProblem
from regulars.ingest.fields import count_known
from regulars.ingest.header import column_names, find_header, first_row
from regulars.ingest.tokens import MAX_LINE, LineTooLong, read_stretch

SAMPLE = 1 << 18
MOST_COLUMNS = 16384
_LINES = 80
_DELIMITERS = (",", "\t", ";", "|", "\x01", "^")
_SAMPLE_ROWS = 400


@dataclass(frozen=True)
class Layout:
    """``begin`` is the byte where the rows begin, ``line`` its line number (from 1), ``junk`` the rows above the
    header, ``header_cells`` the header as it stands (None without one), ``rows`` the first rows as text."""

    delimiter: str
    names: tuple[str, ...]
    header_cells: tuple[str, ...] | None
    begin: int
    line: int
    junk: int
    rows: list[list[str]]

    @property
    def quoting(self) -> bool:
        return self.delimiter != " "


def sniff(data: np.ndarray, name: str, delimiter: str | None) -> Layout:
    """The layout of a UTF-8 text. Raises FileProblem when no table can be seen or a line has no end."""
    sample = _sample(data, name)
    text = sample.tobytes().decode("utf-8", "replace")
    delimiter = delimiter or _delimiter(text, name)
    columns = _columns(text, delimiter)
    if columns > MOST_COLUMNS:
        raise too_wide(name, columns)
    try:
        stretch = read_stretch(
            sample, 0, sample.size, sample.size,
            delimiter=delimiter, quoting=delimiter != " ", columns=columns, wanted=list(range(columns)),
        )  # fmt: skip
    except LineTooLong as error:
        raise line_too_long(name, 1) from error
    count = min(stretch.fault.size, _SAMPLE_ROWS)
    raw = sample.tobytes()
    rows = [
        [raw[a:z].decode("utf-8", "replace").replace('""', '"') for a, z in zip(*spans, strict=True)]
        for spans in ((stretch.start[:, i].tolist(), stretch.stop[:, i].tolist()) for i in range(count))
    ]
    header = find_header(rows)
    if header is None:
        first = first_row(rows)
        widest = max((len(_filled(row)) for row in rows[first:]), default=0)
        return Layout(
            delimiter, column_names(None, max(widest, 1)), None, int(stretch.span_start[first]) if count else 0,
            int(stretch.line[first]) + 1 if count else 1, first, [row[:widest] for row in rows[first:]],
        )  # fmt: skip
    line = raw[int(stretch.span_start[header]) : int(stretch.span_stop[header])].decode("utf-8", "replace")
    cells = rows[header][: max(len(_filled(rows[header])), len(_records(line, delimiter)[0]))]
    more = header + 1 < count
    return Layout(
        delimiter,
        column_names(cells, len(cells)),
        tuple(cells),
        int(stretch.span_start[header + 1]) if more else min(int(stretch.span_stop[header]) + 1, data.size),
        (int(stretch.line[header + 1]) if more else int(stretch.line[header]) + 1) + 1,
        header,
        [row[: len(cells)] for row in rows[header + 1 :]],
    )


def _filled(row: list[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return row[:end]


def too_wide(name: str, columns: int) -> FileProblem:
    return FileProblem(
        "too_many_columns",
        "{file} has {columns} columns; at most {most} can be read.",
        "Export only the columns that describe orders, or name the right delimiter with --delimiter.",
        file=name,
        columns=columns,
        most=MOST_COLUMNS,
    )


def no_rows(name: str) -> FileProblem:
    return FileProblem(
        "no_rows", "{file} has a header but no rows below it.", "Export a period that has orders.", file=name
    )


def line_too_long(name: str, line: int) -> FileProblem:
    return FileProblem(
        "line_too_long",
        "Line {line} of {file} is longer than {size} MB: this is no table with a row per line.",
        "Check that the file was exported as CSV and that its lines end as they should.",
        file=name,
        line=line,
        size=MAX_LINE >> 20,
    )


def _sample(data: np.ndarray, name: str) -> np.ndarray:
    """The first whole lines of the text, about a quarter of a megabyte."""
    if data.size <= SAMPLE:
        return data
    breaks = np.flatnonzero(data[:SAMPLE] == 10)
    if breaks.size:
        return data[: int(breaks[-1]) + 1]
    for at in range(SAMPLE, min(data.size, MAX_LINE), SAMPLE):
        breaks = np.flatnonzero(data[at : at + SAMPLE] == 10)
        if breaks.size:
            return data[: at + int(breaks[0]) + 1]
    if data.size <= MAX_LINE:
        return data
    raise line_too_long(name, 1)


def _records(text: str, delimiter: str) -> list[list[str]]:
    """The first records, by Python's own reader: good enough to count columns."""
    lines = [line for line in text.split("\n", 2 * _LINES)[: 2 * _LINES] if line.strip()][:_LINES]
    if delimiter == " ":
        return [line.split() for line in lines]
    try:
        return list(csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return [line.rstrip("\r\n").split(delimiter) for line in lines]


def _delimiter(text: str, name: str) -> str:
    """The character that splits the lines into the same number of cells most often, and into most of them."""
    best, most = "", 0.0
    for candidate in (*_DELIMITERS, " "):
        records = _records(text, candidate)
        widths = Counter(len(record) for record in records if len(record) > 1)
        if not widths:
            continue
        width, agreeing = max(widths.items(), key=lambda item: item[1] * math.log(1 + item[0]))
        names = max(count_known(record) for record in records)
        score = agreeing / len(records) * math.log(1 + width) + names
        if candidate == " ":
            score *= 0.6 if best else 1.0
        if score > most:
            best, most = candidate, score
    if not best:
        raise FileProblem(
            "no_table",
            "No columns can be seen in {file}.",
            "A table has a row per line and a delimiter between its cells; name it with --delimiter.",
            file=name,
        )
    return best


def _columns(text: str, delimiter: str) -> int:
    return max((len(record) for record in _records(text, delimiter)), default=1)
