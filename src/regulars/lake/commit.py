"""The log of a lake: which files make up a version, and how the next version comes to be in one atomic step.

Delta has no transaction over several tables. So the side tables are committed first, and the commit of ``orders`` comes
last and names their versions: it alone makes a lake version, numbered like the ``orders`` version. What a writer leaves
in a side table without reaching that last commit is in no lake version. It is not built upon either: the next writer
commits the side table as *the version the lake names plus its own change*, whatever lies between.

Two writers never merge. A commit is taken at exactly the version after the one it was computed from, or not at all
(``Conflict``), because customer keys, codes and the upsert were all computed from that version.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from regulars.lake import faults
from regulars.lake.records import Change, Record, StoredFile, Totals
from regulars.lake.schema import FORMAT, MAIN_TABLE, SIDE_TABLES, TABLES
from regulars.lake.storage import Storage

FORMAT_KEY = "regulars.format"
RECORD_KEY = "regulars"
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


class Conflict(Exception):
    """Another writer committed first: read again and compute again. Never leaves the package."""


def _properties(record: Record) -> CommitProperties:
    # A retry inside deltalake would commit what was computed from another version.
    return CommitProperties(custom_metadata={RECORD_KEY: json.dumps(asdict(record))}, max_commit_retries=0)


@dataclass(frozen=True)
class Log:
    """The Delta logs of a lake's tables."""

    storage: Storage

    def create(self, record: Record) -> None:
        """Make the tables. The lake exists once ``orders`` does, which comes last, so a killed create can be repeated.

        Log entries are never cleaned up: every version stays readable as long as vacuum leaves its files.
        """
        settings = {"delta.enableExpiredLogCleanup": "false", FORMAT_KEY: str(FORMAT)}
        for name in (*SIDE_TABLES, MAIN_TABLE):
            spec = TABLES[name]
            try:
                DeltaTable.create(
                    self.storage.path(name),
                    spec.delta_schema,
                    mode="error" if name == MAIN_TABLE else "ignore",
                    partition_by=["bucket"] if spec.partitioned else None,
                    configuration=settings,
                    raise_if_key_not_exists=False,
                    commit_properties=_properties(record),
                )
            except DeltaError as error:
                if name == MAIN_TABLE and self.storage.exists(f"{name}/_delta_log"):
                    raise faults.lake_exists(self.storage.root) from error
                raise faults.cannot_write(self.storage.path(name), str(error)) from error
            except OSError as error:
                raise faults.cannot_write(self.storage.path(name), str(error)) from error
            self._settle(name, 0)

    def check_format(self) -> None:
        """LakeError unless the folder holds a lake of this format."""
        root = self.storage.root
        if not self.storage.exists(f"{MAIN_TABLE}/_delta_log"):
            raise faults.not_a_lake(root)
        try:
            found = DeltaTable(self.storage.path(MAIN_TABLE)).metadata().configuration.get(FORMAT_KEY)
        except TableNotFoundError as error:
            raise faults.not_a_lake(root) from error
        except (DeltaError, OSError) as error:
            raise faults.damaged(self.storage.path(MAIN_TABLE), str(error)) from error
        if found is None:
            raise faults.not_a_lake(root)
        if found != str(FORMAT):
            raise faults.other_format(root, found, FORMAT)

    def latest(self) -> Record:
        self._drop_torn_commit()
        return self.record(self._open(MAIN_TABLE).version())

    def record(self, version: int) -> Record:
        """What version ``version`` says about itself.

        Read from the commit's own file: ``DeltaTable.history`` of an earlier version numbers its entries wrongly.
        """
        name = _log_file(MAIN_TABLE, version)
        if version < 0 or not self.storage.exists(name):
            raise faults.unknown_version(version, self._open(MAIN_TABLE).version())
        for line in self.storage.read(name).splitlines():
            try:
                info = json.loads(line).get("commitInfo")
                if info is not None and RECORD_KEY in info:
                    fields = json.loads(info[RECORD_KEY])
                    return Record(**{**fields, "version": version, "totals": Totals(**fields["totals"])})
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise faults.damaged(self.storage.path(name), "unreadable commit") from error
        raise faults.damaged(self.storage.path(name), "a commit that Regulars did not make")

    def files(self, table: str, version: int) -> tuple[StoredFile, ...]:
        """All files of a table's version, older first within a bucket."""
        return _stored_files(table, self._open(table, version))

    def commit(self, base: Record, changes: Mapping[str, Change], record: Record) -> Record:
        """Make the version after ``base``: side tables first, ``orders`` last. Conflict when another was faster."""
        self._settle_folders(changes)
        tables = dict(base.tables)
        for name in SIDE_TABLES:
            if changes.get(name):
                tables[name] = self._set_side_table(name, tables[name], changes[name], record)
        record = replace(record, version=base.version + 1, tables=tables)
        if not self._append(self._open(MAIN_TABLE, base.version), changes.get(MAIN_TABLE, Change()), record):
            raise Conflict
        self._settle(MAIN_TABLE, record.version)
        return record

    def _set_side_table(self, name: str, base: int, change: Change, record: Record) -> int:
        """Commit ``base`` + ``change`` as the newest version of a side table, over whatever others left there."""
        while True:
            table = self._open(name)
            step = change if table.version() == base else self._difference(name, base, change, table)
            if self._append(table, step, record):
                made = int(table.version()) + 1
                self._settle(name, made)
                return made

    def _difference(self, name: str, base: int, change: Change, table: DeltaTable) -> Change:
        wanted = (set(self.files(name, base)) - set(change.removed)) | set(change.added)
        present = set(_stored_files(name, table))
        return Change(tuple(wanted - present), tuple(present - wanted))

    def _append(self, table: DeltaTable, change: Change, record: Record) -> bool:
        """One Delta commit right after ``table``'s version; False when that version is taken."""
        now = int(time.time() * 1000)
        try:
            table.create_write_transaction(
                [*_add_actions(change.added, now), *_remove_actions(change.removed, now)],
                "append",
                table.schema(),
                table.metadata().partition_columns,
                commit_properties=_properties(record),
            )
        except CommitFailedError:
            return False
        except (DeltaError, OSError) as error:
            raise faults.cannot_write(table.table_uri, str(error)) from error
        return True

    def _open(self, table: str, version: int | None = None) -> DeltaTable:
        try:
            return DeltaTable(self.storage.path(table), version=version)
        except (DeltaError, OSError) as error:
            raise faults.damaged(self.storage.path(table), str(error)) from error

    def _settle(self, table: str, version: int) -> None:
        self.storage.settle(_log_file(table, version), f"{table}/_delta_log")

    def _settle_folders(self, changes: Mapping[str, Change]) -> None:
        """Make the names of new files survive a power cut before a commit relies on them."""
        files = [file for change in changes.values() for file in change.added]
        self.storage.settle(*sorted({name for file in files for name in (file.name.rpartition("/")[0], file.table)}))

    def _drop_torn_commit(self) -> None:
        """Remove a last commit that a power cut left empty: nobody was ever told that it had been made."""
        last = max(self.storage.list(f"{MAIN_TABLE}/_delta_log"), key=_commit_number, default="")
        if _commit_number(last) > 0 and self.storage.size(last) == 0:
            self.storage.remove(last)


