"""Where the table begins: the header row among junk, or none at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from regulars.ingest.content import is_date, is_number
from regulars.ingest.fields import count_known

_LOOKED_AT = 60


def _width(row: Sequence[str]) -> int:
    """Cells up to the last filled one."""
    return max((i + 1 for i, cell in enumerate(row) if cell), default=0)


def _is_value(cell: str) -> bool:
    return is_date(cell) or is_number(cell)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the header row, or None when the table has none (its first row holds values).

    The row with most known column names wins; without two known names it is the first row that is about as wide as the
    others, holds only words, and is followed by values.
    """
    top = rows[:_LOOKED_AT]
    known = [count_known(row) if _width(row) > 1 else 0 for row in top]
    best = max(known, default=0)
    if best >= 2 or (best == 1 and len(top) == 1):
        return known.index(best)
    widths = Counter(_width(row) for row in top if any(row))
    usual = widths.most_common(1)[0][0] if widths else 0
    for i, row in enumerate(top):
        filled = [cell for cell in row if cell]
        if _width(row) * 2 < usual or not filled:
            continue
        if any(_is_value(cell) for cell in filled):
            return None
        followed = i + 1 < len(top) and any(_is_value(cell) for cell in top[i + 1])
        if followed or known[i]:
            return i
    return None


def first_row(rows: Sequence[Sequence[str]]) -> int:
    """Index of the first row of a table without a header: the first of the usual width."""
    widths = Counter(_width(row) for row in rows if any(row))
    usual = widths.most_common(1)[0][0] if widths else 0
    return next((i for i, row in enumerate(rows) if _width(row) >= usual and any(row)), 0)


def column_names(header: Sequence[str] | None, columns: int) -> tuple[str, ...]:
    """Names of the columns: those of the header, made unique; column 3 where it says nothing."""
    seen: Counter[str] = Counter()
    names = []
    for i in range(columns):
        name = header[i] if header is not None and i < len(header) and header[i] else f"column {i + 1}"
        name = " ".join(name.split())
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(names)
