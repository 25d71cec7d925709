"""The table of rows that could not be used, and the limit on how many there may be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from regulars.errors import InputError, TooManyRejects
from regulars.ingest import reasons
from regulars.ingest.arrow import labels, numbers
from regulars.ingest.cells import Cells, strings
from regulars.ingest.facts import Facts
from regulars.ingest.layout import no_rows
from regulars.ingest.rows import Rows
from regulars.ingest.schema import REJECTS, Counters
from regulars.ingest.sheets import Piece
from regulars.language import Language

_LONGEST = 200
_ROW, _UNCLEAR = -1, -2
_TOP = 3
_FIELDS = {
    reasons.DATE_MISSING: ("ordered_at",),
    reasons.DATE_UNREADABLE: ("ordered_at",),
    reasons.YEAR_IMPOSSIBLE: ("ordered_at",),
    reasons.DATE_IN_FUTURE: ("ordered_at",),
    reasons.AMOUNT_MISSING: ("amount", "order_amount"),
    reasons.AMOUNT_UNREADABLE: ("amount", "order_amount"),
    reasons.AMOUNT_TOO_LARGE: ("amount", "order_amount"),
    reasons.REFUND_UNREADABLE: ("refunded_amount",),
    reasons.CURRENCY_UNKNOWN: ("currency",),
}


def reject_table(facts: Facts, verdict: np.ndarray) -> pa.Table:
    """One row per rejected row, in the order of the files."""
    rejected = np.flatnonzero((verdict != reasons.FINE) & (verdict < reasons.SKIPPED))
    parts = []
    for rows, first, last in zip(facts.sheets, facts.first, facts.first[1:], strict=False):
        mine = rejected[(rejected >= first) & (rejected < last)] - first
        for piece, begin, here in rows.by_piece(mine):
            parts.append(_part(rows, piece, begin, here, verdict[here + begin + first]))
    return pa.concat_tables(parts).combine_chunks() if parts else pa.Table.from_batches([], REJECTS)


def _part(rows: Rows, piece: Piece, begin: int, here: np.ndarray, said: np.ndarray) -> pa.Table:
    """The rejects of one piece: ``here`` are rows in it, ``said`` the verdicts on them."""
    subject = np.array([_subject(rows, v, 0) for v in range(reasons.SKIPPED)], np.int64)[said]
    for i in np.flatnonzero(subject == _UNCLEAR).tolist():
        subject[i] = _subject(rows, int(said[i]), begin + int(here[i]))
    texts, order = [], []
    for column in np.unique(subject).tolist():
        chosen = np.flatnonzero(subject == column)
        whole = piece.lead.take(here[chosen]) if column == _ROW else rows.sheet.cells_at(piece, here[chosen], column)
        texts.append(strings(_shortened(whole), np.arange(chosen.size), null=False))
        order.append(chosen)
    value = pa.chunked_array([chunk for text in texts for chunk in text.chunks], pa.string())
    names = [*rows.sheet.names, ""]
    codes = [code if code is not None else "" for code in map(reasons.CODES.get, range(reasons.SKIPPED))]
    found = [
        labels([rows.sheet.file], np.zeros(here.size, np.int64)),
        numbers(piece.lines(here)),
        labels(names, np.where(subject < 0, len(names) - 1, subject)),
        value.take(numbers(np.argsort(np.concatenate(order)))),
        labels(codes, said),
        labels([reasons.reason_text(code) if code else "" for code in codes], said),
    ]
    return pa.Table.from_arrays(found, schema=REJECTS)


def _shortened(cells: Cells) -> Cells:
    """The cells, long ones cut at the end of a character."""
    stop = np.minimum(cells.stop, cells.start + _LONGEST)
    cut = stop < cells.stop
    for _ in range(3):
        stop -= cut & (cells.data[np.minimum(stop, cells.data.size - 1)] & 0xC0 == 0x80)
    return Cells(cells.data, cells.start, stop)


def _subject(rows: Rows, verdict: int, number: int) -> int:
    """The column that a verdict is about, _ROW for the whole row; _UNCLEAR when only the row itself (``number``)
    tells."""
    if verdict == reasons.TOO_MANY_CELLS:
        return _ROW
    for field in _FIELDS.get(verdict, ()):
        if field in rows.columns:
            return rows.columns[field]
    return rows.columns[_bad_factor(rows, number)] if number else _UNCLEAR


def _bad_factor(rows: Rows, number: int) -> str:
    """Quantity or unit price, whichever is at fault; in a file without amounts any column will do."""
    factors = [field for field in ("quantity", "unit_price") if field in rows.numbers]
    return next((field for field in factors if rows.numbers[field].state[number]), (*factors, *rows.columns)[0])


def beyond_limit(counters: Counters, limit: float) -> bool:
    """Whether too many rows are rejected to go on, or none is left to use."""
    looked_at = counters.rows - counters.skipped_rows
    return counters.used_rows == 0 or counters.rejected_rows > limit * looked_at


def limit_error(facts: Facts, rejects: pa.Table, counters: Counters, limit: float) -> InputError:
    """The error that says which rows were rejected, and why."""
    looked_at = counters.rows - counters.skipped_rows
    rejected = counters.rejected_rows
    if rejected > limit * looked_at:
        return TooManyRejects(
            "too_many_rejects",
            "{rejected} of {rows} rows cannot be used ({share:.0%}; at most {limit:.0%} may be rejected): {reasons}.",
            "Look at the examples: the wrong column may have been taken (--map field=COLUMN). --max-rejects allows "
            "more.",
            rejected=rejected,
            rows=looked_at,
            share=rejected / looked_at,
            limit=limit,
            reasons=TopReasons.of(rejects),
            rejects=rejects,
        )
    if not rejected:
        return no_rows(facts.sheets[0].sheet.file)
    return InputError(
        "no_usable_rows",
        "There is no row that can be used: {rejected} of {rows} were rejected. {reasons}",
        "Check that the file holds orders, and which columns were taken (--map field=COLUMN).",
        rejected=rejected,
        rows=counters.rows,
        reasons=TopReasons.of(rejects),
    )


@dataclass(frozen=True)
class TopReasons:
    """The most frequent reasons, each with an example: rows (code, how many, where)."""

    rows: tuple[tuple[str, int, str], ...]

    @classmethod
    def of(cls, rejects: pa.Table) -> TopReasons:
        rows = []
        codes = rejects["reason"].to_pylist()
        for code, count in Counter(codes).most_common(_TOP):
            row = codes.index(code)
            file, line, column, value = (rejects[name][row].as_py() for name in ("file", "line", "column", "value"))
            rows.append((code, count, f"{file}:{line} {column} = {value[:40]!r}"))
        return cls(tuple(rows))

    def told(self, lang: Language) -> str:
        stop = "；" if lang == "zh" else "; "
        return stop.join(f"{n} × {reasons.reason_text(code, lang)} ({where})" for code, n, where in self.rows)

    def __str__(self) -> str:
        return self.told("en")
