"""Files as they are uploaded: streamed to the disk under a limit, named safely, unpacked under a limit.

A file lies in ``incoming`` until it is whole; only then does it move into the folder of its import. What an interrupted
upload leaves there is removed at once, or by the next upload after a day.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import time
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from regulars.config.options import options
from regulars.crm.insights.imports.errors import ImportProblem, TooLarge
from regulars.crm.public_ids import new_public_id

KINDS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".parquet")
PACKED = (".zip", ".gz")
MOST_FILES = 50
BLOCK = 1 << 20
STALE_SECONDS = 24 * 3600
# A workbook is read whole: what it unpacks to, and how many cells its used area has, is bounded.
MOST_WORKBOOK_BYTES = 600 << 20
MOST_WORKBOOK_CELLS = 100_000_000
MOST_RATIO = 200
_UNSAFE = re.compile(r"[\x00-\x1f\x7f<>:\"/\\|?*\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
_CELL = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"')


def root() -> Path:
    return options().data / "uploads" / "imports"


def folder(public_id: str) -> Path:
    return root() / public_id


def limit() -> int:
    """The most bytes of one upload."""
    return options().upload_limit_mb << 20


def safe_name(name: str) -> str:
    """The last part of a name, without anything a file system or a page could take for something else."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = _UNSAFE.sub("_", last).strip(" .")
    stem, dot, suffix = clean.rpartition(".")
    return f"{stem[:80] or 'file'}{dot}{suffix[:10]}" if dot else clean[:90] or "file"


@contextmanager
def incoming() -> Iterator[Path]:
    """A folder of its own for one upload; gone afterwards, whatever happened."""
    place = root() / "incoming" / new_public_id()
    place.mkdir(parents=True)
    sweep()
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def sweep() -> None:
    """Remove what killed uploads left behind."""
    for left in (root() / "incoming").iterdir():
        if time.time() - left.stat().st_mtime > STALE_SECONDS:
            shutil.rmtree(left, ignore_errors=True)


def settle(place: Path, public_id: str, uploaded: list[tuple[str, Path]]) -> list[str]:
    """Check and unpack uploaded files and move them into the folder of the import; returns their names there."""
    ready = place / "ready"
    ready.mkdir()
    for name, path in uploaded:
        _accept(path, safe_name(name), ready)
    names = sorted(entry.name for entry in ready.iterdir())
    if not names:
        raise _no_table()
    if len(names) > MOST_FILES:
        raise TooLarge("too_many_files", "There are {count} files; at most {most} can be imported at once.",
                       "Divide them over several imports.", count=len(names), most=MOST_FILES)  # fmt: skip
    target = folder(public_id) / "files"
    target.parent.mkdir(parents=True)
    os.replace(ready, target)
    return names


def paths(public_id: str, names: list[str]) -> list[Path]:
    return [folder(public_id) / "files" / name for name in names]


def remove(public_id: str) -> None:
    shutil.rmtree(folder(public_id), ignore_errors=True)


def _accept(path: Path, name: str, ready: Path) -> None:
    with path.open("rb") as file:
        head = file.read(4)
    suffix = Path(name).suffix.lower()
    if not head:
        raise ImportProblem("empty_upload", "{file} is empty.", "Export it again.", file=name)
    if head[:2] == b"\x1f\x8b":
        inner = name[: -len(suffix)] if suffix == ".gz" else name
        target = _place(ready, inner if Path(inner).suffix.lower() in KINDS else f"{inner}.csv")
        with gzip.open(path) as packed:
            _unpack(packed, target, name)
        _check_kind(target, target.name)
    elif head == b"PK\x03\x04" and suffix not in (".xlsx", ".xlsm"):
        _unzip(path, name, ready)
    else:
        _check_kind(path, name)
        os.replace(path, _place(ready, name))


