"""Where a lake's files are: a folder of this machine or of a network file system, or a prefix of an object store.

Everything else names files relative to the lake. A data file gets its final name at once, because no reader knows it
before a commit names it; what a killed process leaves behind is never seen and goes with the next vacuum.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from regulars.lake import faults
from regulars.lake.folders import Folder
from regulars.lake.objects import Objects
from regulars.lake.records import Entry

_ADDRESS = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]+):(//|/(?=[^/]))(?P<rest>.*)", re.DOTALL)
_S3 = ("s3", "s3a")


class Storage(Protocol):
    """What a lake needs of the place it is kept in. Names are relative to the lake, with slashes."""

    @property
    def root(self) -> str: ...

    @property
    def durable(self) -> bool: ...

    @property
    def remote(self) -> bool:
        """Whether every question to the store costs a round trip over the network."""
        ...

    @property
    def delta_options(self) -> dict[str, str] | None:
        """How the Delta library reaches the same place."""
        ...

    @property
    def scratch(self) -> str:
        """A local folder for what does not fit into memory."""
        ...

    def path(self, name: str) -> str:
        """For people and for the Delta library."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such a file, or any file below such a folder."""
        ...

    def write(self, name: str, data: Any) -> None:
        """Write a new file; LakeError when it cannot be. It is whole, and safe from a power cut, once settled."""
        ...

    def settle(self, *names: str) -> None:
        """Make files, and the names in folders, survive a power cut."""
        ...

    def read(self, name: str) -> bytes:
        """LakeError when the file is missing."""
        ...

    def map(self, name: str) -> Any:
        """The file as pyarrow input that can be read in any order. LakeError when it is missing."""
        ...

    def remove(self, name: str) -> None: ...

    def remove_folder(self, name: str) -> None: ...

    def sizes(self, folder: str, names: Sequence[str]) -> Mapping[str, int]:
        """Bytes of those of ``names``, all below ``folder``, that are there."""
        ...

    def entries(self, folder: str) -> Iterator[Entry]:
        """All files below ``folder``; none when there is no such folder."""
        ...


def storage_at(
    path: str | os.PathLike[str], *, durable: bool = True, options: Mapping[str, str] | None = None
) -> Storage:
    """The place that ``path`` names: a folder, or ``s3://bucket/prefix`` with ``options`` beside the environment's.

    A ``pathlib.Path`` swallows one of the two slashes of an address; it is understood all the same. Raises LakeError
    for other kinds of store and for options that are not known.
    """
    text = os.fspath(path)
    address = _ADDRESS.fullmatch(text)
    if address is None or (os.name == "nt" and len(address["scheme"]) == 1):
        if options:
            raise faults.needless_options(text)
        return Folder.at(text, durable)
    if address["scheme"].lower() not in _S3:
        raise faults.unsupported_store(text)
    return Objects.at(address["rest"], dict(options or {}))
