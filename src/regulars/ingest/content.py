"""What the values of a sample column look like."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from regulars.ingest import dates, money
from regulars.ingest.arena import Place
from regulars.ingest.cells import Cells
from regulars.ingest.columns import Dates, Numbers
from regulars.ingest.date_words import read_date
from regulars.ingest.money_words import read_decimal

SAMPLE_ROWS = 200


def is_date(text: str) -> bool:
    """Whether a cell can be a date in some order of day and month."""
    return any(read_date(text, order)[1] >= 0 for order in ("dmy", "mdy"))


def is_number(text: str) -> bool:
    return read_decimal(text)[0] is not None or read_decimal(text, decimal_comma=True)[0] is not None


@dataclass(frozen=True)
class Profile:
    """The filled cells of one column in the sample."""

    cells: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[Sequence[str]], column: int) -> Profile:
        return cls(tuple(row[column] for row in rows[:SAMPLE_ROWS] if column < len(row) and row[column]))

    @cached_property
    def dates(self) -> float:
        """Share of cells that are dates; the kernel reads most, the slow way the rest."""
        form = Dates.of(self._packed, "", self._place).form
        return self._share((form >= dates.DAY).tolist(), is_date)

    @cached_property
    def numbers(self) -> float:
        """Share of cells that are numbers."""
        state = Numbers.of(self._packed, ".", "", self._place).state
        return self._share((state == money.FINE).tolist(), is_number)

    @cached_property
    def _packed(self) -> Cells:
        raw = [cell.encode() for cell in self.cells]
        ends = np.cumsum([0] + [len(cell) for cell in raw]).astype(np.int64)
        return Cells(np.frombuffer(b"".join(raw) + bytes(8), np.uint8), ends[:-1], ends[1:])

    @property
    def _place(self) -> Place:
        return Place(None, 0, len(self.cells))

    def _share(self, sure: list[bool], test: Callable[[str], bool]) -> float:
        hits = sum(known or test(cell) for known, cell in zip(sure, self.cells, strict=True))
        return hits / len(self.cells) if self.cells else 0.0

    @property
    def serials(self) -> bool:
        """Whether the cells could be Excel serials or epochs: dates only if the name says so."""
        return all(cell.replace(".", "", 1).isdigit() and not self._compact_date(cell) for cell in self.cells)

    @staticmethod
    def _compact_date(cell: str) -> bool:
        return len(cell) in (8, 12, 14)

    @property
    def labels(self) -> bool:
        """Whether the cells look like ids although they are digits: with leading zeros, or long and of one length."""
        digits = [cell for cell in self.cells if cell.isdigit()]
        if len(digits) < len(self.cells):
            return self.numbers < 0.5
        sizes = {len(cell) for cell in digits}
        return any(cell[0] == "0" and len(cell) > 1 for cell in digits) or (
            len(sizes) == 1 and min(sizes, default=0) >= 5
        )

    @property
    def fractions(self) -> bool:
        """Whether there are decimals or currency signs."""
        return any(not cell.replace("-", "").isdigit() for cell in self.cells) and self.numbers > 0.9

    @property
    def distinct(self) -> int:
        return len(set(self.cells))

    @property
    def small_whole(self) -> bool:
        """Whether the cells look like quantities."""
        return bool(self.cells) and all(
            cell.lstrip("-").isdigit() and abs(int(cell)) < 10_000 for cell in self.cells if len(cell) < 9
        )

    def fits(self, shape: str) -> bool:
        """Whether the cells can be of a field of this shape; a column without a filled cell can be anything but is
        no evidence."""
        if shape == "date":
            return self.dates >= 0.5
        if shape == "number":
            return self.numbers >= 0.5
        return bool(self.cells)


def one_to_one(first: Profile, second: Profile) -> bool:
    """Whether two columns say the same in different words."""
    if len(first.cells) != len(second.cells):
        return False
    pairs = len(set(zip(first.cells, second.cells, strict=True)))
    return pairs == first.distinct == second.distinct
