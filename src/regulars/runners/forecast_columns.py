"""The probability columns of the customers table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from regulars.engine.probability.messages import NOTE_NEW, NOTE_NO_REPEAT, NOTE_NO_SPEND, NOTE_NONE
from regulars.runners.columns import money_column, money_type

HORIZONS = (30, 90, 365)
COUNTS = (
    "p_alive",
    *(f"expected_purchases_{h}{bound}" for h in HORIZONS for bound in ("", "_low", "_high")),
    *(f"p_active_{h}" for h in HORIZONS),
)
MONEY = ("clv_12m", "clv_12m_low", "clv_12m_high", "value_at_risk", "potential_12m")
NOTES = {NOTE_NO_REPEAT: "no_repeat", NOTE_NEW: "new", NOTE_NO_SPEND: "no_spend"}
NOT_PUBLISHED = "not_published"
NOTE_TEXTS = ("no_repeat", "new", "no_spend", NOT_PUBLISHED)


def forecast_columns(scores: Mapping[str, NDArray[Any]], digits: int) -> dict[str, pa.Array]:
    """Columns of the customers with a purchase of one bucket; what the data are too thin for is null, with a note."""
    thin = ~scores["known"]
    columns = {name: pa.array(scores[name]) for name in COUNTS}
    spend = scores.get("expected_spend")
    columns["expected_spend"] = _money(spend, digits, thin)
    columns["overdue_on"] = pa.array(scores["overdue_on"])
    for name in MONEY:
        columns[name] = _money(scores.get(name), digits, thin)
    columns["clv_note"] = _notes(scores["clv_note"]) if "clv_note" in scores else _note(len(thin), "no_spend")
    return columns


def no_forecast(rows: int, digits: int) -> dict[str, pa.Array]:
    """The same columns where nothing is published."""
    columns = {name: pa.nulls(rows, pa.float64()) for name in COUNTS}
    columns["expected_spend"] = pa.nulls(rows, money_type(digits))
    columns["overdue_on"] = pa.nulls(rows, pa.date32())
    columns |= {name: pa.nulls(rows, money_type(digits)) for name in MONEY}
    return {**columns, "clv_note": _note(rows, NOT_PUBLISHED)}


def _money(values: NDArray[np.float64] | None, digits: int, missing: NDArray[np.bool_]) -> pa.Array:
    if values is None:
        return pa.nulls(len(missing), money_type(digits))
    minor = np.where(missing, 0.0, values) * 10**digits
    rounded = np.copysign(np.floor(np.abs(minor) + 0.5), minor)
    return money_column(rounded.astype(np.int64), digits, missing)


def _notes(codes: NDArray[np.int8]) -> pa.Array:
    place = np.full(max(*NOTES, NOTE_NONE) + 1, -1, np.int8)
    for code, text in NOTES.items():
        place[code] = NOTE_TEXTS.index(text)
    index = place[codes]
    return pa.DictionaryArray.from_arrays(pa.array(index, mask=index < 0), pa.array(NOTE_TEXTS))


def _note(rows: int, text: str) -> pa.Array:
    index = np.full(rows, NOTE_TEXTS.index(text), np.int8)
    return pa.DictionaryArray.from_arrays(pa.array(index), pa.array(NOTE_TEXTS))
