"""Fifty rows as they will be understood."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from regulars.config.options import options as installation
from regulars.crm.insights.imports import examining
from regulars.crm.insights.lake_access import STATUS, money
from regulars.crm.insights.models import ImportBatch
from regulars.ingest import read_orders, reason_text
from regulars.ingest.looking import understood
from regulars.language import Language

ROWS = 50
COLUMNS = (
    "order_id", "customer_id", "when", "amount", "profit", "discount", "status", "channel", "campaign_id", "products",
)  # fmt: skip
_EPOCH = date(1970, 1, 1)


def preview(batch: ImportBatch, lang: Language) -> dict[str, Any]:
    """``columns`` (field keys), ``rows`` (values by field) and ``rejects`` of the first rows."""
    if batch.what == ImportBatch.What.ORDERS:
        return _orders(batch, lang)
    return _table(batch, lang)


def _orders(batch: ImportBatch, lang: Language) -> dict[str, Any]:
    asked: list[Any] = []

    def first(question: Any) -> str:
        asked.append(question)
        return str(question.choices[0])

    found = read_orders(examining.heads(batch), examining.reading_options(batch, lang, ask=first))
    lines = found.lines.to_pylist() if found.lines is not None else []
    zone = ZoneInfo(installation().timezone)
    rows = [_order(row, lines, zone) for row in found.orders.slice(0, ROWS).to_pylist()]
    rejects = [{**row, "message": reason_text(row["reason"], lang)} for row in found.rejects.slice(0, ROWS).to_pylist()]
    used = [key for key in COLUMNS if any(row[key] not in (None, "", ()) for row in rows)]
    return {
        "columns": used, "rows": rows, "rejects": rejects, "currency": found.currency, "questions": asked,
        "warnings": [note.localized(lang) for note in found.warnings],
    }  # fmt: skip


def _order(row: dict[str, Any], lines: list[dict[str, Any]], zone: ZoneInfo) -> dict[str, Any]:
    moment = datetime.fromtimestamp(row["at"], UTC).astimezone(zone) if row["at"] is not None else None
    day = _EPOCH + timedelta(days=row["day"])
    mine = lines[row["line_first"] : row["line_first"] + row["line_count"]]
    return {
        "order_id": row["order_id"],
        "customer_id": row["customer_id"],
        "when": moment.strftime("%Y-%m-%d %H:%M") if moment else day.isoformat(),
        "amount": money(row["amount"]),
        "profit": None if row["profit"] is None else money(row["profit"]),
        "discount": None if row["discount"] is None else money(row["discount"]),
        "status": STATUS.get(row["status"], "valid"),
        "channel": row["channel"],
        "campaign_id": row["campaign_id"],
        "products": tuple(line["product_id"] or line["category"] or "" for line in mine),
    }


def _table(batch: ImportBatch, lang: Language) -> dict[str, Any]:
    sheet = examining.leading_sheet(batch)
    names = [column["name"] for column in sheet["columns"]]
    shape = examining.shapes(batch.what, lang)
    order = batch.options.get("date_order")
    columns = [(field, names.index(column)) for field, column in batch.mapping.items() if column in names]
    rows = []
    for cells in sheet["rows"][:ROWS]:
        values = {field: cells[place] if place < len(cells) else "" for field, place in columns}
        rows.append(
            {
                field: understood("ordered_at", text, order) or (f"? {text}" if text else None)
                if shape.get(field) == "date"
                else text
                for field, text in values.items()
            }
        )
    return {"columns": [field for field, _ in columns], "rows": rows, "rejects": [], "warnings": [], "questions": []}
