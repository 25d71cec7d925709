"""Cards of a page as the template shows them: figures as data, tables with doors, words for those who do not see."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markupsafe import Markup, escape

from regulars.charts.drawing import WHO, Table
from regulars.crm.insights import drill, pages
from regulars.crm.insights.earlier import beside
from regulars.crm.insights.pages import WebView
from regulars.language import Language
from regulars.report.html_embed import json_block
from regulars.report.html_tables import table_html
from regulars.report.page import Card
from regulars.report.rich import plain

_FLEX = re.compile(r' style="flex:([\d.]+)"')
_AWAY = re.compile(r'<a class="n" href="#[^"]*">(.*?)</a>')


def safe(text: Markup | str) -> SafeString:
    """Markup of our own making; inline styles, which the content policy forbids, become data for the script."""
    return mark_safe(_FLEX.sub(r' data-flex="\1"', _AWAY.sub(r"\1", str(escape(text)))))  # noqa: S308


@dataclass
class ShownCard:
    """One card. ``words``: what the figure shows, for those who do not see it. ``before``: its finding in the earlier
    run that stands beside it.
    """

    key: str
    title: SafeString
    question: str
    body: SafeString
    foot: SafeString
    height: int = 0
    drawn: bool = False
    empty: str = ""
    table: SafeString = field(default_factory=lambda: SafeString(""))
    has_twin: bool = False
    words: str = ""
    before: SafeString = field(default_factory=lambda: SafeString(""))
    definition: str = ""
    short: bool = False


@dataclass
class ShownRow:
    layout: str
    cards: list[ShownCard]


@dataclass
class Shown:
    """Rows of cards, and the figures as JSON for the script."""

    rows: list[ShownRow]
    figures: SafeString


def shown(view: WebView, page: str, earlier: WebView | None, language: Language) -> Shown:
    """The cards of ``page`` with ``earlier`` beside them; remembered, as published runs never change."""
    return _shown(view.run.public_id, page, earlier.run.public_id if earlier is not None else None, language)


@lru_cache(maxsize=160)
def _shown(run: str, page: str, beside: str | None, language: Language) -> Shown:
    view = pages.view_by_key(run, language)
    earlier = pages.view_by_key(beside, language) if beside is not None else None
    remembered: dict[str, str | None] = {}

    def address(who: str) -> str | None:
        if who not in remembered:
            remembered[who] = drill.door(who, view.summary, view.run)
        return remembered[who]

    old: dict[str, Card] = {}
    if earlier is not None:
        old = {c.key: c for _l, cards in pages.rows_of(earlier.run, page, language) for c in cards}
    figures: dict[str, Any] = {}
    rows = []
    for layout, cards in pages.rows_of(view.run, page, language):
        made = [_card(view, page, card, old.get(card.key), earlier, address, figures) for card in cards]
        rows.append(ShownRow(layout, made))
    return Shown(rows, mark_safe(json_block({"asOf": view.as_of, "figures": figures})))  # noqa: S308 - escaped there


def _card(
    view: WebView, page: str, card: Card, old: Card | None, earlier: WebView | None,
    address: Callable[[str], str | None], figures: dict[str, Any],
) -> ShownCard:  # fmt: skip
    drawing = card.drawing
    table = drawing.table if drawing else card.table
    drawn = drawing is not None and drawing.option is not None
    caption = plain(card.title)
    html = SafeString("")
    if table is not None and table.rows:
        full = _with_earlier(table, old, earlier, view)
        html = safe(
            table_html(
                full,
                view.reader,
                caption=caption,
                first=card.first,
                unobserved=_("not fully observed"),
                address=address,
            )
        )
    if drawn and drawing is not None:
        figures[card.key] = {
            "option": _with_open_doors(drawing.option, address), "title": caption, "foot": plain(card.foot),
        }  # fmt: skip
    return ShownCard(
        key=card.key,
        title=safe(card.title),
        question=card.question,
        body=safe(card.above + card.body if card.above else card.body),
        foot=safe(card.foot) if drawn or drawing is None else SafeString(""),
        height=drawing.height if drawn and drawing else 0,
        drawn=drawn,
        empty=drawing.empty if drawing is not None and not drawn else "",
        table=html,
        has_twin=drawing is not None and bool(html),
        words=in_words(card, view) if drawn else "",
        before=_before(card, old, earlier),
        definition=reverse("numbers_definition", args=[page, card.key]) if card.uses else "",
    )


def _before(card: Card, old: Card | None, earlier: WebView | None) -> SafeString:
    """The finding of the earlier run, where it says something else."""
    if old is None or earlier is None or plain(old.title) == plain(card.title):
        return SafeString("")
    return safe(Markup("{}: {}").format(earlier.reader.day(earlier.as_of), old.title))


def _with_earlier(table: Table, old: Card | None, earlier: WebView | None, view: WebView) -> Table:
    if old is None or earlier is None:
        return table
    then = old.drawing.table if old.drawing else old.table
    return beside(table, then, earlier.as_of) if then is not None else table


def _with_open_doors(part: Any, address: Callable[[str], str | None]) -> Any:
    """An option in which every ``who`` is an address, or is not."""
    if isinstance(part, dict):
        made = {key: _with_open_doors(value, address) for key, value in part.items() if key != WHO}
        where = address(part[WHO]) if WHO in part else None
        return {**made, WHO: where} if where else made
    return [_with_open_doors(value, address) for value in part] if isinstance(part, list) else part


def in_words(card: Card, view: WebView) -> str:
    """A sentence for those who do not see the figure: its finding, its question, and where its figures are."""
    rows = len(card.drawing.table.rows) if card.drawing else 0
    told = _("{title}. {question} The table below holds its {n} rows.")
    return told.format(title=plain(card.title).rstrip(".。"), question=card.question, n=rows)


def forget() -> None:
    """Drop what is remembered of runs; for tests, which give ids out again."""
    _shown.cache_clear()
