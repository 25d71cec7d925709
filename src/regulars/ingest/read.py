"""Files -> canonical facts: the one function that runs the whole of ingest."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from regulars.errors import MappingError
from regulars.ingest.assemble import Load, assemble
from regulars.ingest.mapping import Mapping, column_named, wishes
from regulars.ingest.options import IngestOptions
from regulars.ingest.reading import read_rows
from regulars.ingest.recognise import Recognition, View, recognise, unknown_column
from regulars.ingest.schema import Ingested
from regulars.ingest.sheets import Progress, Sheet
from regulars.ingest.sources import Source, Sources
from regulars.ingest.table_sheet import parquet_sheet, table_sheet, workbook_sheets
from regulars.ingest.text_sheet import TextSheet
from regulars.ingest.zones import zone_named

_MOST_THREADS = 8
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class _Found:
    """A sheet, what is known of its columns, and the number of the source it is from."""

    sheet: Sheet
    search: Recognition
    source: int


def read_orders(
    inputs: Sequence[Any] | Any, options: IngestOptions | None = None, progress: Progress | None = None
) -> Ingested:
    """Read order files into the canonical tables.

    ``inputs`` are paths of files, folders or archives, pandas or Polars frames, Arrow tables, or several of these; all
    are one load of one shop. Files of several kinds may come together: orders, details (lines that name their order but
    not its date) and customers. ``progress(stage, done, total)`` is told bytes or rows per file.

    Raises InputError (FileProblem, MappingError, CurrencyError, TooManyRejects) for what is wrong with the data and
    ParameterError for what is wrong with the options.
    """
    options = options or IngestOptions()
    if isinstance(inputs, str | os.PathLike) or not isinstance(inputs, Sequence):
        inputs = [inputs]
    zone = zone_named(options.timezone)
    today = options.today or datetime.now(zone).date()
    wanted = wishes(options.mapping)
    with ExitStack() as stack:
        sources = stack.enter_context(Sources(list(inputs)))
        extra = stack.enter_context(Sources([options.customers_file])) if options.customers_file is not None else None
        pool = stack.enter_context(ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_THREADS)))
        digests = [pool.submit(getattr, source, "digest") for source in sources.found]
        found = _opened(sources.found, wanted, options, stack)
        again = _given_before([digest.result() for digest in digests]) if len(digests) > 1 else [False]
        roles = _roles(found, wanted)
        plain = replace(options, preset=None, sheet=None, delimiter=None, encoding=None)
        people = _opened(extra.found, Mapping({}), plain, stack) if extra else []
        for entry in people:
            _require_customers(entry.search)
        load = Load(sources.notes)
        for entry, role in zip(found, roles, strict=True):
            mapping = entry.search.mapping(wanted)
            rows = read_rows(entry.sheet, mapping, options, pool, progress)
            (load.customers if role == "customers" else load.orders).append(rows)
            if role != "customers":
                load.again.append(again[entry.source])
        load.customers += [read_rows(e.sheet, e.search.mapping(Mapping({})), options, pool, None) for e in people]
        made = assemble(load, options, pool, last_day=(today - _EPOCH).days + 1)
        return replace(made, content=tuple(digest.result() for digest in digests))


def _given_before(digests: list[str]) -> list[bool]:
    """Which files hold the same as an earlier one."""
    return [digest in digests[:i] for i, digest in enumerate(digests)]


def _opened(sources: Sequence[Source], wanted: Mapping, options: IngestOptions, stack: ExitStack) -> list[_Found]:
    """Every sheet of every source, looked at."""
    found = []
    alone = len(sources) == 1
    for number, source in enumerate(sources):
        for sheet in _sheets(source, options, stack):
            view = View(sheet.file, sheet.names, sheet.rows, sheet.header_cells is not None)
            search = recognise(view, wanted, options, strict=alone)
            found.append(_Found(sheet, search, number))
    for field, column in wanted.columns.items():
        if not any(column_named(column, entry.sheet.names) is not None for entry in found):
            raise unknown_column(column, field, found[0].search.view)
    return found


def _sheets(source: Source, options: IngestOptions, stack: ExitStack) -> Sequence[Sheet]:
    if source.kind == "table":
        return [table_sheet(source.table, source.name)]
    if source.kind == "parquet":
        return [parquet_sheet(source)]
    if source.kind == "workbook":
        return workbook_sheets(source, options.sheet)
    assert source.path is not None
    return [TextSheet(source.path, source.name, options.encoding, options.separator, stack)]


def _roles(found: list[_Found], wanted: Mapping) -> list[str]:
    """orders, details or customers per sheet. Raises MappingError for a sheet that is none of them."""
    roles = [entry.search.role for entry in found]
    details = [entry.search for entry, role in zip(found, roles, strict=True) if role == "details"]
    priced = any({"amount"} & set(s.columns) or {"quantity", "unit_price"} <= set(s.columns) for s in details)
    for i, entry in enumerate(found):
        search = entry.search
        head = priced and search.missing == ["amount"] and "order_id" in search.columns
        if head:
            roles[i] = "orders"
        elif roles[i] == "unknown" or (roles[i] != "orders" and len(found) == 1):
            search.by_content()
            search.require()
            roles[i] = "orders"
    if "orders" not in roles:
        found[0].search.require()
    return roles


def _require_customers(search: Recognition) -> None:
    if "customer_id" not in search.columns:
        raise MappingError(
            "customers_without_id",
            "The customers file {file} has no column that can be recognised as customer_id.",
            "Give the column the same name as in the orders.",
            file=search.view.file,
        )
