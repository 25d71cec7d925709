"""Cells of the mapped columns -> numbers, dates and words: one pass by kernels, piece by piece."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from regulars.ingest import dates, money
from regulars.ingest.cells import Cells, encoded, hashes_of, id_shapes, spellings
from regulars.ingest.fields import FIELDS
from regulars.ingest.sheets import Piece


@dataclass(frozen=True)
class Numbers:
    """mantissa × 10**-decimals where ``state`` is FINE; ``symbol`` is the currency the cell names (money.CURRENCIES)."""

    mantissa: np.ndarray
    decimals: np.ndarray
    state: np.ndarray
    symbol: np.ndarray
    tally: np.ndarray

    @classmethod
    def empty(cls, n: int) -> Numbers:
        small = np.zeros(n, np.int8)
        state = np.full(n, money.EMPTY, np.int8)
        return cls(np.zeros(n, np.int64), small, state, small, np.zeros(3, np.int64))

    @classmethod
    def of(cls, cells: Cells, point: str) -> Numbers:
        n = len(cells)
        found = cls(np.empty(n, np.int64), *(np.empty(n, np.int8) for _ in range(3)), np.zeros(3, np.int64))
        money.parse_numbers(
            cells.data, cells.start, cells.stop, ord(point),
            found.mantissa, found.decimals, found.state, found.symbol, found.tally,
        )  # fmt: skip
        return found


@dataclass(frozen=True)
class Dates:
    """Instants as the date kernels give them: ``value`` and ``form`` (see dates)."""

    value: np.ndarray
    form: np.ndarray
    tally: np.ndarray

    @classmethod
    def empty(cls, n: int) -> Dates:
        return cls(np.zeros(n, np.int64), np.full(n, dates.EMPTY, np.int8), np.zeros(5, np.int64))

    @classmethod
    def of(cls, cells: Cells) -> Dates:
        n = len(cells)
        found = cls(np.empty(n, np.int64), np.empty(n, np.int8), np.zeros(5, np.int64))
        dates.parse_dates(cells.data, cells.start, cells.stop, found.value, found.form, found.tally)
        return found


@dataclass(frozen=True)
class Words:
    """A column of few distinct texts: ``texts[codes[i]]``, -1 for missing."""

    codes: np.ndarray
    texts: tuple[str, ...]

    @classmethod
    def empty(cls, n: int) -> Words:
        return cls(np.full(n, -1, np.int32), ())


@dataclass(frozen=True)
class Parsed:
    """What one piece holds, by field: values, shapes of ids, hashes of order ids, spellings of customer ids."""

    numbers: dict[str, Numbers]
    dates: dict[str, Dates]
    words: dict[str, Words]
    shapes: dict[str, np.ndarray]
    hashes: dict[str, np.ndarray]
    spellings: dict[str, int]


def parser(columns: dict[str, int], points: dict[str, str]) -> Callable[[Piece], Parsed]:
    """The function that reads the cells of a piece. ``points`` are the decimal signs by field, . where not said."""

    def parse(piece: Piece) -> Parsed:
        parsed = Parsed({}, {}, {}, {}, {}, {})
        for field, column in columns.items():
            cells = piece.columns[column]
            shape = FIELDS[field]
            if shape == "number":
                parsed.numbers[field] = Numbers.of(cells, points.get(field, "."))
            elif shape == "date":
                parsed.dates[field] = Dates.of(cells)
            elif shape == "word":
                codes, texts = encoded(cells)
                parsed.words[field] = Words(codes, tuple(texts))
            elif shape == "id":
                parsed.shapes[field] = np.zeros(5, np.int64)
                id_shapes(cells.data, cells.start, cells.stop, parsed.shapes[field])
                if field == "order_id":
                    parsed.hashes[field] = hashes_of(cells)
                elif field == "customer_id":
                    parsed.spellings[field] = spellings(cells)
        return parsed

    return parse


def join_numbers(parts: list[Numbers]) -> Numbers:
    if len(parts) == 1:
        return parts[0]
    return Numbers(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("mantissa", "decimals", "state", "symbol")),
        tally=np.sum([part.tally for part in parts], axis=0),
    )


def join_dates(parts: list[Dates]) -> Dates:
    if len(parts) == 1:
        return parts[0]
    return Dates(
        np.concatenate([part.value for part in parts]),
        np.concatenate([part.form for part in parts]),
        np.sum([part.tally for part in parts], axis=0),
    )


def join_words(parts: list[Words]) -> Words:
    """One numbering for all parts."""
    known: dict[str, int] = {}
    codes = []
    for part in parts:
        renumber = np.array([known.setdefault(text, len(known)) for text in part.texts] + [-1], np.int32)
        codes.append(renumber[part.codes])
    return Words(np.concatenate(codes), tuple(known))
