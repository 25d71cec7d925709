"""What the browser gets as data: figures, definitions, contacts; written so that nothing in it can become markup."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from regulars.charts.drawing import without_doors
from regulars.charts.words import LATE
from regulars.language import Language
from regulars.report.chapters import contacts
from regulars.report.html_definitions import definitions_of
from regulars.report.page import Page
from regulars.report.rich import plain
from regulars.report.view import View

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def embedded(pages: Mapping[Language, Page], views: Mapping[Language, View], lang: Language) -> str:
    """The JSON of the report's data block."""
    any_view = views[lang]
    data = {
        "lang": lang,
        "as_of": any_view.as_of,
        "columns": list(contacts.csv_columns(any_view)),
        "contacts": contacts.embedded(any_view),
        "late": list(LATE),
        "pages": {each: _page(page, views[each]) for each, page in pages.items()},
    }
    return json_block(data)


def _page(page: Page, view: View) -> dict[str, Any]:
    cards = [card for chapter in page.chapters for card in chapter.cards]
    drawn = {card.key: card for card in cards if card.drawing and card.drawing.option is not None}
    return {
        "title": page.title,
        "words": page.words,
        "states": contacts.state_names(view),
        "contacts": contacts.worded(view),
        "stakes": contacts.stakes(view),
        "figures": {
            key: {
                "option": without_doors(card.drawing.option) if card.drawing else None,
                "title": plain(card.title),
                "foot": plain(card.foot),
            }
            for key, card in drawn.items()
        },
        "definitions": {card.key: definitions_of(card, view) for card in cards if card.uses},
    }


def json_block(data: Any) -> str:
    """``data`` as JSON that cannot end its script element nor begin a comment in it."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False, default=str)
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def safe_style(style: str) -> str:
    """The style sheet, which must not hold the end of its element."""
    if "</" in style:
        raise ValueError("the style sheet holds '</'")
    return style


def content_policy(*scripts: str) -> str:
    """A policy under which only ``scripts`` run and nothing is fetched from anywhere."""
    hashes = " ".join(f"'sha256-{_sha256(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:;"
        " base-uri 'none'; form-action 'none'"
    )


def _sha256(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
