"""Taking out what no kept version needs. A version stays whole or goes whole; the log entries of all of them stay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from regulars.lake.commit import Log
from regulars.lake.loading import Progress
from regulars.lake.probe import PREFIX
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


def vacuum(
    storage: Storage,
    log: Log,
    kept: Iterable[Record],
    grace: float,
    dry_run: bool,
    progress: Progress | None = None,
) -> VacuumReport:
    """Delete the data files that none of ``kept`` needs and that are older than ``grace`` seconds."""
    records = sorted(kept, key=lambda record: record.version)
    needed = {
        file.name for table in TABLES for version in _versions(table, records) for file in log.files(table, version)
    }
    doomed = [
        entry
        for table in TABLES
        for entry in storage.entries(table)
        if entry.name.endswith(".parquet") and "/_delta_log" not in entry.name
        if entry.name not in needed and entry.age >= grace
    ]
    doomed += [entry for entry in storage.entries("") if entry.name.startswith(PREFIX) and entry.age >= grace]
    for done, entry in enumerate(doomed if not dry_run else (), 1):
        storage.remove(entry.name)
        if progress is not None:
            progress("vacuum", done, len(doomed))
    names = tuple(entry.name for entry in doomed)
    return VacuumReport(tuple(record.version for record in records), names, sum(entry.size for entry in doomed))


def _versions(table: str, records: Iterable[Record]) -> set[int]:
    return {record.version if table == MAIN_TABLE else record.tables[table] for record in records}
