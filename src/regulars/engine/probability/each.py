"""Customer by customer, on all processors: what is cheaper to compute for each than to look up by history."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from regulars.engine.probability.collapse import FloatArray
from regulars.engine.probability.dropout_future import alive_each
from regulars.engine.probability.future import after_first, theta
from regulars.engine.probability.results import PurchaseFit
from regulars.engine.probability.summaries import SummaryColumns
from regulars.engine.probability.threads import in_chunks

LEAST: Final = 1 << 18
TABLE: Final = 1 << 14


def alive_of_each(fit: PurchaseFit, columns: SummaryColumns) -> FloatArray:
    """P(alive) under BG/NBD or MBG/NBD, float64[n]."""
    out = np.empty(len(columns.frequency))
    parameters, first = theta(fit), after_first(fit)
    logs = np.log(parameters[1] + np.arange(min(int(columns.age.max()) + 1, TABLE), dtype=np.float64))

    def part(start: int, stop: int) -> None:
        rows = slice(start, stop)
        alive_each(
            columns.frequency[rows], columns.recency[rows], columns.age[rows], parameters, first, logs, out[rows]
        )

    in_chunks(len(out), part, least=LEAST)
    return out


@njit("void(float64[::1], float64[::1], int32[::1], float64[::1])", cache=True, nogil=True, error_model="numpy")
def _looked_up(alive, table, index, out):  # type: ignore[no-untyped-def]
    for i in range(out.shape[0]):
        out[i] = alive[i] * table[index[i]]


def looked_up(alive: FloatArray, table: FloatArray, index: NDArray[np.int32]) -> FloatArray:
    """alive * table[index], float64[n]."""
    out = np.empty(len(alive))

    def part(start: int, stop: int) -> None:
        rows = slice(start, stop)
        _looked_up(alive[rows], table, index[rows], out[rows])

    in_chunks(len(out), part, least=LEAST)
    return out
