"""Folders that are complete or absent: work is done beside the wanted place and moved there in one step.

A working folder holds a lock that the system lets go of when its process dies, however it dies. So the next run knows
what a killed one left behind, gives back a result that was set aside, and removes the rest.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from regulars.errors import OutputError

LOCK = "lock"
RESULT, EARLIER = "result", "earlier"
TEMPORARY = "regulars-run-"
UNLOCKED_FOR = 3600.0  # seconds after which a working folder without a lock belongs to nobody
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOBODYS = {".DS_Store", "Thumbs.db", "desktop.ini"}
_at_work: dict[Path, Callable[[Path], None]] = {}
"""Working folders of this process, and what saves from each what must not go with it."""


@dataclass(frozen=True)
class FolderKind:
    """How a folder that Regulars wrote is known again: the entry it always has, and all that it may have."""

    mark: str
    entries: frozenset[str]

    def foreign(self, folder: Path) -> str | None:
        """Name of an entry of ``folder`` that Regulars did not write, or None."""
        names = {entry.name for entry in folder.iterdir()} - _NOBODYS
        if names and self.mark not in names:
            return min(names)
        return min(names - self.entries, default=None)


@contextmanager
def staged(out: Path, kind: FolderKind, *, overwrite: bool = False, keep: Iterable[Path] = ()) -> Iterator[Path]:
    """A folder that takes the place of ``out`` when the block ends well, and vanishes when it does not.

    ``keep`` are paths that the work reads: none of them may lie in an ``out`` that would be replaced. Raises
    OutputError when ``out`` cannot be written, or holds something and ``overwrite`` is not given, or something else
    than ``kind``.
    """
    with ExitStack() as stack:
        with _said_of(out):
            target = out.resolve()
            prefix = f".{target.name}.regulars-"

            def rescue(left: Path) -> None:
                _give_back(left / EARLIER, target)

            sweep(target.parent, prefix, rescue)
            check_free(out, kind, overwrite=overwrite, keep=keep)
            target.parent.mkdir(parents=True, exist_ok=True)
            folder = stack.enter_context(scratch(target.parent, prefix, rescue))
            result = folder / RESULT
            result.mkdir()
        yield result
        with _said_of(out):
            _settle(result)
            check_free(out, kind, overwrite=overwrite, keep=keep)  # somebody may have been faster
            _take_place(result, target, folder / EARLIER)


@contextmanager
def _said_of(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise not_writable(out, error) from error


def _leave(_folder: Path) -> None:
    """Save nothing from a working folder."""


@contextmanager
def scratch(parent: Path, prefix: str, rescue: Callable[[Path], None] = _leave) -> Iterator[Path]:
    """An empty folder in ``parent`` that vanishes with the block, or with the process by `clear_up`. Raises OSError."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    _at_work[folder] = rescue
    try:
        with _locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        _at_work.pop(folder, None)


@contextmanager
def temporary_home() -> Iterator[None]:
    """All temporary files of the process in one working folder, so that none outlives it. Raises OSError."""
    usual = tempfile.tempdir
    home = Path(tempfile.gettempdir())
    sweep(home, TEMPORARY)
    with scratch(home, TEMPORARY) as folder:
        tempfile.tempdir = str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = usual


