"""Cells of the mapped columns -> numbers, dates, words and texts: one pass by kernels, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.ingest import dates, money
from regulars.ingest.arena import Place, joined_arrays
from regulars.ingest.cells import Cells, encoded, id_shapes, spellings
from regulars.ingest.fields import FIELDS
from regulars.ingest.sheets import Loose


@dataclass(frozen=True)
class Numbers:
    """mantissa × 10**-decimals where ``state`` is FINE; ``symbol`` is the currency the cell names
    (money.CURRENCIES)."""

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
    def of(cls, cells: Cells, point: str, field: str, place: Place) -> Numbers:
        found = cls(
            place.new(field, "mantissa", np.int64),
            place.new(field, "decimals", np.int8),
            place.new(field, "state", np.int8),
            place.new(field, "symbol", np.int8),
            np.zeros(3, np.int64),
        )
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
    def of(cls, cells: Cells, field: str, place: Place) -> Dates:
        found = cls(place.new(field, "value", np.int64), place.new(field, "form", np.int8), np.zeros(5, np.int64))
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
class Texts:
    """Cells kept as text; ``escaped`` flags those with doubled quotation marks (None: there are none)."""

    cells: Cells
    escaped: np.ndarray | None


@dataclass(frozen=True)
class Parsed:
    """What one piece holds, by field: values, texts, shapes of ids, spellings of customer ids."""

    numbers: dict[str, Numbers]
    dates: dict[str, Dates]
    words: dict[str, Words]
    texts: dict[str, Texts]
    shapes: dict[str, np.ndarray]
    spellings: dict[str, int]


def parser(columns: dict[str, int], points: dict[str, str]) -> Callable[[Loose], Parsed]:
    """The function that reads the cells of a piece. ``points`` are the decimal signs by field."""

    def parse(loose: Loose) -> Parsed:
        parsed = Parsed({}, {}, {}, {}, {}, {})
        for field, column in columns.items():
            cells, shape = loose.columns[column], FIELDS[field]
            if shape == "number":
                parsed.numbers[field] = Numbers.of(cells, points[field], field, loose.place)
            elif shape == "date":
                parsed.dates[field] = Dates.of(cells, field, loose.place)
            elif shape == "word":
                codes = loose.place.new(field, "codes", np.int32)
                parsed.words[field] = Words(codes, tuple(encoded(cells, codes)))
            else:
                parsed.texts[field] = _kept(cells, loose.escaped.get(column), field, loose.place)
                if shape == "id":
                    parsed.shapes[field] = np.zeros(5, np.int64)
                    id_shapes(cells.data, cells.start, cells.stop, parsed.shapes[field])
                if field == "customer_id":
                    parsed.spellings[field] = spellings(cells)
        return parsed

    return parse


def _kept(cells: Cells, escaped: np.ndarray | None, field: str, place: Place) -> Texts:
    start, stop = place.new(field, "start", np.int64), place.new(field, "stop", np.int64)
    start[:], stop[:] = cells.start, cells.stop
    return Texts(Cells(cells.data, start, stop), None if escaped is None else escaped.copy())


def join_numbers(parts: Sequence[Numbers]) -> Numbers:
    if len(parts) == 1:
        return parts[0]
    return Numbers(
        joined_arrays([part.mantissa for part in parts]),
        joined_arrays([part.decimals for part in parts]),
        joined_arrays([part.state for part in parts]),
        joined_arrays([part.symbol for part in parts]),
        np.sum([part.tally for part in parts], axis=0),
    )


def join_dates(parts: Sequence[Dates]) -> Dates:
    if len(parts) == 1:
        return parts[0]
    return Dates(
        joined_arrays([part.value for part in parts]),
        joined_arrays([part.form for part in parts]),
        np.sum([part.tally for part in parts], axis=0),
    )


def join_words(parts: Sequence[Words]) -> Words:
    """One numbering for all parts; renumbers them in place."""
    known: dict[str, int] = {}
    for part in parts:
        renumber = np.array([known.setdefault(text, len(known)) for text in part.texts] + [-1], np.int32)
        if (renumber[:-1] != np.arange(renumber.size - 1)).any():
            part.codes[:] = renumber[part.codes]
    return Words(joined_arrays([part.codes for part in parts]), tuple(known))
