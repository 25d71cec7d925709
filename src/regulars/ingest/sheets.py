"""A sheet: named columns and rows of text cells, whatever file they come from, handed out piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from regulars.ingest.cells import Cells
from regulars.ingest.schema import Note

T = TypeVar("T")
Progress = Callable[[str, int, int], None]

WHOLE, BLANK, TOO_MANY = 0, 1, 2
"""Faults of a row, as in tokens: none, nothing in it, cells with content beyond the last column."""


@dataclass(frozen=True)
class Piece:
    """Some rows of a sheet. ``columns`` holds the cells of the wanted columns by position in the header; ``escaped`` the
    cells with doubled quotation marks; ``lead`` what a row begins with (the row itself, or its first cell); ``hash`` one
    word per row over all its cells; ``line`` where a row begins."""

    columns: dict[int, Cells]
    escaped: dict[int, np.ndarray]
    lead: Cells
    hash: np.ndarray
    fault: np.ndarray
    line: np.ndarray

    @property
    def rows(self) -> int:
        return int(self.fault.size)


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
        self, wanted: list[int], parse: Callable[[Piece], T], pool: ThreadPoolExecutor, progress: Progress | None
    ) -> list[tuple[Piece, T]]:
        """Every piece in order, with what ``parse`` makes of it in a worker thread."""
        ...

    def same_row(self, first: tuple[Piece, int], second: tuple[Piece, int]) -> bool:
        """Whether two rows (piece, row in it) are the same in every column."""
        ...

    def row_cells(self, piece: Piece, row: int) -> list[str]:
        """All cells of a row, as text."""
        ...
