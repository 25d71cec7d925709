"""Products by the name people know, where the data tell one beside the id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def products_by_name(products: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The key ``products`` of the summary with ``product`` as people call it."""
    if not products:
        return None
    rows = [{**row, "product": row.get("label") or row["product"]} for row in products["rows"]]
    return {**products, "rows": rows}
