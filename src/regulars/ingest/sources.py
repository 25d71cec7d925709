"""What the caller named -> the single files and tables to read: folders and archives are opened, kinds told by
content."""

from __future__ import annotations

import gzip
import hashlib
import mmap
import tempfile
import zipfile
import zlib
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, Literal

import pyarrow as pa

from regulars.errors import FileProblem, InputError
from regulars.ingest.schema import Note, note
from regulars.ingest.suggest import did_you_mean

Kind = Literal["text", "workbook", "parquet", "table"]

SUFFIXES = {
    ".csv",
    ".tsv",
    ".txt",
    ".tab",
    ".dat",
    ".gz",
    ".xlsx",
    ".xlsm",
    ".xls",
    ".xlsb",
    ".ods",
    ".parquet",
    ".zip",
}
"""Names that are looked at inside a folder or an archive; a file named outright is read whatever it is called."""

_CHUNK = 4 << 20


@dataclass(frozen=True)
class Source:
    """One file or table. ``name`` is what the reader knows it by."""

    name: str
    kind: Kind
    path: Path | None
    table: pa.Table | None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content, in hex."""
        return _digest_of_file(self.path) if self.path is not None else _digest_of_table(self.table)


class Sources:
    """The inputs of one load, with the temporary files that unpacking them needs; a context manager that removes
    those."""

    def __init__(self, inputs: Sequence[Any]) -> None:
        self._stack = ExitStack()
        self.notes: list[Note] = []
        self.found: list[Source] = []
        try:
            for entry in inputs:
                self._add(entry)
        except BaseException:
            self._stack.close()
            raise
        if not self.found:
            raise FileProblem(
                "no_input", "There is nothing to read.", "Name one or more files, or a folder that holds some."
            )

    def __enter__(self) -> Sources:
        return self

    def __exit__(self, *unused: object) -> None:
        self._stack.close()

    def _add(self, entry: Any) -> None:
        if isinstance(entry, str | Path):
            path = Path(entry)
            if path.is_dir():
                self._add_folder(path)
            else:
                self._add_file(path, path.name)
            return
        table = as_table(entry)
        self.found.append(Source(f"table {len(self.found) + 1}", "table", None, table))

    def _add_folder(self, folder: Path) -> None:
        entries = sorted(p for p in folder.iterdir() if not p.name.startswith((".", "~$")))
        files = [p for p in entries if p.is_file() and p.suffix.lower() in SUFFIXES]
        for path in entries:
            if path in files:
                self._add_file(path, path.name)
            else:
                self._left_out(path.name)
        if not files:
            raise _empty_folder(str(folder))

    def _left_out(self, name: str) -> None:
        self.notes.append(
            note("file_left_out", "{file} was left out: not a kind of file that holds orders.", file=name)
        )

    def _unique(self, path: Path, name: str) -> str:
        """A name that no other input has: files of one name from two folders are told apart."""
        taken = {source.name for source in self.found}
        longer = name if name not in taken else f"{path.parent.name}/{name}"
        return longer if longer not in taken else f"{longer} ({len(self.found) + 1})"

    def _add_file(self, path: Path, name: str) -> None:
        head = _head(path, name)
        if head[:2] == b"\x1f\x8b":
            self._add_file(self._unzipped(path, name), name)
            return
        kind: Kind = "text"
        if head[:4] == b"PAR1":
            kind = "parquet"
        elif head[:4] == b"PK\x03\x04":
            if not _is_workbook(path, name):
                self._add_archive(path, name)
                return
            kind = "workbook"
        elif head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or (
            path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"} and b"\x00" in head
        ):
            kind = "workbook"
        elif path.suffix.lower() == ".parquet":
            kind = "parquet"
        self.found.append(Source(self._unique(path, name), kind, path, None))

    def _temporary(self) -> IO[bytes]:
        return self._stack.enter_context(tempfile.NamedTemporaryFile(prefix="regulars-"))

    def _unzipped(self, path: Path, name: str) -> Path:
        target = self._temporary()
        try:
            with gzip.open(path) as packed:
                while block := packed.read(_CHUNK):
                    target.write(block)
        except EOFError as error:
            raise FileProblem(
                "gzip_truncated",
                "{file} ends in the middle: the gzip file is truncated.",
                "Copy or download it again.",
                file=name,
            ) from error
        except (gzip.BadGzipFile, zlib.error) as error:
            raise FileProblem(
                "gzip_corrupt", "{file} is a damaged gzip file.", "Copy or download it again.", file=name
            ) from error
        except OSError as error:
            raise no_space(name, error) from error
        target.flush()
        if target.tell() == 0:
            raise empty_file(name)
        return Path(target.name)

    def _add_archive(self, path: Path, name: str) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                entries = [m for m in archive.infolist() if not m.is_dir() and not _is_hidden(m.filename)]
                members = [m for m in entries if Path(m.filename).suffix.lower() in SUFFIXES - {".zip"}]
                for entry in entries:
                    if entry not in members:
                        self._left_out(f"{name}/{entry.filename}")
                for member in members:
                    target = self._temporary()
                    with archive.open(member) as packed:
                        while block := packed.read(_CHUNK):
                            target.write(block)
                    target.flush()
                    self._add_file(Path(target.name), f"{name}/{member.filename}")
        except InputError:
            raise
        except (RuntimeError, NotImplementedError) as error:
            raise FileProblem(
                "zip_encrypted",
                "{file} is protected by a password or packed in a way that cannot be read.",
                "Unpack it and name the files in it.",
                file=name,
            ) from error
        except (zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise FileProblem(
                "zip_corrupt", "{file} is a damaged zip file.", "Copy or download it again.", file=name
            ) from error
        except OSError as error:
            raise no_space(name, error) from error
        if not members:
            raise _empty_folder(name)


def _is_hidden(name: str) -> bool:
    parts = Path(name).parts
    return "__MACOSX" in parts or parts[-1].startswith((".", "~$"))


def _empty_folder(name: str) -> FileProblem:
    return FileProblem(
        "empty_folder",
        "The folder {folder} holds no file that can be read.",
        "Put CSV, TSV, TXT, XLSX, Parquet, gzip or zip files into it.",
        folder=name,
    )


def empty_file(name: str) -> FileProblem:
    return FileProblem("empty_file", "{file} is empty.", "Export the orders again.", file=name)


def no_space(name: str, error: OSError) -> FileProblem:
    return FileProblem(
        "cannot_unpack",
        "{file} could not be unpacked: {why}.",
        "Make room on the disk of the temporary folder, or set TMPDIR to another one.",
        file=name,
        why=error.strerror or str(error),
    )


def _head(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except FileNotFoundError as error:
        siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise FileProblem(
            "file_missing",
            "There is no file {file}.{suggestion}",
            "Check the name and the folder.",
            file=str(path),
            suggestion=did_you_mean(path.name, siblings),
        ) from error
    except OSError as error:
        raise FileProblem(
            "file_unreadable",
            "{file} cannot be read: {why}.",
            "Check the permissions of the file.",
            file=name,
            why=error.strerror or str(error),
        ) from error
    if not head:
        raise empty_file(name)
    return head


def _is_workbook(path: Path, name: str) -> bool:
    """Whether a zip file is an office workbook; a damaged one counts as what its name says."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except zipfile.BadZipFile:
        return not name.lower().endswith(".zip")
    return "[Content_Types].xml" in names or "content.xml" in names


def _digest_of_file(path: Path) -> str:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return hashlib.sha256(content).hexdigest()


def _digest_of_table(table: pa.Table) -> str:
    digest = hashlib.sha256()
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    digest.update(sink.getvalue())
    return digest.hexdigest()


def as_table(frame: Any) -> pa.Table:
    """An Arrow table of a pandas, Polars or Arrow frame, or of anything that offers Arrow's stream interface."""
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if hasattr(frame, "iloc") and hasattr(frame, "dtypes"):
        frame = frame.rename(columns=str)
        try:
            return pa.Table.from_pandas(frame, preserve_index=False)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            texts = {name: [None if v is None or v != v else str(v) for v in frame[name]] for name in frame.columns}
            return pa.table({name: pa.array(values, pa.string()) for name, values in texts.items()})
    if hasattr(frame, "to_arrow"):
        return frame.to_arrow()
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    raise InputError(
        "unknown_input",
        "{kind} is no input that can be read.",
        "Give a path, a pandas or Polars frame, or an Arrow table.",
        kind=type(frame).__name__,
    )
