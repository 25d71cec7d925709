"""What a report is made of: chapters of rows of cards, and the definitions a card leans on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from markupsafe import Markup

from regulars.charts.drawing import Drawing, Table
from regulars.language import Language

Layout = Literal["full", "two", "wide"]


@dataclass(frozen=True)
class Use:
    """A definition used by a card: its key in the registry, and this page's numbers put into it."""

    key: str
    here: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Card:
    """One figure or table. Title = the finding, question in grey, body, foot = n, interval, parameters.

    ``drawing`` is a chart with its table twin; ``table`` a table that is shown as it is, ``first`` rows of it at once;
    ``body`` anything else, below them; ``exportable`` says that it holds a table for the CSV download.
    """

    key: str
    title: Markup | str
    question: str = ""
    drawing: Drawing | None = None
    table: Table | None = None
    first: int | None = None
    above: Markup | str = ""
    body: Markup | str = ""
    foot: Markup | str = ""
    exportable: bool = False
    uses: tuple[Use, ...] = ()


CardRows = tuple[tuple[Layout, tuple[Card, ...]], ...]


@dataclass(frozen=True)
class Chapter:
    """A numbered part of the report: ``rows`` of cards side by side."""

    key: str
    name: str
    sub: str
    rows: CardRows

    @property
    def cards(self) -> list[Card]:
        return [card for _, cards in self.rows for card in cards]


@dataclass(frozen=True)
class Thing:
    """One of the things to know: a sentence, and the chapter that shows it."""

    sentence: Markup
    target: str
    link: str


@dataclass(frozen=True)
class Page:
    """The report in one language."""

    lang: Language
    title: str
    meta: tuple[str, ...]
    notes: tuple[Markup, ...]
    things: tuple[Thing, ...]
    chapters: tuple[Chapter, ...]
    words: dict[str, str] = field(default_factory=dict)
    closing: str = ""
    single: bool = False

    def only(self, key: str) -> Page | None:
        """The page with nothing but the card ``key``; None when there is no such card."""
        for chapter in self.chapters:
            for card in chapter.cards:
                if card.key == key:
                    alone = replace(chapter, rows=(("full", (card,)),))
                    return replace(self, chapters=(alone,), things=(), notes=(), meta=(), single=True)
        return None
