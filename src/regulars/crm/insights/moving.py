"""Moving an installation from SQLite to PostgreSQL: everything or nothing, with the rows of every table counted.

The copy is one transaction on PostgreSQL. Until it ends SQLite is locked against writing, so that nothing is written
that would stay behind; once it has ended SQLite refuses every write for good (``HAS_MOVED``), and the settings file of
the data folder names PostgreSQL for the next start. Lake, uploads and secrets stay where they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections, models, transaction

from regulars.config.database import database
from regulars.config.options import options
from regulars.crm.insights import metrics
from regulars.errors import RegularsError

TARGET = "moving"
CHUNK = 5_000
HAS_MOVED = "this installation has moved to PostgreSQL: start it again"
TRIGGER = "moved_away"
# Filled by Django itself on the new side, or of no worth there.
REMADE = ("django_migrations", "django_content_type", "auth_permission")
FIRST = ("accounts_role",)  # filled when the tables are made, then emptied for what comes from the old side
SETTINGS_FILE = "regulars.env"

Progress = Callable[[str, int, int], None]


class MovingError(RegularsError):
    """An installation that cannot be moved, or not there."""


@dataclass(frozen=True)
class Moved:
    """One table and its rows, counted on both sides."""

    table: str
    rows: int


def move(address: str, progress: Progress | None = None) -> list[Moved]:
    """Copy everything to the empty database at ``address``; gives the tables with their counted rows.

    Raises MovingError when this installation is not on SQLite, when the new database cannot be reached or is not
    empty, and when a count differs; then nothing has changed on either side but empty tables on the new one.
    """
    source = connections[DEFAULT_DB_ALIAS]
    if source.vendor != "sqlite":
        raise MovingError(
            "moving_source",
            "This installation is on PostgreSQL already.",
            "Leave DATABASE_URL out to move from SQLite.",
        )
    with _target(address) as target:
        _make_tables(target)
        with transaction.atomic(using=DEFAULT_DB_ALIAS):  # takes SQLite's write lock at once
            _refuse_if_moved(source)
            moved = _copy_everything(target, progress)
            _close_behind(source)
            _remember(address)  # before the lock is let go: a start in between must find PostgreSQL
    return moved


@contextmanager
def _target(address: str) -> Iterator[Any]:
    given = database(address, options().data)
    if not address or given["ENGINE"].endswith("sqlite3"):
        raise MovingError(
            "moving_target", "There is no PostgreSQL database to move to.", "Give postgresql://user:password@host/name."
        )
    connections.databases[TARGET] = connections.configure_settings({TARGET: given, DEFAULT_DB_ALIAS: {}})[TARGET]
    target = connections[TARGET]
    try:
        _reach(target)
        yield target
    finally:
        target.close()
        del connections[TARGET], connections.databases[TARGET]


def _reach(target: Any) -> None:
    try:
        target.ensure_connection()
    except OperationalError as error:
        raise MovingError(
            "moving_unreachable",
            "The database cannot be reached: {reason}",
            "Check address, user and password, and that the database exists.",
            reason=str(error).strip(),
        ) from error


def _make_tables(target: Any) -> None:
    made = (*REMADE, *FIRST)  # by an earlier attempt that broke off
    found = [name for name in target.introspection.table_names() if name not in made and _count(target, name)]
    if found:
        raise MovingError(
            "moving_not_empty",
            "The new database is not empty: {table} has rows.",
            "Give an empty database: make a new one, or drop and make this one again.",
            table=found[0],
        )
    call_command("migrate", database=TARGET, interactive=False, verbosity=0)
    call_command("createcachetable", database=TARGET, verbosity=0)


def _refuse_if_moved(source: Any) -> None:
    with source.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s", [f"{TRIGGER}%"])
        if cursor.fetchone()[0]:
            raise MovingError(
                "moving_done", "This installation has moved to PostgreSQL already.", "Start it with its DATABASE_URL."
            )


def _copy_everything(target: Any, progress: Progress | None) -> list[Moved]:
    kept = [metrics.model(run) for run in metrics.kept()]
    managed = [m for m in apps.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    wanted = [m for m in managed if m._meta.db_table not in REMADE]
    moved = []
    with transaction.atomic(using=TARGET):
        for model in kept:
            with target.schema_editor() as editor:
                editor.create_model(model)
        with target.cursor() as cursor:
            # What a migration put in comes from the old side, too.
            cursor.execute(
                "TRUNCATE " + ", ".join(target.ops.quote_name(m._meta.db_table) for m in wanted) + " CASCADE"
            )
        for number, model in enumerate((*wanted, *kept)):
            _copy(model, target)
            moved.append(_counted(model._meta.db_table, target))
            if progress is not None:
                progress("moving", number + 1, len(wanted) + len(kept))
        _copy_indexes(kept, target)
        with target.cursor() as cursor:
            for statement in target.ops.sequence_reset_sql(no_style(), wanted):
                cursor.execute(statement)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a reference into nothing fails here, not later
    with target.cursor() as cursor:
        cursor.execute("ANALYZE")
    return moved


def _copy(model: type[models.Model], target: Any) -> None:
    fields = model._meta.concrete_fields
    names = ", ".join(target.ops.quote_name(field.column) for field in fields)
    rows = model._base_manager.using(DEFAULT_DB_ALIAS).order_by().values_list(*(field.attname for field in fields))
    into = f"COPY {target.ops.quote_name(model._meta.db_table)} ({names}) FROM STDIN"
    with target.cursor() as cursor, cursor.copy(into) as copy:
        for row in rows.iterator(chunk_size=CHUNK):
            copy.write_row([_prepared(field, value, target) for field, value in zip(fields, row, strict=True)])


def _prepared(field: Any, value: Any, target: Any) -> Any:
    if isinstance(field, models.FileField):
        return str(value)
    made = field.get_db_prep_save(value, connection=target)
    return made.replace("\0", "") if isinstance(made, str) else made  # PostgreSQL holds no NUL in texts


def _count(connection: Any, table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - quoted
        return int(cursor.fetchone()[0])


def _counted(table: str, target: Any) -> Moved:
    before, after = _count(connections[DEFAULT_DB_ALIAS], table), _count(target, table)
    if before != after:
        raise MovingError(
            "moving_count",
            "{table} has {before} rows here and {after} there; nothing was moved.",
            "Run regulars migrate-db again; if it happens again, tell us.",
            table=table,
            before=before,
            after=after,
        )
    return Moved(table, after)


def _copy_indexes(kept: list[type[models.Model]], target: Any) -> None:
    """Indexes of the tables of runs, as they are; both databases read the same statement."""
    source = connections[DEFAULT_DB_ALIAS]
    for model in kept:
        with source.cursor() as cursor:
            cursor.execute(
                "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
                [model._meta.db_table],
            )
            statements = [sql for (sql,) in cursor.fetchall()]
        with target.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _close_behind(source: Any) -> None:
    """From the end of this transaction on SQLite takes no row any more, from whatever process still has it open."""
    with source.cursor() as cursor:
        for table in (t for t in source.introspection.table_names(cursor) if not t.startswith("sqlite_")):
            for what in ("INSERT", "UPDATE", "DELETE"):
                name = source.ops.quote_name(f"{TRIGGER}_{what.lower()}_{table}")
                cursor.execute(
                    f"CREATE TRIGGER {name} BEFORE {what} ON {source.ops.quote_name(table)}"
                    f" BEGIN SELECT RAISE(ABORT, '{HAS_MOVED}'); END"
                )


def _remember(address: str) -> None:
    """DATABASE_URL in the settings file of the data folder, which only its owner reads."""
    path = Path(options().data) / SETTINGS_FILE
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    lines = [line for line in lines if not line.replace(" ", "").startswith("DATABASE_URL=")]
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([*lines, f"DATABASE_URL={address}"]) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
