"""Rows of a table that is not orders: values by field, and the rows that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext, gettext_noop

from regulars.config.options import options as installation
from regulars.crm.insights.imports import examining, files
from regulars.crm.insights.models import ImportBatch
from regulars.ingest.dates import DateOrder
from regulars.ingest.looking import Grid, grids, understood
from regulars.report.cells import csv_record, original

CHUNK = 200
SHOWN = 200
TOO_WIDE = gettext_noop("The row has more cells than the header.")
COUNTERS = ("rows", "used_rows", "rejected_rows", "dropped_rows", "skipped_rows")


class Refused(Exception):
    """A row that cannot be used: the field at fault and why (an English message id with placeholders)."""

    def __init__(self, field: str, why: str, **context: Any) -> None:
        self.field, self.why, self.context = field, why, context
        super().__init__(why)

    @property
    def message(self) -> str:
        return gettext(self.why).format(**self.context)


@dataclass(frozen=True)
class Row:
    """One row: ``values`` by field, as text, unguarded (a leading ' of a safe CSV is taken off)."""

    file: str
    line: int
    values: dict[str, str]

    def day(self, name: str, order: DateOrder | None) -> date | None:
        moment = self.moment(name, order)
        return moment.date() if moment is not None else None

    def moment(self, name: str, order: DateOrder | None) -> datetime | None:
        """The value as a moment in the business time zone; Refused when it is none."""
        text = self.values.get(name, "")
        if not text.strip():
            return None
        plain = understood("ordered_at", text, order)
        if plain is None:
            raise Refused(name, gettext_noop("This is not a date that can be read."))
        moment = datetime.fromisoformat(plain)
        if len(plain) == 10:
            moment = moment.replace(hour=12)
        return moment.replace(tzinfo=ZoneInfo(installation().timezone))


@dataclass
class Tally:
    """What became of the rows, and what changed: numbers for the page, the first changes as a list."""

    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    numbers: dict[str, int] = field(default_factory=dict)
    changes: list[dict[str, Any]] = field(default_factory=list)
    done: int = 0
    rejects_at: int = 0  # bytes of the rejects file that belong to the rows done

    @classmethod
    def of(cls, kept: dict[str, Any]) -> Tally:
        return cls(**kept)

    def to_json(self) -> dict[str, Any]:
        return {
            "counters": self.counters, "numbers": self.numbers, "changes": self.changes, "done": self.done,
            "rejects_at": self.rejects_at,
        }  # fmt: skip

    def count(self, name: str, by: int = 1) -> None:
        self.numbers[name] = self.numbers.get(name, 0) + by

    def show(self, change: dict[str, Any]) -> None:
        if len(self.changes) < SHOWN:
            self.changes.append(change)


class Rejects:
    """The file of rejected rows, written as they come. ``at``: how much of it an earlier life of the
    job had finished.
    """

    def __init__(self, batch: ImportBatch, *, at: int) -> None:
        self.path: Path = files.folder(batch.public_id) / "rejects.csv"
        self._file = self.path.open("r+b" if at and self.path.exists() else "wb")
        self._file.truncate(at)
        self._file.seek(at)
        if not at:
            self._write("\ufeff" + csv_record(["file", "line", "column", "value", "reason"]))

    def _write(self, text: str) -> None:
        self._file.write(text.encode("utf-8", "replace"))

    def add(self, row: Row, column: str, refused: Refused) -> None:
        value = row.values.get(refused.field, "")[:200]
        self._write(csv_record([row.file, row.line, column, value, refused.message]))

    def flush(self) -> int:
        self._file.flush()
        return self._file.tell()

    def close(self) -> None:
        self._file.close()


@contextmanager
def opened(batch: ImportBatch) -> Iterator[list[Grid]]:
    with grids(examining.paths_of(batch), examining.reading_options(batch, mapping={})) as found:
        yield found


def chunks(batch: ImportBatch, found: list[Grid], tally: Tally) -> Iterator[list[tuple[Row, bool]]]:
    """(row, too wide) in chunks, those before ``tally.done`` left out. A sheet without the columns is skipped whole."""
    passed = 0
    for grid in found:
        places = {f: grid.names.index(c) for f, c in batch.mapping.items() if c in grid.names}
        usable = bool(places)
        for chunk in grid.rows(CHUNK):
            passed += len(chunk)
            if passed <= tally.done:
                continue
            if not usable:
                tally.counters["rows"] += len(chunk)
                tally.counters["skipped_rows"] += len(chunk)
                tally.done = passed
                continue
            yield [
                (Row(grid.file, line, {f: original(cells[p]).strip() for f, p in places.items()}), wide)
                for line, wide, cells in chunk
            ]


def total(found: list[Grid]) -> int:
    return sum(grid.table.num_rows for grid in found)


def blank(found: list[Grid]) -> int:
    return sum(grid.blank for grid in found)
