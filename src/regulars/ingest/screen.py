"""The verdict on every row: usable, rejected and why, or skipped."""

from __future__ import annotations

import numpy as np

from regulars.ingest import dates, money, reasons
from regulars.ingest.columns import Dates
from regulars.ingest.facts import Facts, Limbs
from regulars.ingest.fields import Wordlist, currency_named, plain_name, wordlist
from regulars.ingest.rows import Rows
from regulars.ingest.sheets import BLANK, TOO_MANY

NO_STATUS = -1
_TAIL = 5
_DATE_VERDICTS = {
    dates.EMPTY: reasons.DATE_MISSING,
    dates.BAD: reasons.DATE_UNREADABLE,
    dates.RANGE: reasons.YEAR_IMPOSSIBLE,
}
MONEY_VERDICTS = {
    money.EMPTY: reasons.AMOUNT_MISSING,
    money.BAD: reasons.AMOUNT_UNREADABLE,
    money.LARGE: reasons.AMOUNT_TOO_LARGE,
}


def screen(facts: Facts, ordered: Dates, day: np.ndarray, worth: Limbs, refund: Limbs, last_day: int) -> np.ndarray:
    """The first thing wrong with each row, as a verdict; rows dated after ``last_day`` are in the future."""
    verdict = np.zeros(len(facts), np.int8)
    _mark(verdict, worth.state, MONEY_VERDICTS)
    if (refund.state > money.EMPTY).any():
        verdict[refund.state > money.EMPTY] = reasons.REFUND_UNREADABLE
    verdict[(day > last_day) & (ordered.form >= dates.DAY)] = reasons.DATE_IN_FUTURE
    _mark(verdict, ordered.form, _DATE_VERDICTS)
    fault = facts.per_sheet(lambda rows: rows.fault)
    if fault.any():
        verdict[fault == TOO_MANY] = reasons.TOO_MANY_CELLS
        verdict[fault == BLANK] = reasons.SKIPPED
    return verdict


def _mark(verdict: np.ndarray, state: np.ndarray, meanings: dict[int, int]) -> None:
    for value, meaning in meanings.items():
        hit = state == value
        if hit.any():
            verdict[hit] = meaning


def skip_footers(rows: Rows, verdict: np.ndarray) -> None:
    """Mark as skipped, in place, what is no order but no mistake either: footers and repeated headers.

    Only rows that would be rejected, and the last few, are looked at. A footer is a row whose first filled cell is a
    word such as 合计, or that begins with #; a row with a date is an order, unless it is one of the last and has no
    customer.
    """
    footer = wordlist("footer")
    header = [plain_name(cell) for cell in rows.sheet.header_cells or ()]
    prefixes = _prefixes(footer, rows.sheet.header_cells)
    n = len(rows)
    bad = np.flatnonzero((verdict != reasons.FINE) & (verdict != reasons.SKIPPED))
    tail = np.flatnonzero(verdict[max(0, n - _TAIL) :] == reasons.FINE) + max(0, n - _TAIL)
    for piece, begin, here in rows.by_piece(np.union1d(bad, tail)):
        lead = piece.lead
        first = lead.data[np.minimum(lead.start[here], lead.data.size - 1)]
        second = lead.data[np.minimum(lead.start[here] + 1, lead.data.size - 1)]
        suspect = here[prefixes[first.astype(np.int64) * 256 + second]]
        for row in (suspect + begin).tolist():
            cells = rows.row_cells(row)
            if verdict[row] == reasons.FINE and not _nobodys(rows, row, footer):
                continue
            if _is_footer(cells, footer) or (header and [plain_name(cell) for cell in cells[: len(header)]] == header):
                verdict[row] = reasons.SKIPPED


def _nobodys(rows: Rows, row: int, footer: Wordlist) -> bool:
    """Whether a row with date and amount names neither an order nor a customer."""
    if rows.holds("order_id") and rows.raw("order_id", row) and rows.raw("order_id", row) not in footer:
        return False
    customer = rows.raw("customer_id", row) if rows.holds("customer_id") else ""
    return not customer or customer in footer


def _prefixes(footer: Wordlist, header: tuple[str, ...] | None) -> np.ndarray:
    """Whether a row that begins with two given bytes may be a footer or the header again; unusual beginnings may."""
    flags = np.zeros((256, 256), bool)
    unusual = [b for b in range(128) if not chr(b).isalnum()] + [0xC2, 0xE2, 0xE3, 0xEF]
    flags[unusual] = True
    for word in (*footer.words, *(header or ())[:1]):
        for spelling in (word, word.lower(), word.upper(), word.capitalize()):
            raw = spelling.encode()[:2].ljust(2)
            flags[raw[0], raw[1]] = True
    return flags.ravel()


def _is_footer(cells: list[str], footer: Wordlist) -> bool:
    filled = [cell for cell in cells if cell] or [""]
    return (len(filled) == 1 and filled[0].startswith("#")) or filled[0].rstrip(" :：") in footer


def status_codes(rows: Rows, cancelled: tuple[str, ...], unpaid: tuple[str, ...]) -> np.ndarray:
    """0 valid, 1 cancelled, 2 unpaid, -1 nothing said, per row of a sheet."""
    codes = np.full(len(rows), NO_STATUS, np.int8)
    if "status" in rows.words:
        words = rows.words["status"]
        lists = ((1, Wordlist(cancelled)), (2, Wordlist(unpaid)))
        meaning = [next((code for code, listed in lists if text in listed), 0) for text in words.texts]
        codes = np.array([*meaning, NO_STATUS], np.int8)[words.codes]
    cancelled_at = rows.cells("cancelled_at")
    if cancelled_at is not None:
        codes[cancelled_at.filled] = 1
    return codes


def currency_codes(rows: Rows, known: dict[str, int]) -> np.ndarray:
    """Number of the currency each row of the currency column names, in ``known`` (extended); -1 none, -2 unknown."""
    words = rows.words["currency"]
    meaning = []
    for text in words.texts:
        code = currency_named(text)
        meaning.append(-2 if code is None else known.setdefault(code, len(known)))
    return np.array([*meaning, -1], np.int16)[words.codes]