def _log_file(table: str, version: int) -> str:
    return f"{table}/_delta_log/{version:020}.json"


def _commit_number(name: str) -> int:
    stem, _, kind = name.rpartition("/")[2].partition(".")
    return int(stem) if kind == "json" and stem.isdigit() else -1


def _stored_files(table: str, opened: DeltaTable) -> tuple[StoredFile, ...]:
    actions = pa.table(opened.get_add_actions(flatten=True)).to_pylist()
    return tuple(sorted((_stored_file(table, row) for row in actions), key=lambda file: (file.bucket, file.path)))


def _stored_file(table: str, row: dict[str, Any]) -> StoredFile:
    def part(prefix: str) -> dict[str, int]:
        return {key[len(prefix) :]: value for key, value in row.items() if key.startswith(prefix) and value is not None}

    return StoredFile(
        table=table,
        path=row["path"],
        bucket=row.get("partition.bucket") or 0,
        size=row["size_bytes"],
        rows=row["num_records"],
        minimum=part("min."),
        maximum=part("max."),
        nulls=part("null_count."),
    )


def _partition(file: StoredFile) -> dict[str, str | None]:
    return {"bucket": str(file.bucket)} if TABLES[file.table].partitioned else {}


def _add_actions(files: Iterable[StoredFile], now: int) -> list[AddAction]:
    return [
        AddAction(
            path=file.path,
            size=file.size,
            partition_values=_partition(file),
            modification_time=now,
            data_change=True,
            stats=json.dumps(
                {
                    "numRecords": file.rows,
                    "minValues": dict(file.minimum),
                    "maxValues": dict(file.maximum),
                    "nullCount": dict(file.nulls),
                }
            ),
        )
        for file in files
    ]


def _remove_actions(files: Iterable[StoredFile], now: int) -> list[RemoveAction]:
    return [
        RemoveAction(
            path=file.path,
            data_change=True,
            deletion_timestamp=now,
            size=file.size,
            partition_values=_partition(file),
        )
        for file in files
    ]
