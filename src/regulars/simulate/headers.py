"""Headers and cells of the exported files: the tables of a shop as columns of text."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from regulars.language import Language, translator

ROW_LIMIT = 1_048_576  # rows of a sheet of Excel


def headed(name: str, table: pa.Table, lang: Language) -> tuple[list[str], list[pa.Array]]:
    """Titles in ``lang`` and the values as text, an absent one empty."""
    titles = _titles(name, lang)
    return [titles[column] for column in table.column_names], [_text(column) for column in table.columns]


def _text(column: pa.ChunkedArray) -> pa.Array:
    values = column.combine_chunks()
    if pa.types.is_timestamp(values.type):
        values = pc.strftime(values, "%Y-%m-%d %H:%M:%S")
        values = pc.utf8_slice_codeunits(values, 0, 19)
    return pc.fill_null(values.cast(pa.string()), "")


def _titles(name: str, lang: Language) -> dict[str, str]:
    _ = translator("simulate", lang)
    if name == "orders":
        return {
            "order_id": _("Order ID"),
            "ordered_at": _("Ordered at"),
            "customer_id": _("Customer ID"),
            "product_id": _("Product ID"),
            "product": _("Product name"),
            "category": _("Category"),
            "quantity": _("Quantity"),
            "unit_price": _("Unit price"),
            "discount": _("Discount amount"),
            "amount": _("Amount paid"),
            "cost": _("Cost"),
            "refunded_amount": _("Refunded amount"),
            "status": _("Order status"),
            "channel": _("Channel"),
            "campaign_id": _("Campaign ID"),
            "referrer_id": _("Referrer ID"),
        }
    return {
        "customer_id": _("Customer ID"),
        "name": _("Customer name"),
        "kind": _("Customer type"),
        "phone": _("Phone"),
        "region": _("Region"),
        "acquisition_channel": _("Acquisition channel"),
        "created_at": _("Registered at"),
        "referrer_id": _("Referrer ID"),
    } | ({} if name == "customers" else _campaign_titles(lang))


def _campaign_titles(lang: Language) -> dict[str, str]:
    _ = translator("simulate", lang)
    return {
        "campaign_id": _("Campaign ID"),
        "name": _("Campaign name"),
        "start": _("Start"),
        "end": _("End"),
        "discount_rate": _("Discount rate"),
        "contact_cost": _("Contact cost"),
    }
