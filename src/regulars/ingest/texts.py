"""Text columns of the canonical tables, copied out of the files."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor, Future
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from regulars.ingest.arrow import no_texts
from regulars.ingest.cells import Cells, joined, no_cells, strings
from regulars.ingest.facts import Facts
from regulars.ingest.rows import Rows


def present(facts: Facts, name: str) -> bool:
    """Whether any file can fill the column: product_id is also filled from product names."""
    return facts.has(name) or (name == "product_id" and facts.has("product_name"))


def _piece_cells(rows: Rows, name: str, i: int) -> Cells | None:
    """The cells of piece i; of products the id, or the name where there is no id."""
    if name == "product_id" and rows.holds("product_name"):
        names = rows.piece_cells("product_name", i)
        if not rows.holds("product_id"):
            return names
        ids = rows.piece_cells("product_id", i)
        filled, n = ids.filled, len(ids)
        return ids if filled.all() else joined([ids, names]).take(np.where(filled, np.arange(n), np.arange(n, 2 * n)))
    return rows.piece_cells(name, i) if rows.holds(name) else None


def all_cells(facts: Facts, name: str) -> Cells:
    """The column over all rows of all files."""
    parts = []
    for rows in facts.sheets:
        for i, piece in enumerate(rows.pieces):
            cells = _piece_cells(rows, name, i)
            parts.append(no_cells(piece.rows) if cells is None else cells)
    return joined(parts)


class TextColumns:
    """Columns for a table of the rows ``live``, one table row each.

    The work goes over the files once, piece by piece, all columns of a piece together: text is copied while it is near.
    """

    def __init__(self, facts: Facts, names: Sequence[str], live: np.ndarray, pool: Executor) -> None:
        self._names = [name for name in names if present(facts, name)]
        self._parts: list[Future[dict[str, Any]]] = []
        for rows, first in zip(facts.sheets, facts.first, strict=False):
            cuts = np.searchsorted(live, rows.first + first)
            for i, (a, z) in enumerate(pairwise(cuts.tolist())):
                here = live[a:z] - (int(first) + int(rows.first[i]))
                self._parts.append(pool.submit(self._copy, rows, i, here))

    def _copy(self, rows: Rows, i: int, here: np.ndarray) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name in self._names:
            cells = _piece_cells(rows, name, i)
            found[name] = no_texts(here.size) if cells is None else strings(cells, here)
        return found

    def get(self, name: str) -> pa.ChunkedArray | None:
        """The column, None where no file has it."""
        if name not in self._names:
            return None
        parts = [part.result()[name] for part in self._parts]
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], pa.string())
