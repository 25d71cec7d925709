"""The columns of a run into a table of their own, fast and all at once to be seen: filled in chunks of a second,
indexed, analysed, and only then named as the current one.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from django.db import connection, transaction

from regulars.crm.insights import metrics
from regulars.crm.insights.metric_columns import BY_NAME, Column
from regulars.crm.insights.models import Run

CHUNK = 20_000  # rows a transaction: under a second on both databases
SORTED_UP_TO = 4_000_000  # rows that are put into the order of the table's key first
Progress = Callable[[str, int, int], None]
SQLITE = {
    "integer": "integer",
    "bigint": "integer",
    "bool": "bool",
    "date": "date",
    "decimal": "decimal",
    "real": "real",
    "text": "varchar(16)",
}
POSTGRES = {
    "integer": "integer", "bigint": "bigint", "bool": "boolean", "date": "date", "decimal": "numeric(18,2)",
    "real": "double precision",     "text": "varchar(16)",
}  # fmt: skip


def publish(run: Run, path: Path, progress: Progress) -> int:
    """Fill, index and analyse the table of ``run`` from ``customers.parquet``; gives the number of customers."""
    columns = [BY_NAME[name] for name in run.columns]
    table = metrics.table_name(run)
    drop(table)
    _create(table, columns)
    rows = _fill(table, columns, path, progress)
    _index(table, columns, progress)
    return rows


def drop(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {_quoted(table)}")


def tables() -> set[str]:
    """The tables of runs that there are."""
    with connection.cursor() as cursor:
        return {name for name in connection.introspection.table_names(cursor) if name.startswith(metrics.PREFIX)}


def drop_indexes(table: str, columns: Sequence[str]) -> None:
    """Without its indexes an earlier run takes half the room; its rows are read by customer only."""
    with connection.cursor() as cursor:
        for name in columns:
            cursor.execute(f"DROP INDEX IF EXISTS {_quoted(_index_name(table, name))}")


def _create(table: str, columns: Sequence[Column]) -> None:
    lite = connection.vendor == "sqlite"
    types = SQLITE if lite else POSTGRES
    key = "integer PRIMARY KEY NOT NULL" if lite else "bigint PRIMARY KEY"  # integer: the key of SQLite's own tree
    parts = [f"customer_id {key}", "customer_key varchar(200) NOT NULL"]
    parts += [f"{_quoted(column.name)} {types[column.sql]} NULL" for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {_quoted(table)} ({', '.join(parts)})")


def _fill(table: str, columns: Sequence[Column], path: Path, progress: Progress) -> int:
    with pq.ParquetFile(path) as file:
        total, done = file.metadata.num_rows, 0
        keys = known_customers()
        write = _copied if connection.vendor == "postgresql" else _inserted
        for rows in _chunks(file, keys, [column.name for column in columns]):
            with transaction.atomic():
                write(table, columns, rows)
            done += rows.num_rows
            progress("publish", done, total)
    return done


def known_customers() -> pa.Table:
    """``key`` (id in the lake) and ``pk`` of every customer that has orders or may have; merged ones point to whom they
    were merged into.
    """
    sql = (
        'SELECT "key", COALESCE(merged_into_id, id) FROM customers_customer WHERE "key" IS NOT NULL AND merged_into_id'
        " IS NULL"
    )
    keys: list[str] = []
    pks: list[int] = []
    with connection.cursor() as cursor:
        cursor.execute(sql)
        while rows := cursor.fetchmany(50_000):
            told, numbers = zip(*rows, strict=True)
            keys += told
            pks += numbers
    return pa.table({"key": pa.array(keys, pa.string()), "pk": pa.array(pks, pa.int64())})


def _chunks(file: pq.ParquetFile, keys: pa.Table, names: list[str]) -> Iterator[pa.Table]:
    """Rows with ``pk`` in front, without those of nobody in the database."""
    value_set = keys.column("key").combine_chunks()
    pks = keys.column("pk").combine_chunks()

    def joined(rows: pa.Table) -> pa.Table:
        place = pc.index_in(rows.column("customer_id").cast(pa.string()), value_set=value_set)
        rows = rows.add_column(0, "pk", pks.take(place.combine_chunks()))
        return rows.filter(pc.is_valid(rows.column("pk")))

    wanted = ["customer_id", *names]
    if file.metadata.num_rows <= SORTED_UP_TO:
        whole = joined(file.read(columns=wanted))
        order = pc.sort_indices(whole.column("pk"))
        for first in range(0, whole.num_rows, CHUNK):
            yield whole.take(order.slice(first, CHUNK))
        return
    for batch in file.iter_batches(CHUNK, columns=wanted):
        yield joined(pa.Table.from_batches([batch]))


def _inserted(table: str, columns: Sequence[Column], rows: pa.Table) -> None:
    values = [rows.column("pk").to_numpy().tolist(), rows.column("customer_id").to_pylist()]
    values += [_python(rows.column(column.name), column.sql) for column in columns]
    marks = ",".join("?" * len(values))
    connection.ensure_connection()
    raw: Any = connection.connection
    statement = f"INSERT INTO {_quoted(table)} VALUES ({marks})"  # noqa: S608 - the name is ours
    raw.executemany(statement, zip(*values, strict=True))


def _python(column: pa.ChunkedArray, kind: str) -> list[Any]:
    """Values as SQLite takes them, made without one Arrow scalar each."""
    whole = column.combine_chunks()
    if pa.types.is_dictionary(whole.type):
        words = np.array([*whole.dictionary.to_pylist(), None], dtype=object)
        codes = pc.fill_null(whole.indices.cast(pa.int32()), len(words) - 1)
        return words[codes.to_numpy(zero_copy_only=False)].tolist()  # type: ignore[no-any-return]
    if kind == "date":
        return _days(whole)
    if kind == "decimal":
        whole = whole.cast(pa.float64())
    if kind in ("decimal", "real"):
        numbers = whole.cast(pa.float64()).to_numpy(zero_copy_only=False)  # null is NaN, which SQLite keeps as NULL
        return numbers.tolist()  # type: ignore[no-any-return]
    if kind in ("integer", "bigint") and whole.null_count == 0:
        return whole.to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]
    return whole.to_pylist()  # type: ignore[no-any-return]


def _days(days: pa.Array) -> list[str | None]:
    """ISO days, each written once."""
    numbers = pc.fill_null(days.cast(pa.date32()).view(pa.int32()), -(2**31)).to_numpy(zero_copy_only=False)
    seen, place = np.unique(numbers, return_inverse=True)
    texts = [None if n == -(2**31) else str(np.datetime64(int(n), "D")) for n in seen]
    return np.array(texts, dtype=object)[place].tolist()  # type: ignore[no-any-return]


def _copied(table: str, columns: Sequence[Column], rows: pa.Table) -> None:
    plain = pa.table(
        {
            "pk": rows.column("pk"),
            "customer_id": rows.column("customer_id").cast(pa.string()),
            **{c.name: _plain(rows.column(c.name), c.sql) for c in columns},
        }
    )
    out = io.BytesIO()
    pacsv.write_csv(plain, out, pacsv.WriteOptions(include_header=False))
    with connection.cursor() as cursor, cursor.copy(f"COPY {_quoted(table)} FROM STDIN (FORMAT csv)") as copy:
        copy.write(out.getbuffer())


def _plain(column: pa.ChunkedArray, kind: str) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        return column.cast(pa.string())
    if kind == "decimal":
        return column.cast(pa.string())
    if kind == "real":  # not a number is nothing told
        numbers = column.cast(pa.float64())
        return pc.if_else(pc.is_nan(numbers), pa.scalar(None, pa.float64()), numbers)
    return column


def _index(table: str, columns: Sequence[Column], progress: Progress) -> None:
    wanted = [column.name for column in columns if column.indexed]
    for number, name in enumerate(wanted):
        with connection.cursor() as cursor:
            cursor.execute(
                f"CREATE INDEX {_quoted(_index_name(table, name))} ON {_quoted(table)} ({_quoted(name)}, customer_id)"
            )
        progress("index", number + 1, len(wanted))
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {_quoted(table)}")


def _index_name(table: str, column: str) -> str:
    return f"{table.removeprefix('insights_')}_{column}"


def _quoted(name: str) -> str:
    quoted: str = connection.ops.quote_name(name)
    return quoted
