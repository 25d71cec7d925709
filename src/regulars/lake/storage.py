"""Where a lake's files are: the one module that touches the file system.

Everything else names files relative to the lake's folder. A data file gets its final name at once, because no reader
knows it before a commit names it; what a killed process leaves behind is never seen and goes with the next vacuum.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from regulars.lake import faults


@dataclass(frozen=True)
class Storage:
    """A folder of a local file system.

    ``durable`` false skips fsync: for a temporary lake that a power cut may take with it.
    """

    root: str
    durable: bool = True

    @classmethod
    def at(cls, path: str | os.PathLike[str], durable: bool = True) -> Storage:
        text = os.fspath(path)
        if "://" in text:
            raise faults.unsupported_store(text)
        root = str(Path(text).absolute())
        # The Delta library takes %20 in a path for a space, and \\ for /: it would look in another folder.
        if unquote(root) != root or (os.sep == "/" and "\\" in root):
            raise faults.unusable_path(root)
        return cls(root, durable)

    def path(self, name: str) -> str:
        return os.path.join(self.root, *name.split("/"))

    def exists(self, name: str) -> bool:
        return os.path.exists(self.path(name))

    def size(self, name: str) -> int:
        try:
            return os.stat(self.path(name)).st_size
        except FileNotFoundError:
            raise faults.missing_file(self.path(name)) from None

    def age(self, name: str) -> float:
        """Seconds since the file was written."""
        return time.time() - os.stat(self.path(name)).st_mtime

    def write(self, name: str, data: Any) -> None:
        """Write a new file whole and, when durable, to the platters."""
        path = self.path(name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as file:
                file.write(data)
                if self.durable:
                    file.flush()
                    os.fsync(file.fileno())
        except OSError as error:
            raise faults.cannot_write(path, error.strerror or str(error)) from error

    def settle(self, *names: str) -> None:
        """Make files or folders that somebody else wrote survive a power cut."""
        if not self.durable:
            return
        for name in names:
            handle = os.open(self.path(name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def read(self, name: str) -> bytes:
        try:
            return Path(self.path(name)).read_bytes()
        except FileNotFoundError:
            raise faults.missing_file(self.path(name)) from None

    def map(self, name: str) -> Any:
        """The file as memory-mapped pyarrow input."""
        try:
            return pa.memory_map(self.path(name), "r")
        except FileNotFoundError:
            raise faults.missing_file(self.path(name)) from None

    def remove(self, name: str) -> None:
        Path(self.path(name)).unlink(missing_ok=True)

    def list(self, folder: str) -> Iterator[str]:
        """Names of all files below ``folder``, relative to the lake."""
        for where, _, names in os.walk(self.path(folder)):
            relative = os.path.relpath(where, self.root).replace(os.sep, "/")
            yield from (f"{relative}/{name}" for name in names)
