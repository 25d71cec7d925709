"""Outside files -> canonical facts and rejects.

``read_orders(inputs, options)`` is the door; everything else here is what it takes and gives.
"""

from regulars.ingest.dates import DateOrder
from regulars.ingest.fields import FIELDS
from regulars.ingest.mapping import FIELD_NAMES, Mapping
from regulars.ingest.options import IngestOptions, Question
from regulars.ingest.preset_files import PRESETS
from regulars.ingest.read import read_orders
from regulars.ingest.reasons import reason_text
from regulars.ingest.schema import (
    CANCELLED,
    CUSTOMERS,
    LINES,
    ORDERS,
    PROFIT_COLUMN,
    PROFIT_COST,
    PROFIT_NONE,
    REFUND,
    REJECTS,
    UNPAID,
    VALID,
    Counters,
    Ingested,
    Note,
)

__all__ = [
    "CANCELLED",
    "CUSTOMERS",
    "FIELDS",
    "FIELD_NAMES",
    "LINES",
    "ORDERS",
    "PRESETS",
    "PROFIT_COLUMN",
    "PROFIT_COST",
    "PROFIT_NONE",
    "REFUND",
    "REJECTS",
    "UNPAID",
    "VALID",
    "Counters",
    "DateOrder",
    "IngestOptions",
    "Ingested",
    "Mapping",
    "Note",
    "Question",
    "read_orders",
    "reason_text",
]
