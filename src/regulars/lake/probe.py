"""Can this place keep a lake? Asked once by every process before it writes, of the very calls that a commit relies on.

A commit is safe when a store creates a file only if it is not there yet, tells the second who tries, and shows at once
what it has acknowledged. So a table is made beside the lake's own tables, and a few rivals commit the same version of
it at the same moment, several times over: one of them must win each time, the others must be told. (One after another
would prove nothing, as the library looks before it writes.)
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import CommitFailedError, DeltaError

from regulars.errors import LakeError
from regulars.lake import faults
from regulars.lake.storage import Storage

RIVALS, ROUNDS = 3, 2
PREFIX = "_probe-"
_ROWS = pa.schema([("nothing", pa.int32())])
_MARK = b"written a moment ago"


def probe(storage: Storage) -> None:
    """LakeError when the store accepts a commit twice, does not show what was written, or cannot be written at all."""
    name = f"{PREFIX}{os.urandom(6).hex()}"
    try:
        _check(storage, name)
    except (DeltaError, OSError) as error:
        text = faults.plain(error)
        if "not yet implemented" in text or "NotImplemented" in text:
            raise faults.unfit_store(storage.root, "it has no conditional writes") from error
        raise faults.cannot_write(storage.root, text) from error
    finally:
        with suppress(LakeError):  # what stays is taken by vacuum
            storage.remove_folder(name)


def _check(storage: Storage, name: str) -> None:
    place, options = storage.path(name), storage.delta_options
    storage.write(f"{name}/mark", _MARK)
    if storage.read(f"{name}/mark") != _MARK:
        raise faults.unfit_store(storage.root, "what was just written reads differently")
    DeltaTable.create(place, _ROWS, mode="error", storage_options=options)
    with ThreadPoolExecutor(RIVALS) as pool:
        for number in range(ROUNDS):
            tables = [DeltaTable(place, version=number, storage_options=options) for _ in range(RIVALS)]
            accepted = sum(pool.map(_commits, tables, [Barrier(RIVALS)] * RIVALS))
            if accepted > 1:
                raise faults.unfit_store(storage.root, "it accepts two commits of one version")
            if DeltaTable(place, storage_options=options).version() != number + 1:
                raise faults.unfit_store(storage.root, "it does not show what was just written")


def _commits(table: DeltaTable, start: Barrier) -> bool:
    start.wait()
    try:
        table.create_write_transaction(
            [], "append", _ROWS, [], commit_properties=CommitProperties(max_commit_retries=0)
        )
    except CommitFailedError:
        return False
    return True
