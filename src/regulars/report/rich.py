"""Sentences with emphasis: catalogue messages may hold ``<b>``, values are escaped and never break across lines."""

from __future__ import annotations

from markupsafe import Markup, escape

from regulars.charts.reader import Reader


def kept(text: object) -> Markup:
    """``text`` that stays on one line: ¥167.8万 must not end in 万 on the next."""
    return text if isinstance(text, Markup) else Markup('<span class="nw">{}</span>').format(text)


def flowing(text: object) -> Markup:
    """``text`` that may break across lines: a name, a sentence."""
    return escape(text)


def rich(reader: Reader, message: str, /, **values: object) -> Markup:
    """``message`` of the catalogue as HTML; its markup is ours, every value is escaped."""
    text = reader.say(message)
    return trusted(text).format(**{key: kept(value) for key, value in values.items()})


def door(shown: str, target: str) -> Markup:
    """A number that opens its people: only where they are in the file."""
    return Markup('<a class="n" href="#{}">{}</a>').format(target, shown)


def trusted(text: str) -> Markup:
    """``text`` of our own making that is markup already: a drawing, a built script, escaped JSON."""
    return Markup(text)  # noqa: S704


def plain(text: object) -> str:
    """``text`` without its markup, for attributes and pictures."""
    return escape(text).striptags()


def joined(parts: list[str | Markup], between: str = " · ") -> Markup:
    return escape(between).join(part for part in parts if part)
