"""What the log of a lake speaks of: files, changes, sums, and what a version says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class StoredFile:
    """A Parquet file of a version. ``minimum``, ``maximum`` and ``nulls`` hold the number columns only."""

    table: str
    path: str
    bucket: int
    size: int
    rows: int
    minimum: Mapping[str, int] = field(default_factory=dict, compare=False)
    maximum: Mapping[str, int] = field(default_factory=dict, compare=False)
    nulls: Mapping[str, int] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """Path relative to the lake's folder."""
        return f"{self.table}/{self.path}"

    def all_null(self, column: str) -> bool:
        return self.nulls.get(column) == self.rows

    def constant(self, column: str) -> int | None:
        """The value every row has, when the statistics say that there is one."""
        low = self.minimum.get(column)
        return low if low is not None and low == self.maximum.get(column) and self.nulls.get(column) == 0 else None

    def __hash__(self) -> int:
        return hash((self.table, self.path))


@dataclass(frozen=True)
class Entry:
    """A file as its store lists it: ``name`` relative to the lake, bytes, seconds since it was written."""

    name: str
    size: int
    age: float


@dataclass(frozen=True)
class Change:
    """Files that leave a table and files that enter it."""

    added: tuple[StoredFile, ...] = ()
    removed: tuple[StoredFile, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True)
class Totals:
    """What all rows of a version add up to; ``amount`` and ``profit`` in minor units, null profit as nothing."""

    orders: int = 0
    amount: int = 0
    profit: int = 0
    lines: int = 0
    line_amount: int = 0

    def __add__(self, other: Totals) -> Totals:
        return Totals(*(a + b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))

    def __sub__(self, other: Totals) -> Totals:
        return Totals(*(a - b for a, b in zip(asdict(self).values(), asdict(other).values(), strict=True)))


NOTHING = Totals()


@dataclass(frozen=True)
class Record:
    """What a lake version says about itself, kept in the metadata of its ``orders`` commit."""

    version: int
    kind: str
    at: str
    tables: Mapping[str, int]
    buckets: int
    currency: str | None
    timezone: str
    customers: int = 0
    next_order: int = 0
    totals: Totals = NOTHING
    report: Mapping[str, Any] = field(default_factory=dict)
    writer: str = ""
    """Random text of the commit. A store can take a commit and lose the answer; then this tells whose it is."""

    @property
    def time(self) -> datetime:
        return datetime.fromisoformat(self.at)
