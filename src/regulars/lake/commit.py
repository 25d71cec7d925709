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
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction

from regulars.errors import LakeError
from regulars.lake import faults
from regulars.lake.records import Change, Record, StoredFile, Totals
from regulars.lake.schema import FORMAT, MAIN_TABLE, OLDEST_FORMAT, SIDE_TABLES, TABLES
from regulars.lake.storage import Storage

ATTEMPTS = 60
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
    _opened: threading.local = field(default_factory=threading.local, repr=False, compare=False)
    """Tables as this thread last saw them: brought up to date, a log is not read from its beginning again."""

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
                    storage_options=self.storage.delta_options,
                    raise_if_key_not_exists=False,
                    commit_properties=_properties(record),
                )
            except DeltaError as error:
                if name == MAIN_TABLE and self.storage.exists(f"{name}/_delta_log"):
                    raise faults.lake_exists(self.storage.root) from error
                raise faults.cannot_write(self.storage.path(name), faults.plain(error)) from error
            except OSError as error:
                raise faults.cannot_write(self.storage.path(name), faults.plain(error)) from error
            self._settle(name, 0)

    def format(self) -> int:
        """The format of the lake that lies here: one that this version reads. LakeError for none, or a newer one."""
        root = self.storage.root
        if not self.storage.exists(f"{MAIN_TABLE}/_delta_log"):
            raise faults.not_a_lake(root)
        try:
            table = DeltaTable(self.storage.path(MAIN_TABLE), storage_options=self.storage.delta_options)
        except TableNotFoundError as error:
            raise faults.not_a_lake(root) from error
        except (DeltaError, OSError) as error:
            raise self._unreadable(MAIN_TABLE, error) from error
        found = table.metadata().configuration.get(FORMAT_KEY)
        if found is None:
            raise faults.not_a_lake(root)
        if not found.isdecimal() or not OLDEST_FORMAT <= int(found) <= FORMAT:
            raise faults.newer_format(root, found, FORMAT)
        return int(found)

    def migrate(self, base: Record, record: Record) -> Record:
        """Make a version that changes nothing but the lake's format. Conflict when another writer was faster."""
        table = self._open(MAIN_TABLE, base.version)
        record = replace(record, version=base.version + 1, writer=_token())
        try:
            table.alter.set_table_properties(
                {FORMAT_KEY: str(FORMAT)}, raise_if_not_exists=False, commit_properties=_properties(record)
            )
        except CommitFailedError as error:
            raise Conflict from error
        except (DeltaError, OSError) as error:
            raise faults.cannot_write(table.table_uri, faults.plain(error)) from error
        self._settle(MAIN_TABLE, record.version)
        return record

    def latest(self) -> Record:
        self._drop_torn_commit()
        return self.record(self._open(MAIN_TABLE).version())

    def record(self, version: int) -> Record:
        """What version ``version`` says about itself.

        Read from the commit's own file: ``DeltaTable.history`` of an earlier version numbers its entries wrongly.
        """
        name = _log_file(MAIN_TABLE, version)
        for line in self._log_entry(name, version).splitlines():
            try:
                info = json.loads(line).get("commitInfo")
                if info is not None and RECORD_KEY in info:
                    fields = json.loads(info[RECORD_KEY])
                    return Record(**{**fields, "version": version, "totals": Totals(**fields["totals"])})
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                raise faults.damaged(self.storage.path(name), "unreadable commit") from error
        raise faults.damaged(self.storage.path(name), "a commit that Regulars did not make")

    def _log_entry(self, name: str, version: int) -> bytes:
        try:
            if version >= 0:
                return self.storage.read(name)
        except LakeError as error:
            if error.code != "lake_file_missing":
                raise
        raise faults.unknown_version(version, self._open(MAIN_TABLE).version())

    def files(self, table: str, version: int) -> tuple[StoredFile, ...]:
        """All files of a table's version, older first within a bucket."""
        return _stored_files(table, self._open(table, version))

    def commit(self, base: Record, changes: Mapping[str, Change], record: Record) -> Record:
        """Make the version after ``base``: side tables first, ``orders`` last. Conflict when another was faster."""
        self._settle_files(changes)
        tables = dict(base.tables)
        for name in SIDE_TABLES:
            if changes.get(name):
                tables[name] = self._set_side_table(name, tables[name], changes[name], record)
        record = replace(record, version=base.version + 1, tables=tables, writer=_token())
        accepted = self._append(self._open(MAIN_TABLE, base.version), changes.get(MAIN_TABLE, Change()), record)
        if not accepted and not self._is_mine(record):
            raise Conflict
        self._settle(MAIN_TABLE, record.version)
        return record

    def _is_mine(self, record: Record) -> bool:
        """Whether a refused version is this writer's all the same: a store can take a commit and lose the answer."""
        try:
            return self.storage.remote and self.record(record.version).writer == record.writer
        except LakeError:
            return False

    def _set_side_table(self, name: str, base: int, change: Change, record: Record) -> int:
        """Commit ``base`` + ``change`` as the newest version of a side table, over whatever others left there."""
        for _ in range(ATTEMPTS):
            table = self._open(name)
            step = change if table.version() == base else self._difference(name, base, change, table)
            if self._append(table, step, record):
                made = int(table.version()) + 1
                self._settle(name, made)
                return made
        raise Conflict

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
            raise faults.cannot_write(table.table_uri, faults.plain(error)) from error
        return True

    def _open(self, table: str, version: int | None = None) -> DeltaTable:
        try:
            known = self._opened.__dict__.get(table)
            if known is not None and (version is None or version > known.version()):
                known.update_incremental()
            if known is None or version not in (None, known.version()):
                options = self.storage.delta_options
                known = DeltaTable(self.storage.path(table), version=version, storage_options=options)
            if version is None or table not in self._opened.__dict__:
                self._opened.__dict__[table] = known
            return known
        except (DeltaError, OSError) as error:
            raise self._unreadable(table, error) from error

    def _unreadable(self, table: str, error: Exception) -> LakeError:
        """A store that cannot be reached is not a damaged lake."""
        fault = faults.cannot_read if self.storage.remote and isinstance(error, OSError) else faults.damaged
        return fault(self.storage.path(table), faults.plain(error))

    def _settle(self, table: str, version: int) -> None:
        self.storage.settle(_log_file(table, version), f"{table}/_delta_log")

    def _settle_files(self, changes: Mapping[str, Change]) -> None:
        """Make new files and their names survive a power cut before a commit relies on them."""
        files = [file for change in changes.values() for file in change.added]
        self.storage.settle(*(file.name for file in files))
        self.storage.settle(*sorted({name for file in files for name in (file.name.rpartition("/")[0], file.table)}))

    def _drop_torn_commit(self) -> None:
        """Remove a last commit that a power cut left empty: nobody was ever told that it had been made."""
        if self.storage.remote:
            return
        entries = self.storage.entries(f"{MAIN_TABLE}/_delta_log")
        last = max(entries, key=lambda entry: _commit_number(entry.name), default=None)
        if last is not None and last.size == 0 and _commit_number(last.name) > 0:
            self.storage.remove(last.name)


def _token() -> str:
    return os.urandom(8).hex()


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
