"""All rows of one sheet: values by field, and the way back to the cells they came from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from regulars.ingest.cells import Cells, joined, rewritten, strings
from regulars.ingest.columns import Dates, Numbers, Texts, Words
from regulars.ingest.fields import FIELDS
from regulars.ingest.mapping import Mapping
from regulars.ingest.schema import Note
from regulars.ingest.sheets import Piece, Sheet


@dataclass(frozen=True)
class Rows:
    """Values of the mapped columns by field; fields without a column are absent from the dictionaries.

    ``texts_of`` are the text cells piece by piece; ``spellings`` tells how customer ids are spelled (see
    cells.spellings); ``floats`` are the id fields whose column holds numbers such as 13085.0; ``missing`` are words
    that stand for nothing.
    """

    sheet: Sheet
    mapping: Mapping
    columns: dict[str, int]
    pieces: list[Piece]
    numbers: dict[str, Numbers]
    dates: dict[str, Dates]
    words: dict[str, Words]
    texts_of: list[dict[str, Texts]]
    spellings: int
    floats: frozenset[str]
    missing: tuple[str, ...]
    notes: tuple[Note, ...]
    _joined: dict[str, Cells] = field(default_factory=dict, repr=False)

    @cached_property
    def first(self) -> np.ndarray:
        """Number of the first row of every piece, and the count of rows."""
        return np.cumsum([0] + [piece.rows for piece in self.pieces])

    def __len__(self) -> int:
        return int(self.first[-1])

    @cached_property
    def fault(self) -> np.ndarray:
        return np.concatenate([piece.fault for piece in self.pieces])

    @cached_property
    def hash(self) -> np.ndarray:
        """A hash of every row over all its cells."""
        return self.sheet.row_hashes(self.pieces)

    def locate(self, row: int) -> tuple[Piece, int]:
        """(piece, row in it)."""
        i = int(np.searchsorted(self.first, row, side="right")) - 1
        return self.pieces[i], row - int(self.first[i])

    def line(self, row: int) -> int:
        piece, i = self.locate(row)
        return int(piece.line[i]) + piece.base

    def raw(self, field: str, row: int) -> str:
        """The cell as it stands in the file, but for surrounding blanks."""
        piece, i = self.locate(row)
        return self.sheet.cells_at(piece, np.array([i]), self.columns[field]).text(0)

    def row_cells(self, row: int) -> list[str]:
        """All cells of a row, as text."""
        piece, i = self.locate(row)
        return self.sheet.row_cells(piece, i)

    def by_piece(self, numbers: np.ndarray) -> Iterator[tuple[Piece, int, np.ndarray]]:
        """(piece, number of its first row, rows in it) for some rows in ascending order, piece by piece."""
        cuts = np.searchsorted(numbers, self.first)
        for i, piece in enumerate(self.pieces):
            if cuts[i] < cuts[i + 1]:
                begin = int(self.first[i])
                yield piece, begin, numbers[cuts[i] : cuts[i + 1]] - begin

    def texts(self, field: str, numbers: np.ndarray) -> list[str]:
        """The cells of some rows, in ascending order, as they stand in the file."""
        column = self.columns[field]
        return [
            text or ""
            for piece, _, here in self.by_piece(numbers)
            for text in strings(self.sheet.cells_at(piece, here, column), np.arange(here.size)).to_pylist()
        ]

    def holds(self, name: str) -> bool:
        """Whether the field has a column of texts."""
        return name in self.columns and FIELDS[name] in ("id", "text")

    def piece_cells(self, name: str, i: int) -> Cells:
        """The cells of a text field in piece i, as they are to be used: quotation marks undone, ids made whole."""
        kept = self.texts_of[i][name]
        cells = kept.cells
        if kept.escaped is not None or name in self.floats:
            flags = np.zeros(len(cells), np.uint8) if kept.escaped is None else kept.escaped
            cells = rewritten(cells, flags, name in self.floats)
        return _without(cells, self.missing) if self.missing else cells

    def cells(self, name: str) -> Cells | None:
        """The cells of a text field, None without a column."""
        if not self.holds(name):
            return None
        if name not in self._joined:
            self._joined[name] = joined([self.piece_cells(name, i) for i in range(len(self.pieces))])
        return self._joined[name]


def _without(cells: Cells, words: tuple[str, ...]) -> Cells:
    """The cells, empty where they hold one of the words."""
    candidates = np.flatnonzero(np.isin(cells.stop - cells.start, [len(word.encode()) for word in words]))
    gone = np.zeros(len(cells), bool)
    gone[[row for row in candidates.tolist() if cells.text(row) in words]] = True
    return cells.blanked(gone)
