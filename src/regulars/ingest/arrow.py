"""NumPy arrays -> Arrow arrays, straight from their memory.

``pyarrow.array`` copies where there are nulls, and imports pandas, wherever it is installed, before it looks at
anything.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numba import njit, types

from regulars.ingest.cells import Cells, strings
from regulars.ingest.hashing import INTS, INTS32, SMALL

_KINDS = {"int8": pa.int8(), "int32": pa.int32(), "int64": pa.int64()}


def numbers(values: np.ndarray, missing: np.ndarray | None = None) -> pa.Array:
    """An Arrow array over the memory of ``values`` (int8, int32 or int64), null where ``missing``."""
    bitmap = None
    if missing is not None and missing.any():
        bitmap = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(_KINDS[values.dtype.name], values.size, [bitmap, pa.py_buffer(values)])


def no_numbers(n: int) -> pa.Array:
    """n nulls of type int64."""
    return numbers(np.zeros(n, np.int64), np.ones(n, bool))


def no_texts(n: int) -> pa.ChunkedArray:
    """n null strings."""
    return labels([], np.full(n, -1, np.int64))


def labels(texts: Sequence[str], codes: np.ndarray) -> pa.ChunkedArray:
    """texts[codes] as Arrow strings, null where a code is negative."""
    raw = [text.encode() for text in texts]
    ends = np.cumsum([0] + [len(text) for text in raw]).astype(np.int64)
    data = np.frombuffer(b"".join(raw) + bytes(8), np.uint8)
    return strings(Cells(data, ends[:-1], ends[1:]), codes.astype(np.int64))


@njit([types.void(INTS, INTS, types.int64[::1]), types.void(INTS32, INTS, types.int32[::1]),
       types.void(SMALL, INTS, types.int8[::1])], nogil=True, cache=True)  # fmt: skip
def _pick(values, rows, out):  # type: ignore[no-untyped-def]
    for i in range(rows.size):
        out[i] = values[rows[i]]


def picked(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """values[rows] for int8, int32 and int64."""
    out = np.empty(rows.size, values.dtype)
    _pick(values, rows, out)
    return out
