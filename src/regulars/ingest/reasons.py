"""Why a row was rejected: stable codes and their English text."""

from __future__ import annotations

from regulars.language import Language, translator

(
    FINE, TOO_MANY_CELLS, DATE_MISSING, DATE_UNREADABLE, YEAR_IMPOSSIBLE, DATE_IN_FUTURE, AMOUNT_MISSING,
    AMOUNT_UNREADABLE, AMOUNT_TOO_LARGE, REFUND_UNREADABLE, CURRENCY_UNKNOWN, SKIPPED, DROPPED,
) = range(13)  # fmt: skip
"""Verdicts on a row. SKIPPED (blank, footer, repeated header) and DROPPED (duplicate) are no rejections."""

CODES = {
    TOO_MANY_CELLS: "too_many_cells",
    DATE_MISSING: "date_missing",
    DATE_UNREADABLE: "date_unreadable",
    YEAR_IMPOSSIBLE: "year_impossible",
    DATE_IN_FUTURE: "date_in_future",
    AMOUNT_MISSING: "amount_missing",
    AMOUNT_UNREADABLE: "amount_unreadable",
    AMOUNT_TOO_LARGE: "amount_too_large",
    REFUND_UNREADABLE: "refund_unreadable",
    CURRENCY_UNKNOWN: "currency_unknown",
}

_TEXTS = {
    "too_many_cells": "the row has more cells than the header",
    "date_missing": "the date is missing",
    "date_unreadable": "not a date that can be read",
    "year_impossible": "the year is not between 1900 and 2199",
    "date_in_future": "the date is after tomorrow",
    "amount_missing": "the amount is missing",
    "amount_unreadable": "not an amount that can be read",
    "amount_too_large": "the amount is too large to be true",
    "refund_unreadable": "the refund cannot be read as an amount",
    "currency_unknown": "not a currency that is known",
}


def reason_text(code: str, lang: Language = "en") -> str:
    """The text of a reason code in ``lang``."""
    return translator("ingest", lang)(_TEXTS[code])
