"""The first look at uploaded files: columns with samples, what each seems to be, what only a person can decide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from regulars.config.options import options as installation
from regulars.crm.insights.imports import files, targets
from regulars.crm.insights.models import ImportBatch, RememberedMapping
from regulars.ingest import FIELDS, IngestOptions
from regulars.ingest.looking import Look, day_orders, decimal_comma, look, understood
from regulars.language import Language

HEAD = 1 << 20
READ_WHOLE = (".xlsx", ".xlsm", ".xls", ".parquet")
What = ImportBatch.What


def reading_options(batch: ImportBatch, lang: Language = "en", **more: Any) -> IngestOptions:
    """How the files of an import are to be read, as chosen on its pages."""
    chosen = batch.options
    given: dict[str, Any] = {
        "mapping": dict(batch.mapping) if batch.what == What.ORDERS else {},
        "timezone": installation().timezone,
        "lang": lang,
        "source": batch.source,
        "max_rejects": 1.0,
    }
    for name in ("date_order", "encoding", "delimiter", "sheet", "currency", "drop_duplicates"):
        if chosen.get(name) not in (None, ""):
            given[name] = chosen[name]
    return IngestOptions(**{**given, **more})


def paths_of(batch: ImportBatch) -> list[Path]:
    return files.paths(batch.public_id, batch.files)


def heads(batch: ImportBatch) -> list[Path]:
    """The beginnings of the files: enough to show, whatever their size. Workbooks and Parquet are read as they are."""
    found = []
    for path in paths_of(batch):
        if path.suffix.lower() in READ_WHOLE or path.stat().st_size <= HEAD:
            found.append(path)
            continue
        target = files.folder(batch.public_id) / "heads" / path.name
        if not target.exists():
            target.parent.mkdir(exist_ok=True)
            with path.open("rb") as source:
                block = source.read(HEAD)
            target.write_bytes(block[: _whole_lines(block)])
        found.append(target)
    return found


def _whole_lines(block: bytes) -> int:
    """Where the last whole line of ``block`` ends; two-byte encodings end a line on an even place."""
    end = block.rfind(b"\n") + 1
    if end and block[:2] in (b"\xff\xfe", b"\xfe\xff"):
        end += end % 2
    return end or len(block)


def examine(batch: ImportBatch, lang: Language) -> None:
    """Fill ``look`` and suggest a mapping; the caller saves. Raises InputError for files that hold no table."""
    plain = reading_options(batch, lang, mapping={})
    looks = look(heads(batch), plain)
    first = _leading(looks)
    names = [column.name for column in first.columns]
    batch.look = {"sheets": [_plain(entry) for entry in looks], "digest": _digest(names)}
    remembered = RememberedMapping.objects.filter(what=batch.what, columns=batch.look["digest"]).first()
    if remembered is not None:
        batch.mapping = {k: v for k, v in remembered.mapping.items() if v in names}
        batch.options = {**remembered.options, **batch.options}
        batch.source = remembered.source if batch.source == "orders" else batch.source
        batch.look["remembered"] = True
    elif batch.what == What.ORDERS:
        batch.mapping = {column.field: column.name for column in first.columns if column.field}
    else:
        batch.mapping = targets.suggested(batch.what, names, lang)


def _leading(looks: list[Look]) -> Look:
    """The sheet whose columns are shown: the first that holds orders, else the first."""
    return next((entry for entry in looks if entry.role == "orders"), looks[0])


def _digest(names: list[str]) -> str:
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def _plain(entry: Look) -> dict[str, Any]:
    found = asdict(entry)
    found["rows"] = [list(row) for row in entry.rows]
    found["questions"] = [
        {"subject": q.subject, "choices": list(q.choices), "examples": {k: list(v) for k, v in q.examples.items()}}
        for q in entry.questions
    ]
    return found


def leading_sheet(batch: ImportBatch) -> dict[str, Any]:
    sheets: list[dict[str, Any]] = batch.look["sheets"]
    return next((sheet for sheet in sheets if sheet["role"] == "orders"), sheets[0])


def shapes(what: str, lang: Language) -> Mapping[str, str]:
    if what == What.ORDERS:
        return FIELDS
    return {target.key: target.shape for target in targets.targets(what, lang)}


def column_rows(batch: ImportBatch, lang: Language) -> list[dict[str, Any]]:
    """A row for each column of the file: name, sample, field, what the sample is understood as, and why."""
    sheet = leading_sheet(batch)
    by_column = {column: field for field, column in batch.mapping.items()}
    shape = shapes(batch.what, lang)
    order = batch.options.get("date_order")
    found = []
    for position, column in enumerate(sheet["columns"]):
        field = by_column.get(column["name"])
        values = [row[position] for row in sheet["rows"] if position < len(row) and row[position]]
        readings = day_orders(values[:200]) if field and shape.get(field) == "date" else ()
        sample = column["samples"][0] if column["samples"] else ""
        comma = bool(field) and shape.get(field or "") == "number" and decimal_comma(values[:200])
        meant = understood(_alike(field, shape), sample, order or (readings[0] if readings else None), comma)
        told = field is not None and field == column["field"]
        found.append(
            {
                "name": column["name"],
                "samples": column["samples"],
                "sample": sample,
                "field": field,
                "meant": meant if field else None,
                "how": (column["how"] if told else "given") if field else None,
                "readings": [(r, understood("ordered_at", sample, r)) for r in readings] if len(readings) > 1 else [],
                "open": len(readings) > 1 and not order,
                "unread": bool(field and sample and meant is None),
            }
        )
    return found


def _alike(field: str | None, shape: Mapping[str, str]) -> str:
    """A field of the orders with the same shape, to read a sample by."""
    if field in FIELDS:
        return str(field)
    return {"date": "ordered_at", "number": "amount"}.get(shape.get(field or "", "text"), "name")


def open_decisions(batch: ImportBatch, lang: Language) -> list[tuple[str, str]]:
    """What a person must still decide: ("date_order", column), ("missing", field), ("ambiguous", field)."""
    found = [("date_order", row["name"]) for row in column_rows(batch, lang) if row["open"]]
    for group in targets.missing(batch.what, list(batch.mapping)):
        found.append(("missing", group[0]))
    return found
