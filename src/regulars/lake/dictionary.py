"""Text to numbers and back: customer ids to dense keys, names to codes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from regulars.lake import faults
from regulars.lake.parquet import as_column, read_rows
from regulars.lake.records import StoredFile
from regulars.lake.schema import CUSTOMERS
from regulars.lake.storage import Storage

Int32 = npt.NDArray[np.int32]
_GROUP_ROWS = 1_000_000


def customers_in(bucket: int, buckets: int, customers: int) -> int:
    """How many of the keys 0 … customers - 1 fall into ``bucket``."""
    return max(0, (customers - bucket + buckets - 1) // buckets)


def customer_rows(
    storage: Storage,
    files: Sequence[StoredFile],
    *,
    bucket: int,
    buckets: int,
    customers: int,
    names: Sequence[str],
) -> pa.Table:
    """One row a customer in position order. Later files hold new customers and newer descriptions of known ones."""
    count = customers_in(bucket, buckets, customers)
    wanted = list(dict.fromkeys(["customer_key", *(["since"] if len(files) > 1 else []), *names]))
    parts = [read_rows(storage, file, wanted) for file in files]
    schema = pa.schema([CUSTOMERS.field(name).with_nullable(True) for name in wanted])
    rows = pa.concat_tables(parts) if parts else schema.empty_table()
    position = as_column(rows.column("customer_key")).array(np.int32) // buckets
    if len(position) == count and bool((position == np.arange(count)).all()):
        return rows.select(list(names))
    # Not by file: a file that compaction wrote can be younger than what it says.
    age = np.argsort(as_column(rows.column("since")).array(np.int32), kind="stable") if len(files) > 1 else slice(None)
    number = np.arange(len(position))[age]
    latest = np.full(count, -1, np.int64)
    fits = position[number] < count
    latest[position[number][fits]] = number[fits]
    if bool((latest < 0).any()):
        raise faults.damaged(storage.path(f"customers/bucket={bucket}"), "customers without a row in the dictionary")
    return rows.select(list(names)).take(pa.array(latest))


def find_keys(storage: Storage, files: Iterable[StoredFile], ids: pa.Array, workers: int) -> Int32:
    """customer_key of each id, -1 where it is unknown.

    The ids asked for are hashed, once for a million customers, and the dictionary streams past them: a small load never
    hashes millions of ids.
    """
    found = np.full(len(ids), -1, np.int32)
    if len(ids) == 0:
        return found

    def search(group: list[StoredFile]) -> None:
        rows = pa.concat_tables([read_rows(storage, file, ["customer_key", "customer_id"]) for file in group])
        place = pc.index_in(rows.column("customer_id"), value_set=ids.cast(pa.string()))
        hits = pc.is_valid(place)
        keys = as_column(rows.column("customer_key").filter(hits)).array(np.int32)
        found[as_column(place.filter(hits)).array(np.int32)] = keys

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(search, _grouped(files)))
    return found


def _grouped(files: Iterable[StoredFile]) -> list[list[StoredFile]]:
    groups: list[list[StoredFile]] = []
    rows = _GROUP_ROWS
    for file in files:
        if rows >= _GROUP_ROWS:
            groups.append([])
            rows = 0
        groups[-1].append(file)
        rows += file.rows
    return groups


class Names:
    """The codes of one kind of name (products, channels, …), growing as a load brings new ones.

    A name is a pair (name, category); only products have categories. A product without an id is known by its category.
    """

    def __init__(
        self,
        kind: str,
        names: Sequence[str | None],
        categories: Sequence[str | None],
        labels: Sequence[str | None] | None = None,
    ) -> None:
        self.kind = kind
        self.names = list(names)
        self.categories = list(categories)
        self.labels: list[str | None] = list(labels) if labels is not None else [None] * len(self.names)
        self._known = len(self.names)
        self._changed: set[int] = set()
        self._codes = {self._identity(*pair): code for code, pair in enumerate(zip(names, categories, strict=True))}

    @staticmethod
    def _identity(name: str | None, category: str | None) -> tuple[str | None, str | None]:
        return (name, None) if name is not None else (None, category)

    def code(self, name: str | None, category: str | None = None) -> int | None:
        """The code, a new one for a new name; None when there is neither name nor category. The last category stays."""
        if name is None and category is None:
            return None
        identity = self._identity(name, category)
        code = self._codes.get(identity)
        if code is None:
            code = self._codes[identity] = len(self.names)
            self.names.append(name)
            self.categories.append(category)
            self.labels.append(None)
        elif category is not None and self.categories[code] != category:
            self.categories[code] = category
            if code < self._known:
                self._changed.add(code)
        return code

    def call(self, name: str, label: str) -> None:
        """Remember what a known name is called; the last label stays. Names that nothing refers to are passed over."""
        code = self._codes.get((name, None))
        if code is not None and self.labels[code] != label:
            self.labels[code] = label
            if code < self._known:
                self._changed.add(code)

    def encode(self, names: pa.ChunkedArray, categories: pa.ChunkedArray | None = None) -> pa.Array:
        """Codes (int32, null for nothing) of a column; each distinct name is looked up once."""
        if categories is None:
            categories = pa.chunked_array([pa.nulls(len(names), pa.string())])
        columns = [names, categories]
        if names.null_count == len(names) and columns[1].null_count == len(names):
            return pa.nulls(len(names), pa.int32())
        pairs = pa.table([column.cast(pa.string()) for column in columns], names=["name", "category"])
        encoded = pairs.column("name").combine_chunks().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        if columns[1].null_count == len(names):
            codes = pa.array([self.code(text) for text in texts], pa.int32())
            return codes.take(encoded.indices)
        return self._encode_pairs(texts, encoded.indices, pairs.column("category").combine_chunks().dictionary_encode())

    def _encode_pairs(self, texts: list[str], left: pa.Array, categories: pa.Array) -> pa.Array:
        width = len(categories.dictionary) + 1
        first = pc.fill_null(left, len(texts)).cast(pa.int64())
        second = pc.fill_null(categories.indices, width - 1).cast(pa.int64())
        pair = pc.add(pc.multiply(first, width), second).dictionary_encode()
        labels: list[str | None] = [*texts, None]
        groups: list[str | None] = [*categories.dictionary.to_pylist(), None]
        codes = [self.code(labels[value // width], groups[value % width]) for value in pair.dictionary.to_pylist()]
        return pa.array(codes, pa.int32()).take(pair.indices)

    def rows_since(self, version: int) -> list[dict[str, object]]:
        """Rows for the ``names`` table: what is new or has another category or label now."""
        codes = [*sorted(self._changed), *range(self._known, len(self.names))]
        return [
            {
                "kind": self.kind,
                "code": code,
                "name": self.names[code],
                "category": self.categories[code],
                "label": self.labels[code],
                "since": version,
            }
            for code in codes
        ]


def read_names(rows: pa.Table, kind: str) -> Names:
    """The names of one kind from the rows of the ``names`` table, older rows first."""
    latest = {row["code"]: row for row in rows.filter(pc.equal(rows.column("kind"), kind)).to_pylist()}
    if sorted(latest) != list(range(len(latest))):
        raise faults.damaged("names", f"the codes of {kind} have gaps")
    ordered = [latest[code] for code in range(len(latest))]
    return Names(kind, *([row[column] for row in ordered] for column in ("name", "category", "label")))
