"""Delimited text as a sheet: read in stretches by a pool of threads."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from regulars.errors import FileProblem
from regulars.ingest.cells import Cells
from regulars.ingest.encodings import NotUtf8, Text, check_utf8, open_text, wrong_encoding
from regulars.ingest.layout import Layout, line_too_long, sniff
from regulars.ingest.schema import Note, note
from regulars.ingest.sheets import Piece, Progress
from regulars.ingest.tokens import LineTooLong, Stretch, count_breaks, read_stretch

STRETCH = 1 << 20

T = TypeVar("T")


@dataclass(frozen=True)
class _Task:
    begin: int
    limit: int


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
        self.header_cells = self.layout.header_cells
        self.junk = self.layout.junk
        self.rows = self.layout.rows
        self.notes: tuple[Note, ...] = self._text.notes
        if not self.rows:
            raise FileProblem(
                "no_rows",
                "{file} has a header but no rows below it.",
                "Export a period that has orders.",
                file=self.file,
            )

    @property
    def encoding(self) -> str:
        return self._text.encoding

    def read(
        self, wanted: list[int], parse: Callable[[Piece], T], pool: ThreadPoolExecutor, progress: Progress | None
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
        damaged = note("damaged_text", "{file} has characters that are not valid UTF-8; they were replaced by �.", file=self.file)
        self.notes = (*self.notes, damaged)

    def _read(
        self, wanted: list[int], parse: Callable[[Piece], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        data, end = self._text.data, int(self._text.data.size)
        plain = self._text.encoding == "utf-8"

        def work(task: _Task) -> tuple[Stretch, Piece, T]:
            stretch = read_stretch(
                data, task.begin, task.limit, end,
                delimiter=self.layout.delimiter, quoting=self.layout.quoting, columns=len(self.names), wanted=wanted,
            )  # fmt: skip
            if plain:
                check_utf8(data, task.begin, max(stretch.next, task.begin))
            piece = _piece(data, stretch, wanted)
            return stretch, piece, parse(piece)

        results: list[tuple[Piece, T]] = []
        expected, line = self.layout.begin, self.layout.line
        tasks = self._tasks()
        futures = [pool.submit(work, task) for task in tasks]
        try:
            for task, future in zip(tasks, futures, strict=True):
                if expected >= max(task.limit, task.begin):
                    future.cancel()
                    continue
                try:
                    found = future.result() if task.begin == expected else work(replace(task, begin=expected))
                except LineTooLong as error:
                    at = int(count_breaks(data, 0, error.at)) + 1
                    raise line_too_long(self.file, at) from error
                stretch, piece, parsed = found
                piece.line[:] += line
                results.append((piece, parsed))
                expected, line = stretch.next, line + stretch.lines
                if progress:
                    progress("read", expected, end)
        finally:
            for future in futures:
                future.cancel()
        return results

    def _tasks(self) -> list[_Task]:
        """Stretches that begin after a line break; inside a quoted cell that is a wrong guess, and read again."""
        data, end = self._text.data, int(self._text.data.size)
        cuts = [self.layout.begin]
        for at in range(self.layout.begin + STRETCH, end, STRETCH):
            breaks = np.flatnonzero(data[at : at + (1 << 16)] == 10)
            if breaks.size and at + int(breaks[0]) + 1 < end:
                cuts.append(at + int(breaks[0]) + 1)
        return [_Task(a, z) for a, z in zip(cuts, [*cuts[1:], end], strict=True)]

    def same_row(self, first: tuple[Piece, int], second: tuple[Piece, int]) -> bool:
        """Whether two rows are the same text."""
        (a, i), (b, k) = first, second
        texts = [cells.data[cells.start[row] : cells.stop[row]].tobytes() for cells, row in ((a.lead, i), (b.lead, k))]
        return texts[0].rstrip(b"\r") == texts[1].rstrip(b"\r")

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


def _piece(data: np.ndarray, stretch: Stretch, wanted: list[int]) -> Piece:
    columns = {column: Cells(data, stretch.start[i], stretch.stop[i]) for i, column in enumerate(wanted)}
    escaped = {column: stretch.escaped[i] for i, column in enumerate(wanted) if stretch.escaped[i].any()}
    lead = Cells(data, stretch.span_start, stretch.span_stop)
    return Piece(columns, escaped, lead, stretch.hash, stretch.fault, stretch.line.astype(np.int64))
