"""Orders from files into the lake, and the customers that come with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction

from regulars.crm.customers import details
from regulars.crm.customers.models import Customer
from regulars.crm.insights import lake_access
from regulars.crm.insights.imports import examining, files, newcomers
from regulars.crm.insights.imports.errors import ImportProblem
from regulars.crm.insights.models import ImportBatch
from regulars.ingest import Ingested, read_orders, reason_text
from regulars.lake import Lake, LoadReport, Snapshot
from regulars.lake.parquet import read_rows
from regulars.lake.upsert import order_hashes
from regulars.language import Language
from regulars.report.cells import write_csv_table

Progress = Callable[[str, int, int], None]
CHUNK = 2_000
_EPOCH = date(1970, 1, 1)


def read(batch: ImportBatch, lang: Language, progress: Progress | None) -> Ingested:
    return read_orders(examining.paths_of(batch), examining.reading_options(batch, lang), progress)


def write_rejects(batch: ImportBatch, table: pa.Table, lang: Language) -> None:
    """The rows that cannot be used, as a file that no spreadsheet will run."""
    codes = table.column("reason").to_pylist()
    texts = {code: reason_text(code, lang) for code in set(codes)}
    said = pa.array([texts[code] for code in codes], pa.string())
    place = table.column_names.index("message")
    write_csv_table(files.folder(batch.public_id) / "rejects.csv", table.set_column(place, "message", said))


def try_out(batch: ImportBatch, lang: Language, progress: Progress | None) -> dict[str, Any]:
    """Read everything, change nothing: what the import would do."""
    found = read(batch, lang, progress)
    write_rejects(batch, found.rejects, lang)
    snapshot = _snapshot()
    ids = pc.unique(found.orders.column("customer_id")).drop_null()
    known_customers = _known(snapshot, ids)
    days = pc.min_max(found.orders.column("day"))
    reasons = found.rejects.column("reason").value_counts().to_pylist()
    return {
        "counters": found.counters.as_dict(),
        "orders": found.orders.num_rows,
        "known_orders": known_orders(snapshot, found, batch.source) if snapshot is not None else 0,
        "lines": found.lines.num_rows if found.lines is not None else 0,
        "customers": len(ids),
        "new_customers": len(ids) - known_customers,
        "unattributed": found.orders.column("customer_id").null_count,
        "amount": pc.sum(found.orders.column("amount")).as_py() or 0,
        "currency": found.currency,
        "first_day": _iso(days["min"].as_py()),
        "last_day": _iso(days["max"].as_py()),
        "reasons": [{"reason": r["values"], "rows": r["counts"]} for r in sorted(reasons, key=lambda r: -r["counts"])],
        "warnings": [{"code": note.code, "message": note.localized(lang)} for note in found.warnings],
        "taken": _taken_before(found, batch),
    }


def _iso(day: int | None) -> str | None:
    return None if day is None else (_EPOCH + timedelta(days=day)).isoformat()


def _snapshot() -> Snapshot | None:
    lake = lake_access.lake()
    return lake.snapshot() if lake is not None else None


def _known(snapshot: Snapshot | None, ids: pa.Array) -> int:
    return 0 if snapshot is None else int((snapshot.find_keys(ids) >= 0).sum())


def known_orders(snapshot: Snapshot, found: Ingested, source: str) -> int:
    """How many of the orders the lake has already (by the hash of their key)."""
    names = snapshot.names("source").to_pylist()
    if source not in names:
        return 0
    ids = found.orders.column("customer_id")
    distinct = pc.unique(ids).drop_null()
    keys = np.append(snapshot.find_keys(distinct), np.int32(-1))
    place = pc.fill_null(pc.index_in(ids, value_set=distinct), len(distinct)).to_numpy()
    hashes = order_hashes(found.orders.column("order_id").combine_chunks(), keys[place], names.index(source))
    hits = np.zeros(len(hashes), bool)
    for file in snapshot.all_files("orders"):
        if not file.all_null("order_hash"):
            stored = read_rows(snapshot.storage, file, ["order_hash"]).column("order_hash").combine_chunks()
            hits |= pc.is_in(hashes, value_set=stored.drop_null()).to_numpy(zero_copy_only=False)
    return int(hits.sum())


def _taken_before(found: Ingested, batch: ImportBatch) -> str | None:
    """The import that brought these very files already, as people know it."""
    lake = lake_access.lake()
    if lake is None or lake.taken(found.content, batch.source) != frozenset(found.content):
        return None
    earlier = ImportBatch.objects.filter(state=ImportBatch.State.DONE, result__content=sorted(found.content))
    other = earlier.exclude(pk=batch.pk).order_by("-pk").first()
    return other.public_id if other is not None else ""


@dataclass(frozen=True)
class Loaded:
    """What a load did; ``version`` None when the lake had these very files from somebody else."""

    report: LoadReport
    version: int | None


def load(batch: ImportBatch, found: Ingested, progress: Progress | None) -> Loaded:
    """Put the orders into the lake, once: a second call finds what the first one did."""
    lake = lake_access.open_or_create(found.currency)
    before = batch.lake_version_before
    if before is None:
        before = lake.snapshot().version
        ImportBatch.objects.filter(pk=batch.pk).update(lake_version_before=before)
        batch.lake_version_before = before
    report = lake.load(
        found.orders, found.lines, found.customers, source=batch.source, content=found.content,
        counters=found.counters.as_dict(), currency=found.currency, products=found.products,
        progress=(lambda _stage, done, total: progress("load", done, total)) if progress is not None else None,
    )  # fmt: skip
    if not report.unchanged:
        return Loaded(report, report.version)
    mine = _own_version(lake, batch, before, tuple(sorted(set(found.content))))
    return Loaded(mine or report, mine.version if mine is not None else None)


def _own_version(lake: Lake, batch: ImportBatch, before: int, content: tuple[str, ...]) -> LoadReport | None:
    """The load that this import made before it was killed: none before its beginning, none of another import."""
    claimed = set(
        ImportBatch.objects.exclude(pk=batch.pk).exclude(lake_version_after=None)
        .values_list("lake_version_after", flat=True)
    )  # fmt: skip
    for version in reversed(lake.versions()):
        if version.version <= before:
            return None
        report = version.report
        free = version.kind == "load" and version.version not in claimed
        if free and report is not None and (report.content, report.source) == (content, batch.source):
            return report
    return None


def add_customers(batch: ImportBatch, found: Ingested, progress: Progress | None) -> int:
    """A row for every customer of the orders that has none; returns how many this import made."""
    ids = pc.unique(found.orders.column("customer_id")).drop_null()
    told = found.customers
    if told is not None:
        ids = pc.unique(pa.concat_arrays([ids, told.column("customer_id").combine_chunks().drop_null()]))
    done = 0
    for chunk in _chunks(ids, CHUNK):
        held = set(Customer.objects.filter(key__in=chunk).values_list("key", flat=True))
        fresh = [key for key in chunk if key not in held and len(key) <= 200]
        if fresh:
            with transaction.atomic():
                _create(batch, fresh, told)
        done += len(chunk)
        if progress is not None:
            progress("customers", done, len(ids))
    return Customer.objects.filter(import_batch=batch).count()


def _chunks(ids: pa.Array, size: int) -> Iterator[list[str]]:
    for first in range(0, len(ids), size):
        yield ids.slice(first, size).to_pylist()


def _create(batch: ImportBatch, keys: Sequence[str], told: pa.Table | None) -> None:
    said = _said(keys, told)
    people = []
    for key in keys:
        values, _ = details.cleaned({k: v for k, v in said.get(key, {}).items() if v})
        customer = Customer(key=key, import_batch=batch, created_by=batch.actor, name=values.pop("name", "") or key)
        for name, value in values.items():
            setattr(customer, name, value)
        details.normalise(customer)
        people.append(customer)
    newcomers.insert(people)


def _said(keys: Sequence[str], told: pa.Table | None) -> dict[str, dict[str, Any]]:
    """What the files tell of these customers, in our field names."""
    if told is None:
        return {}
    mine = told.filter(pc.is_in(told.column("customer_id"), value_set=pa.array(keys, pa.string())))
    return {
        row["customer_id"]: {
            "name": row["name"],
            "kind": row["kind"],
            "phone": row["phone"],
            "email": row["email"],
            "region": row["region"],
            "source": row["acquisition_channel"],
        }
        for row in mine.to_pylist()
    }


def refuse_unusable(found: Ingested) -> None:
    if found.orders.num_rows == 0:
        raise ImportProblem("nothing_to_import", "There is no order that can be used.",
                            "Look at the rejected rows: the wrong column may have been taken.")  # fmt: skip