def _check_kind(path: Path, name: str) -> None:
    """Refuse what is no table, or one that would not fit into memory."""
    suffix = Path(name).suffix.lower()
    if suffix not in KINDS:
        raise ImportProblem(
            "unknown_kind", "{file} is not a kind of file that can be imported.",
            "CSV, TSV, TXT, XLSX, XLS and Parquet can be, also packed as ZIP or GZ.", file=name,
        )  # fmt: skip
    with path.open("rb") as file:
        head = file.read(4)
    if head == b"PK\x03\x04":
        check_workbook(path, name)


def _place(ready: Path, name: str) -> Path:
    """A free name in ``ready``."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in range(1, 10_000):
        target = ready / (name if number == 1 else f"{stem} ({number}){suffix}")
        if not target.exists():
            return target
    raise _no_table()


def _unpack(packed: IO[bytes] | gzip.GzipFile, target: Path, name: str) -> None:
    room = limit() - sum(entry.stat().st_size for entry in target.parent.iterdir())
    try:
        with target.open("wb") as out:
            while block := packed.read(BLOCK):
                room -= len(block)
                if room < 0:
                    raise _bomb(name)
                out.write(block)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the file
        raise ImportProblem("damaged", "{file} is damaged or protected and cannot be unpacked.",
                            "Pack it again, without a password.", file=name) from error  # fmt: skip


def _unzip(path: Path, name: str, ready: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            wanted = [
                entry for entry in archive.infolist()
                if not entry.is_dir() and "__MACOSX" not in entry.filename
                and not safe_name(entry.filename).startswith((".", "~$", "_"))
                and Path(safe_name(entry.filename)).suffix.lower() in KINDS
            ]  # fmt: skip
            if sum(entry.file_size for entry in wanted) > limit() or len(wanted) > MOST_FILES:
                raise _bomb(name)
            for entry in wanted:
                target = _place(ready, safe_name(entry.filename))
                with archive.open(entry) as packed:
                    _unpack(packed, target, name)
                _check_kind(target, target.name)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError) as error:
        raise ImportProblem("damaged", "{file} is damaged or protected and cannot be unpacked.",
                            "Pack it again, without a password.", file=name) from error  # fmt: skip


def check_workbook(path: Path, name: str) -> None:
    """TooLarge when a workbook unpacks to more than fits, or its cells lie so far apart that their area would not."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            total = sum(entry.file_size for entry in entries)
            if total > MOST_WORKBOOK_BYTES or total > MOST_RATIO * max(path.stat().st_size, 1 << 16):
                raise _bomb(name)
            for entry in entries:
                if re.fullmatch(r"/?xl/worksheets/[^/]+\.xml", entry.filename):
                    with archive.open(entry) as sheet:
                        if _area(sheet) > MOST_WORKBOOK_CELLS:
                            raise _bomb(name)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise ImportProblem("damaged", "{file} is damaged or protected and cannot be unpacked.",
                            "Pack it again, without a password.", file=name) from error  # fmt: skip


def _area(sheet: IO[bytes]) -> int:
    """Rows × columns up to the last cell of a worksheet."""
    rows, rest = 0, b""
    columns: set[bytes] = set()
    while block := sheet.read(4 * BLOCK):
        text = rest + block
        found = _CELL.findall(text)
        columns.update(letters for letters, _ in found)
        rows = max([rows, *(int(row) for _, row in found)])
        rest = text[-200:]
    return rows * max((_column_number(letters) for letters in columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _bomb(name: str) -> TooLarge:
    return TooLarge(
        "too_large_unpacked", "{file} unpacks to more than can be imported.",
        "Divide it into smaller files, or export it as CSV.", file=name,
    )  # fmt: skip


def _no_table() -> ImportProblem:
    return ImportProblem("no_import_table", "There is no file that can be imported.",
                         "CSV, TSV, TXT, XLSX, XLS and Parquet can be, also packed as ZIP or GZ.")  # fmt: skip
