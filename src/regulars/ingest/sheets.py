"""A sheet: named columns and rows of text cells, whatever file they come from, handed out piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from regulars.ingest.arena import Place
from regulars.ingest.cells import Cells
from regulars.ingest.schema import Note

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

WHOLE, BLANK, TOO_MANY = 0, 1, 2
"""Faults of a row, as in tokens: none, nothing in it, cells with content beyond the last column."""


@dataclass(frozen=True)
class Piece:
    """Some rows of a sheet, as they lie in the file. ``lead`` is what a row begins with (the row itself, or its first
    cell), ``line`` counts lines from ``base``, the number of the line where the piece begins."""

    lead: Cells
    fault: np.ndarray
    line: np.ndarray
    base: int

    @property
    def rows(self) -> int:
        return int(self.fault.size)

    def lines(self, rows: np.ndarray) -> np.ndarray:
        """Line numbers of some rows of the piece."""
        return self.line[rows].astype(np.int64) + self.base


@dataclass(frozen=True)
class Loose:
    """The cells of the wanted columns of a piece, by position in the header, and which of them hold doubled quotation
    marks. They lie in memory that the next piece takes over: whoever wants to keep them copies them."""

    columns: dict[int, Cells]
    escaped: dict[int, np.ndarray]
    place: Place


class Sheet(Protocol):
    """What the readers offer.

    ``rows`` are the first rows as text; ``junk`` counts rows above the header; ``header_cells`` are the names as they
    stand in the file, None where there is no header.
    """

    file: str
    names: tuple[str, ...]
    header_cells: tuple[str, ...] | None
    junk: int
    rows: Sequence[Sequence[str]]
    notes: tuple[Note, ...]

    def read(
        self, wanted: list[int], parse: Callable[[Loose], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        """Every piece in order, with what ``parse`` makes of it in a worker thread."""
        ...

    def cells_at(self, piece: Piece, rows: np.ndarray, column: int) -> Cells:
        """The cells of one column in some rows of a piece, as they stand in the file."""
        ...

    def row_hashes(self, pieces: list[Piece]) -> np.ndarray:
        """One word per row over all its cells."""
        ...

    def same_rows(self, pieces: list[Piece], first: np.ndarray, second: np.ndarray) -> np.ndarray:
        """Whether pairs of rows (numbers of ``first`` and ``second``) are the same in every column."""
        ...

    def row_cells(self, piece: Piece, row: int) -> list[str]:
        """All cells of a row, as text."""
        ...
