"""Taking out what no kept version needs. A version stays whole or goes whole; the log entries of all of them stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.lake.commit import Log
from regulars.lake.records import Record
from regulars.lake.schema import MAIN_TABLE, TABLES
from regulars.lake.storage import Storage

GRACE_SECONDS = 24 * 3600.0
"""Files younger than this are never touched: a writer may be about to commit them."""


@dataclass(frozen=True)
class VacuumReport:
    """``kept`` are the versions that can still be read; ``files`` were deleted (or would be, in a dry run)."""

    kept: tuple[int, ...]
    files: tuple[str, ...]
    bytes: int


def vacuum(storage: Storage, log: Log, kept: Iterable[Record], grace: float, dry_run: bool) -> VacuumReport:
    """Delete the data files that none of ``kept`` needs and that are older than ``grace`` seconds."""
    records = sorted(kept, key=lambda record: record.version)
    needed = {
        file.name for table in TABLES for version in _versions(table, records) for file in log.files(table, version)
    }
    doomed = [
        name
        for table in TABLES
        for name in storage.list(table)
        if name.endswith(".parquet") and "/_delta_log" not in name and name not in needed and storage.age(name) >= grace
    ]
    size = sum(storage.size(name) for name in doomed)
    if not dry_run:
        for name in doomed:
            storage.remove(name)
    return VacuumReport(tuple(record.version for record in records), tuple(doomed), size)


def _versions(table: str, records: Iterable[Record]) -> set[int]:
    return {record.version if table == MAIN_TABLE else record.tables[table] for record in records}
