"""A lake in a folder: of a local disk, or of a network file system that all writers have mounted."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow as pa

from regulars.lake import faults
from regulars.lake.records import Entry

_AT_ONCE = 16


@dataclass(frozen=True)
class Folder:
    """``durable`` false skips fsync and the test of the file system: for a temporary lake of one process."""

    root: str
    durable: bool = True

    remote = False
    delta_options = None

    @classmethod
    def at(cls, path: str, durable: bool = True) -> Folder:
        root = str(Path(path).absolute())
        # The Delta library takes %20 in a path for a space, and \\ for /: it would look in another folder.
        if unquote(root) != root or (os.sep == "/" and "\\" in root):
            raise faults.unusable_path(root)
        return cls(root, durable)

    @property
    def scratch(self) -> str:
        return self.root

    def path(self, name: str) -> str:
        return os.path.join(self.root, *name.split("/"))

    def exists(self, name: str) -> bool:
        return os.path.exists(self.path(name))

    def write(self, name: str, data: Any) -> None:
        path = self.path(name)
        try:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "xb") as file:
                file.write(data)
        except OSError as error:
            raise faults.cannot_write(path, error.strerror or str(error)) from error

    def settle(self, *names: str) -> None:
        if not self.durable or not names:
            return
        # Together, not one after another: a file system writes what waits at the same moment in one go.
        with ThreadPoolExecutor(min(len(names), _AT_ONCE)) as pool:
            list(pool.map(self._settle, names))

    def _settle(self, name: str) -> None:
        try:
            handle = os.open(self.path(name), os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise faults.cannot_write(self.path(name), error.strerror or str(error)) from error

    def read(self, name: str) -> bytes:
        try:
            return Path(self.path(name)).read_bytes()
        except FileNotFoundError:
            raise faults.missing_file(self.path(name)) from None

    def map(self, name: str) -> Any:
        try:
            return pa.memory_map(self.path(name), "r")
        except FileNotFoundError:
            raise faults.missing_file(self.path(name)) from None

    def remove(self, name: str) -> None:
        Path(self.path(name)).unlink(missing_ok=True)

    def remove_folder(self, name: str) -> None:
        shutil.rmtree(self.path(name), ignore_errors=True)

    def sizes(self, _folder: str, names: Sequence[str]) -> Mapping[str, int]:
        found = {}
        for name in names:
            with suppress(FileNotFoundError):
                found[name] = os.stat(self.path(name)).st_size
        return found

    def entries(self, folder: str) -> Iterator[Entry]:
        now = time.time()
        for where, _, names in os.walk(self.path(folder)):
            relative = os.path.relpath(where, self.root).replace(os.sep, "/")
            relative = "" if relative == "." else f"{relative}/"
            for name in names:
                try:
                    about = os.stat(os.path.join(where, name))
                except FileNotFoundError:  # a writer's own temporary file
                    continue
                yield Entry(f"{relative}{name}", about.st_size, now - about.st_mtime)
