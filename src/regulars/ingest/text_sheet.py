"""Delimited text as a sheet: read in stretches by a pool of threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import numpy as np

from regulars.errors import FileProblem
from regulars.ingest.arena import Arena, Place
from regulars.ingest.cells import Cells, equal_cells, hashes_of, joined, rewritten
from regulars.ingest.encodings import NotUtf8, Text, check_utf8, open_text, wrong_encoding
from regulars.ingest.layout import Layout, line_too_long, no_rows, sniff
from regulars.ingest.schema import Note, note
from regulars.ingest.sheets import Loose, Piece, Progress
from regulars.ingest.tokens import LineTooLong, Stretch, count_breaks, read_column, read_stretch

STRETCH = 4 << 20
_RETURN = 13

T = TypeVar("T")


@dataclass(frozen=True)
class _Task:
    """Read from ``begin`` what begins before ``limit``: at most ``capacity`` rows, the first being number ``first``."""

    begin: int
    limit: int
    first: int
    capacity: int


class TextSheet:
    """One text file. Opening it tells encoding and layout; `read` walks the whole of it."""

    def __init__(self, path: Path, name: str, encoding: str | None, delimiter: str | None, stack: ExitStack) -> None:
        self.file = name
        self._path, self._declared, self._delimiter, self._stack = path, encoding, delimiter, stack
        self._open(None)

    def _open(self, recode: str | None) -> None:
        self._text: Text = open_text(self._path, self.file, self._declared, self._stack, recode=recode)
        self.layout: Layout = sniff(self._text.data, self.file, self._delimiter)
        self.names = self.layout.names
        self.header_cells: tuple[str, ...] | None = self.layout.header_cells
        self.junk = self.layout.junk
        self.rows: Sequence[Sequence[str]] = self.layout.rows
        self.notes: tuple[Note, ...] = self._text.notes
        if not self.rows:
            raise no_rows(self.file)

    @property
    def encoding(self) -> str:
        return self._text.encoding

    def read(
        self, wanted: list[int], parse: Callable[[Loose], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        """Every stretch in order. A text that turns out not to be UTF-8 is recoded and read from the start."""
        try:
            return self._read(wanted, parse, pool, progress)
        except NotUtf8 as error:
            if self._declared is not None:
                raise wrong_encoding(self.file, "utf-8", self._text.data) from error
            self._recode()
            return self._read(wanted, parse, pool, progress)

    def _recode(self) -> None:
        """Try the other encodings on the whole file; as a last resort keep UTF-8 and replace what is damaged."""
        names = self.names
        began_as_utf8 = bool((self._text.data[:SAMPLE_BYTES] > 127).any())
        for encoding in () if began_as_utf8 else ("gb18030", "cp1252"):
            try:
                self._open(encoding)
            except FileProblem:
                continue
            if self.names == names:
                return
        self._open("utf-8")
        damaged = note(
            "damaged_text", "{file} has characters that are not valid UTF-8; they were replaced by �.", file=self.file
        )
        self.notes = (*self.notes, damaged)

    def _read(
        self, wanted: list[int], parse: Callable[[Loose], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        end = int(self._text.data.size)
        tasks = self._tasks(pool)
        arena = Arena(sum(task.capacity for task in tasks))
        futures = [pool.submit(self._work, task, wanted, parse, arena) for task in tasks]
        results: list[tuple[Piece, T]] = []
        expected, line = self.layout.begin, self.layout.line
        try:
            for task, future in zip(tasks, futures, strict=True):
                if expected >= max(task.limit, task.begin):
                    continue
                try:
                    guessed = task.begin == expected
                    found = (
                        future.result() if guessed else self._work(replace(task, begin=expected), wanted, parse, None)
                    )
                except LineTooLong as error:
                    at = int(count_breaks(self._text.data, 0, error.at)) + 1
                    raise line_too_long(self.file, at) from error
                stretch, parsed = found
                results.append((_piece(self._text.data, stretch, line), parsed))
                expected, line = stretch.next, line + stretch.lines
                if progress:
                    progress("read", expected, end)
        finally:
            for future in futures:
                future.cancel()
        return results

    def _work(
        self, task: _Task, wanted: list[int], parse: Callable[[Loose], T], arena: Arena | None
    ) -> tuple[Stretch, T]:
        """Read one stretch; without an arena its values go into arrays of their own."""
        data = self._text.data
        stretch = read_stretch(
            data, task.begin, task.limit, int(data.size),
            delimiter=self.layout.delimiter, quoting=self.layout.quoting, columns=len(self.names), wanted=wanted,
            breaks=task.capacity if arena is not None else None,
        )  # fmt: skip
        if self._text.encoding == "utf-8":
            check_utf8(data, task.begin, max(stretch.next, task.begin))
        rows = stretch.fault.size
        place = Place(arena if rows <= task.capacity else None, task.first, rows)
        columns = {column: Cells(data, stretch.start[i], stretch.stop[i]) for i, column in enumerate(wanted)}
        escaped = {column: stretch.escaped[i] for i, column in enumerate(wanted) if stretch.escaped[i].any()}
        return stretch, parse(Loose(columns, escaped, place))

    def _tasks(self, pool: ThreadPoolExecutor) -> list[_Task]:
        """Stretches that begin after a line break; inside a quoted cell that is a wrong guess, and read again."""
        data, end = self._text.data, int(self._text.data.size)
        cuts = [self.layout.begin]
        for at in range(self.layout.begin + STRETCH, end, STRETCH):
            breaks = np.flatnonzero(data[at : at + (1 << 16)] == 10)
            if breaks.size and at + int(breaks[0]) + 1 < end:
                cuts.append(at + int(breaks[0]) + 1)
        spans = list(pairwise([*cuts, end]))
        counts = list(pool.map(lambda span: int(count_breaks(data, *span)), spans))
        if counts and data[end - 1] != 10:
            counts[-1] += 1
        firsts = np.cumsum([0, *counts]).tolist()
        return [_Task(a, z, first, n) for (a, z), first, n in zip(spans, firsts, counts, strict=False)]

    def cells_at(self, piece: Piece, rows: np.ndarray, column: int) -> Cells:
        """The cells of one column in some rows of a piece, as they stand in the file."""
        start, stop, escaped = read_column(
            self._text.data, piece.lead.start[rows], piece.lead.stop[rows],
            delimiter=self.layout.delimiter, quoting=self.layout.quoting, columns=len(self.names), column=column,
        )  # fmt: skip
        cells = Cells(self._text.data, start, stop)
        return rewritten(cells, escaped, False) if escaped.any() else cells

    def row_hashes(self, pieces: list[Piece]) -> np.ndarray:
        """A hash of the text of every row."""
        return np.concatenate([hashes_of(_lines(piece.lead)) for piece in pieces])

    def same_rows(self, pieces: list[Piece], first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Whether pairs of rows are the same text."""
        return equal_cells(joined([_lines(piece.lead) for piece in pieces]), first, second)

    def row_cells(self, piece: Piece, row: int) -> list[str]:
        """All cells of a row, as text."""
        begin, end = int(piece.lead.start[row]), int(piece.lead.stop[row])
        columns = len(self.names)
        stretch = read_stretch(
            self._text.data, begin, min(begin + 1, end), end,
            delimiter=self.layout.delimiter, quoting=self.layout.quoting, columns=columns, wanted=list(range(columns)),
        )  # fmt: skip
        cells = Cells(self._text.data, stretch.start[:, 0], stretch.stop[:, 0])
        return [cells.text(i) for i in range(columns)]


SAMPLE_BYTES = 1 << 20


def _piece(data: np.ndarray, stretch: Stretch, line: int) -> Piece:
    return Piece(Cells(data, stretch.span_start, stretch.span_stop), stretch.fault, stretch.line, line)


def _lines(lead: Cells) -> Cells:
    """Whole rows without the carriage return that may end them."""
    last = lead.data[np.maximum(lead.stop - 1, 0)]
    return Cells(lead.data, lead.start, lead.stop - ((last == _RETURN) & lead.filled))