def clear_up() -> None:
    """Remove every working folder of this process, which is about to end while its threads may still be writing."""
    for folder, rescue in list(_at_work.items()):
        with suppress(OSError):
            rescue(folder)
        for _ in range(20):
            shutil.rmtree(folder, ignore_errors=True)
            if not folder.exists():
                break


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    handle = os.open(folder / f"{LOCK}.new", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        with suppress(OSError):  # a file system without locks: nobody will take the folder for a dead one's
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.rename(folder / f"{LOCK}.new", folder / LOCK)  # whoever sees the lock finds it taken
        yield
    finally:
        os.close(handle)


def sweep(parent: Path, prefix: str, rescue: Callable[[Path], None] = _leave) -> None:
    """Remove the working folders that dead processes left, after ``rescue`` has had a look at each. Raises OSError."""
    for left in _left_behind(parent, prefix):
        rescue(left)
        shutil.rmtree(left, ignore_errors=True)


def _left_behind(parent: Path, prefix: str) -> Iterator[Path]:
    """Working folders of this user whose process is dead, each held while the caller looks at it."""
    for folder in sorted(parent.glob(f"{_literal(prefix)}*")):
        with suppress(OSError):
            about = folder.lstat()
            if about.st_uid != os.geteuid() or not stat.S_ISDIR(about.st_mode):
                continue
            if not (folder / LOCK).exists():
                if time.time() - about.st_mtime > UNLOCKED_FOR:
                    yield folder
                continue
            handle = os.open(folder / LOCK, os.O_RDWR)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                yield folder
            finally:
                os.close(handle)


def _literal(text: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in text)


def check_free(out: Path, kind: FolderKind, *, overwrite: bool, keep: Iterable[Path] = ()) -> None:
    """Refuse early what could not be written at the end. Raises OutputError and OSError."""
    if out.exists() and not out.is_dir():
        raise OutputError("output_is_file", "{out} is a file, not a folder.", "Choose another --out.", out=out)
    if os.path.ismount(out):
        raise OutputError(
            "output_is_mount",
            "{out} is where another file system begins, and cannot be replaced by a result.",
            "Name a folder inside it: {out}/result.",
            out=out,
        )
    if not out.is_dir() or not any(out.iterdir()):
        return
    if not overwrite:
        raise OutputError(
            "output_not_empty",
            "The folder {out} is not empty.",
            "Choose another --out, or add --overwrite to replace an earlier result.",
            out=out,
        )
    foreign = kind.foreign(out)
    if foreign is not None:
        raise OutputError(
            "output_not_a_result",
            "The folder {out} holds {entry}, which is not part of a result of Regulars; nothing was touched.",
            "Choose another --out.",
            out=out,
            entry=foreign,
        )
    for path in keep:
        if path.resolve().is_relative_to(out.resolve()):
            raise OutputError(
                "output_holds_input",
                "{path} lies in {out}, which would be replaced.",
                "Choose another --out.",
                path=path,
                out=out,
            )


def _settle(folder: Path) -> None:
    """Bring files to the disk before they get their name, so that not even a power cut leaves half."""
    for path in (*folder.rglob("*"), folder):
        if path.is_file() or path.is_dir():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def _take_place(result: Path, target: Path, aside: Path) -> None:
    """Move the finished folder to its place; what was there is set aside first, and comes back when that fails."""
    try:
        if target.is_dir():
            result.chmod(stat.S_IMODE(target.stat().st_mode))
            os.rename(target, aside)
        os.rename(result, target)
    except BaseException:
        _give_back(aside, target)
        raise


def _give_back(aside: Path, target: Path) -> None:
    if aside.is_dir() and not target.exists():
        os.rename(aside, target)


def not_writable(out: Path, error: OSError) -> OutputError:
    """The error for a place that refuses to be written, or that has no room left."""
    if error.errno in NO_ROOM:
        return OutputError(
            "disk_full",
            "The disk is full; nothing was written to {out}.",
            "Free some space (the lake of a run goes to the folder for temporary files, TMPDIR) and run again.",
            out=out,
        )
    return OutputError(
        "output_not_writable",
        "{out} cannot be written: {reason}.",
        "Check that you may write to the folder above it, or choose another --out.",
        out=out,
        reason=error.strerror or error,
    )


@contextmanager
def whole_file(out: Path) -> Iterator[Path]:
    """A path to write to; the file takes its place at ``out`` when the block ends well, and vanishes when it does not.

    Raises OutputError when it cannot be written.
    """
    target = out.resolve()
    prefix = f".{target.name}.regulars-"
    with ExitStack() as stack:
        with _said_of(out):
            sweep(target.parent, prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = stack.enter_context(scratch(target.parent, prefix)) / target.name
        with _said_of(out):
            yield partial
            _settle(partial)
            os.replace(partial, target)
