"""Text broken into lines of so many columns of a terminal, where Chinese takes two columns and has no blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len

_WIDE = "\u2e80-\u303f\u3040-\u9fff\uf900-\ufaff\uff00-\uff60"
_CLOSING = "，。、；：！？）》〉」』】〕”’"
_OPENING = "（《〈「『【〔“‘"
_PIECE = re.compile(  # what must not be torn apart
    f"\\[[^\\[\\]\\s]{{1,12}}\\]|[{_OPENING}[(]*(?:[{_WIDE}]|[^\\s{_WIDE}{_OPENING}{_CLOSING}]+)?[{_CLOSING}\\])]*"
)

_ESCAPES = re.compile("\x1b(?:\\[[0-?]*[ -/]*[@-~]|\\][^\x07\x1b]*(?:\x07|\x1b\\\\)?)?")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def harmless(text: str) -> str:
    """``text`` without what a terminal would obey: escape sequences, control characters, changes of direction."""
    return _CONTROLS.sub(" ", _ESCAPES.sub("", text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns; a word or path that is longer stays whole. Line breaks in the text stay."""
    return [line for part in harmless(text).split("\n") for line in _wrapped(part, width)] if text else []


def hanging(label: str, text: str, indent: int, width: int) -> list[str]:
    """``label`` and beside it the wrapped text, every line of it ``indent`` columns in."""
    lines = wrap(text, max(10, width - indent)) or [""]
    head = [label] if cell_len(label) >= indent else [padded(label, indent) + lines.pop(0)]
    return [line.rstrip() for line in (*head, *(" " * indent + line for line in lines))]


def padded(text: str, columns: int) -> str:
    return text + " " * (columns - cell_len(text))


def _wrapped(text: str, width: int) -> list[str]:
    lines, line = [], ""
    for gap, piece in _pieces(text):
        if line and cell_len(line + gap + piece) > width:
            lines.append(line)
            line = piece
        else:
            line = line + gap + piece if line else piece
    return [*lines, line]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """(blanks before, piece), piece by piece."""
    at = 0
    while at < len(text):
        start = at
        while at < len(text) and text[at].isspace():
            at += 1
        match = _PIECE.match(text, at)
        end = max(match.end() if match else at, min(at + 1, len(text)))
        yield text[start:at], text[at:end]
        at = end
