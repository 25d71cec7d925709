"""report.html: one self-contained file in two languages that opens without a network.

Everything is inline: style, script, the options of the figures and the contact list. A content security policy in the
file itself forbids every request and every script but the two whose hashes it names.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path

import jinja2
from markupsafe import Markup

from regulars.errors import OutputError, ParameterError
from regulars.language import LANGUAGES, Language
from regulars.report import html_embed
from regulars.report.html_page import page_of
from regulars.report.html_tables import table_html
from regulars.report.page import Card, Page
from regulars.report.rich import plain, trusted
from regulars.report.view import Reported, View

TEMPLATES = resources.files("regulars.report") / "templates"
STATIC = resources.files("regulars.report") / "static"


def write_html(analysis: Reported, path: str | Path, *, lang: Language = "zh", title: str | None = None) -> None:
    """Write the report of ``analysis`` to ``path``; it opens in ``lang`` and holds both languages.

    ``title`` is the heading, by default that of the analysis. The file appears whole or not at all. Raises OutputError.
    """
    text = render_html(analysis, lang=lang, title=title)
    target = Path(path)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise _not_written(target, error) from error


def _not_written(target: Path, error: OSError) -> OutputError:
    if error.errno == errno.ENOSPC:
        return OutputError(
            "disk_full",
            "The disk is full; nothing was written to {out}.",
            "Free some space (the lake of a run goes to the folder for temporary files, TMPDIR) and run again.",
            out=str(target),
        )
    return OutputError(
        "output_not_writable",
        "{out} cannot be written: {reason}.",
        "Check that the folder exists and that you may write to it.",
        out=str(target),
        reason=error.strerror or error,
    )


def render_html(analysis: Reported, *, lang: Language = "zh", title: str | None = None) -> str:
    """The report as text."""
    views = {each: View.of(analysis, each) for each in LANGUAGES}
    pages = {each: page_of(view, title) for each, view in views.items()}
    return _rendered(views, pages, lang)


def render_figure(analysis: Reported, key: str, *, lang: Language = "zh") -> str:
    """One card of the report as a page of its own; ParameterError for a key that no card has."""
    views = {lang: View.of(analysis, lang)}
    page = page_of(views[lang], None)
    alone = page.only(key)
    if alone is None:
        known = [card.key for chapter in page.chapters for card in chapter.cards]
        raise ParameterError(
            "unknown_figure", "There is no figure {key}.", "Figures: {known}.", key=key, known=", ".join(known)
        )
    return _rendered(views, {lang: alone}, lang)


def _rendered(views: dict[Language, View], pages: dict[Language, Page], lang: Language) -> str:
    script, boot = _static("report.js"), _static("boot.js")
    return _template().render(
        lang=lang,
        page=pages[lang],
        others=[page for each, page in pages.items() if each != lang],
        policy=html_embed.content_policy(script, boot),
        style=trusted(html_embed.safe_style(_static("report.css"))),
        boot=trusted(boot),
        script=trusted(script),
        data=trusted(html_embed.embedded(pages, views, lang)),
        twin=lambda page, card: _twin(card, page, views[page.lang]),
    )


def _twin(card: Card, page: Page, view: View) -> Markup:
    """The table of a card: beside its chart, or as the card itself."""
    table = card.drawing.table if card.drawing else card.table
    if table is None or not table.rows:
        return Markup("")
    caption = plain(card.title)
    return table_html(table, view.reader, caption=caption, first=card.first, unobserved=page.words["unobserved"])


@cache
def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FunctionLoader(lambda name: (TEMPLATES / name).read_text(encoding="utf-8"))
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.undefined = jinja2.StrictUndefined
    return environment.get_template("report.html.j2")
