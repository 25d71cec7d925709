"""A list as a file: CSV or XLSX, every cell through the one safe writer, masked as the person sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.customers.bulk.selecting import folder, selected
from regulars.crm.customers.filters.fields import Field, Kind
from regulars.crm.customers.listing import columns, ordering, paging
from regulars.crm.customers.listing.request import from_told
from regulars.crm.customers.models import Customer
from regulars.report import cells

Progress = Callable[[str, int, int], None]
CHUNK = 2_000
MOST_SHEET_ROWS = 1_000_000
FORMATS = ("csv", "xlsx")


def path_of(job_id: str, form: str) -> Path:
    return folder() / f"{job_id}.{form}"


def write(job_id: str, actor: User, arguments: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """Write the file and say what it holds. ``arguments``: selection, list (order and columns), format, raw."""
    form = arguments.get("format") if arguments.get("format") in FORMATS else "csv"
    raw = bool(arguments.get("raw"))
    listed = from_told(actor, arguments.get("list") or arguments["selection"])
    found = selected(actor, arguments["selection"])
    ids = list(found.order_by(*ordering.ordering(listed.order, backwards=False)).values_list("pk", flat=True))
    target = path_of(job_id, str(form))
    fresh = target.with_name(f"{target.name}.fresh")
    rows = _rows(actor, listed.columns, ids, progress, raw)
    header = [column.key if raw else str(column.label) for column in listed.columns]
    if form == "xlsx":
        _write_sheet(fresh, header, rows)
    else:
        cells.write_csv(fresh, header, rows, raw=raw)
    fresh.replace(target)
    told = {"customers": len(ids), "columns": [column.key for column in listed.columns], "format": form, "raw": raw}
    audit.record(actor, "customers.export", object_type="job", object_id=job_id, details=told)
    return {"customers": len(ids), "format": form, "size": target.stat().st_size}


def _rows(actor: User, chosen: Sequence[Field], ids: list[int], progress: Progress, raw: bool) -> Iterator[list[Any]]:
    for at in range(0, len(ids), CHUNK):
        progress(gettext_noop("Exporting"), at, len(ids))
        part = ids[at : at + CHUNK]
        found = paging.in_order(part, columns.with_related(Customer.objects.all(), chosen))
        page = columns.sheet(actor, chosen, found)
        for customer in found:
            yield [cell(column, page.value(customer, column), raw) for column in chosen]
    progress(gettext_noop("Exporting"), len(ids), len(ids))


def cell(column: Field, value: Any, raw: bool) -> Any:
    """A value as a file holds it: numbers as numbers, days as days, choices by their names (raw: their keys)."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    if isinstance(value, datetime):
        local = timezone.localtime(value)
        return local.isoformat(timespec="seconds") if raw else local.replace(tzinfo=None, microsecond=0)
    if column.group == "custom" and column.kind in (Kind.NUMBER, Kind.MONEY) and value is not None:
        return Decimal(value)
    if column.kind is Kind.CHOICE and not raw and isinstance(value, str) and column.group != "custom":
        return str(dict(column.options()).get(value, value))
    return value


def _write_sheet(path: Path, header: Sequence[str], rows: Iterator[list[Any]]) -> None:
    book = xlsxwriter.Workbook(
        str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    plain, quoted = book.add_format(), book.add_format({"quote_prefix": True})
    bold, bold_quoted = book.add_format({"bold": True}), book.add_format({"bold": True, "quote_prefix": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet("customers")
    sheet.freeze_panes(1, 1)
    for at, name in enumerate(header):
        cells.put(sheet, 0, at, name, bold, bold_quoted)
    for line, row in enumerate(rows, start=1):
        if line > MOST_SHEET_ROWS:
            break
        for at, value in enumerate(row):
            style = moment if isinstance(value, datetime) else day if hasattr(value, "isoformat") else plain
            cells.put(sheet, line, at, value, style, quoted)
    book.close()
