"""Merges of customers as facts in the lake: from the new version on one history is read as part of the other."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from django.utils.translation import gettext_lazy as _

from regulars.crm.customers.merging import IDENTITY
from regulars.crm.customers.models import Merge
from regulars.crm.insights import inbox, lake_access
from regulars.crm.jobs.services import Running, job
from regulars.lake.schema import INCOMING_CUSTOMERS, INCOMING_ORDERS


@job(IDENTITY, title=_("Join histories"), lane="imports")
def settle(running: Running) -> dict[str, Any]:
    """Make the lake say what the merge says by now. Repeating it changes nothing that is read."""
    merge = Merge.objects.select_related("kept", "gone").get(public_id=running.arguments["merge"])
    kept, gone = merge.kept.key, merge.gone.key
    if not kept or not gone:
        return {}
    running.progress("load", 0, 1)
    joined = merge.undone_at is None
    lake = lake_access.open_or_create()
    if joined or (lake_access.key_of(kept) is not None and lake_access.key_of(gone) is not None):
        inbox.drain()  # an order that waits must be found under its customer
        _make_known(lake, [kept, gone])
        version = lake.identify({gone: kept if joined else gone})
        return {"version": version}
    return {}


def _make_known(lake: Any, names: list[str]) -> None:
    """Give customers without orders a key of the lake: later orders of theirs are read as one history too."""
    keys = lake.snapshot().find_keys(pa.array(names, pa.string()))
    missing = [name for name, key in zip(names, keys.tolist(), strict=True) if key < 0]
    if missing:
        customers = pa.Table.from_pylist([{"customer_id": name} for name in missing], INCOMING_CUSTOMERS)
        lake.load(INCOMING_ORDERS.empty_table(), None, customers, source=inbox.SOURCE)
