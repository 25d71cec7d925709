"""Text files -> UTF-8 bytes: the encoding is told from the content, and everything but UTF-8 is recoded in a stream."""

from __future__ import annotations

import codecs
import io
import mmap
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa

from regulars.errors import FileProblem, ParameterError
from regulars.ingest.schema import Note, note
from regulars.ingest.sources import empty_file, no_space

SAMPLE = 1 << 20
_CHUNK = 4 << 20
_WIDER = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "utf-8-sig": "utf-8", "ascii": "utf-8"}
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_NOT_TABLES = (
    (b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"GIF8", "GIF"), (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"), (b"7z\xbc\xaf", "7z"), (b"Rar!", "RAR"), (b"\x7fELF", "ELF"),
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """A text in UTF-8 without a byte order mark. ``encoding`` is that of the file."""

    data: np.ndarray
    encoding: str
    notes: tuple[Note, ...] = ()
    keep: object = field(default=None, repr=False)


class NotUtf8(Exception):
    """A stretch taken for UTF-8 is not; ``at`` is where it begins."""

    def __init__(self, at: int) -> None:
        self.at = at
        super().__init__(at)


def check_utf8(data: np.ndarray, start: int, stop: int) -> None:
    """Raise NotUtf8 unless data[start:stop] is valid UTF-8 (a vectorised check of Arrow's)."""
    span = pa.py_buffer(np.array([start, stop], np.int64))
    try:
        pa.Array.from_buffers(pa.large_string(), 1, [None, span, pa.py_buffer(data)]).validate(full=True)
    except pa.ArrowInvalid as error:
        raise NotUtf8(start) from error


def open_text(path: Path, name: str, declared: str | None, stack: ExitStack, *, recode: str | None = None) -> Text:
    """The content of a text file as UTF-8.

    ``declared`` is the encoding the user named; ``recode`` the one to fall back on when a first reading as UTF-8 failed
    beyond the sample. Raises FileProblem for binary files and for text that is not in the declared encoding.
    """
    raw = _mapped(stack.enter_context(path.open("rb")), name)
    sample = raw[:SAMPLE].tobytes()
    encoding = recode or _declared(declared) or guess_encoding(sample, name)
    impossible = encoding.startswith("utf-16") and b"\x00" not in sample
    if declared and (impossible or (encoding == "utf-8" and not _decodes(sample, "utf-8"))):
        raise wrong_encoding(name, encoding, raw)
    mark = next((mark for mark, kind in _MARKS if sample.startswith(mark) and kind == encoding), b"")
    body = raw[len(mark) :]
    if body.size == 0:
        raise empty_file(name)
    if encoding == "utf-8" and not _old_breaks(sample) and recode is None:
        return Text(body, encoding, keep=raw)
    notes = []
    if encoding == "cp1252":
        notes.append(
            note("encoding_guessed", "{file} was read as Western text (cp1252): no other encoding fits.", file=name)
        )
    return Text(
        _recoded(body, name, encoding, recode is not None and encoding == "utf-8", stack), encoding, tuple(notes), raw
    )


def _mapped(file: IO[bytes], name: str) -> np.ndarray:
    try:
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    except ValueError as error:
        raise empty_file(name) from error


def _old_breaks(sample: bytes) -> bool:
    return b"\r" in sample and b"\n" not in sample


def _declared(encoding: str | None) -> str | None:
    if encoding is None:
        return None
    try:
        known = codecs.lookup(encoding).name
    except LookupError as error:
        raise ParameterError(
            "unknown_encoding",
            "There is no encoding named {name}.",
            "Try utf-8, gb18030 or utf-16.",
            name=repr(encoding),
        ) from error
    return _WIDER.get(known, known)


def guess_encoding(sample: bytes, name: str) -> str:
    """utf-8, utf-16-le, utf-16-be, gb18030 or, when nothing else fits, cp1252. Raises FileProblem for what is no
    text."""
    for mark, encoding in _MARKS:
        if sample.startswith(mark):
            return encoding
    for magic, kind in _NOT_TABLES:
        if sample.startswith(magic):
            raise _no_text(name, kind)
    if sample.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html", b"<table", b"<meta")):
        raise _no_text(name, "HTML")
    if b"\x00" in sample and len(sample) > 1:
        zeros = np.frombuffer(sample[: len(sample) // 2 * 2], np.uint8).reshape(-1, 2) == 0
        even, odd = zeros.mean(axis=0)
        if max(even, odd) > 0.05 and min(even, odd) < 0.01:
            return "utf-16-le" if odd > even else "utf-16-be"
        raise _no_text(name, "")
    controls = sum(sample.count(bytes([b])) for b in range(32) if b not in b"\t\r\n\x0b\x0c\x1a\x01")
    if controls > len(sample) // 100 + 2:
        raise _no_text(name, "")
    if _decodes(sample, "utf-8") or _damaged_utf8(sample):
        return "utf-8"
    return "gb18030" if _decodes(sample, "gb18030") else "cp1252"


def _damaged_utf8(sample: bytes) -> bool:
    """Whether the text is UTF-8 but for a few broken characters: other encodings give hardly a valid one by chance."""
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return broken * 10 < sum(character > "\x7f" for character in text)


def _decodes(sample: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(sample, final=len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return False
    return True


def _no_text(name: str, kind: str) -> FileProblem:
    if kind == "HTML":
        return FileProblem(
            "not_a_table",
            "{file} is a web page, whatever its name says.",
            "Open it in a spreadsheet and save it as XLSX or CSV.",
            file=name,
        )
    return FileProblem(
        "binary_file",
        "{file} is not a text file{kind}.",
        "Export the orders as CSV, TSV, XLSX or Parquet.",
        file=name,
        kind=f" ({kind})" if kind else "",
    )


def _recoded(body: np.ndarray, name: str, encoding: str, replace: bool, stack: ExitStack) -> np.ndarray:
    decoder = io.IncrementalNewlineDecoder(
        codecs.getincrementaldecoder(encoding)("replace" if replace else "strict"), translate=True
    )
    target = stack.enter_context(tempfile.TemporaryFile(prefix="regulars-"))  # noqa: SIM115
    try:
        for at in range(0, body.size, _CHUNK):
            block = body[at : at + _CHUNK].tobytes()
            target.write(decoder.decode(block, final=at + _CHUNK >= body.size).encode("utf-8", "replace"))
        target.flush()
    except UnicodeDecodeError as error:
        raise wrong_encoding(name, encoding, body) from error
    except OSError as error:
        raise no_space(name, error) from error
    data = _mapped(target, name)
    return data[3:] if data[:3].tobytes() == codecs.BOM_UTF8 else data


def wrong_encoding(name: str, encoding: str, body: np.ndarray) -> FileProblem:
    """The error for text that is not in the encoding it was said to be in, with a guess at the right one."""
    decoder = codecs.getincrementaldecoder(encoding)()
    line, found = 1, b""
    for at in range(0, body.size, _CHUNK):
        block = body[at : at + _CHUNK].tobytes()
        try:
            decoder.decode(block, final=at + _CHUNK >= body.size)
        except UnicodeDecodeError as error:
            found = error.object[error.start : error.start + 4]
            line += error.object[: error.start].count(b"\n")
            break
        line += block.count(b"\n")
    else:
        line, found = 1, body[:4].tobytes()
    try:
        guess = guess_encoding(body[:SAMPLE].tobytes(), name)
    except FileProblem:
        guess = ""
    if guess == encoding:
        guess = next((other for other in ("gb18030", "utf-8", "cp1252") if other != encoding), "")
    return FileProblem(
        "wrong_encoding",
        "{file} is not in the encoding {encoding}: line {line} has the bytes {bytes}.",
        "Leave the encoding out, or pass --encoding {guess}.",
        file=name,
        encoding=encoding,
        line=line,
        bytes=found.hex(" "),
        guess=guess or "utf-8",
    )
