"""A real chromium with a report in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from regulars.report.html import render_html
from tests.report import sample


@pytest.fixture(scope="session")
def report_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """The report of a sample, or of given text, as a file."""
    folder = tmp_path_factory.mktemp("reports")

    def written(name: str, html: str | None = None) -> Path:
        path = folder / f"{name}.html"
        if html is not None or not path.exists():
            path.write_text(html or render_html(getattr(sample, name)()), encoding="utf-8")
        return path

    return written


@dataclass
class Opened:
    """A page and what went wrong in it: console errors and warnings, page errors, dialogs, requests beside the file."""

    page: Any
    troubles: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def open_report(chromium: Any, report_file: Callable[..., Path]) -> Iterator[Callable[..., Opened]]:
    """Opens a report: ``open_report("good", width=390, lang="en", theme="dark")``."""
    contexts = []

    def opened(
        name: str, *, width: int = 1440, lang: str = "", theme: str = "light", html: str | None = None
    ) -> Opened:
        size = {"width": width, "height": 844 if width < 500 else 900}
        context = chromium.new_context(viewport=size, color_scheme=theme, accept_downloads=True)
        contexts.append(context)
        if lang:
            context.add_init_script(
                f"localStorage.getItem('s') || localStorage.setItem('regulars.report.language', '{lang}')"
            )
        found = Opened(context.new_page())
        found.page.on("console", lambda m: found.troubles.append(m.text) if m.type in ("error", "warning") else None)
        found.page.on("pageerror", lambda error: found.troubles.append(str(error)))
        found.page.on("dialog", lambda dialog: (found.troubles.append(dialog.message), dialog.dismiss()))
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.goto(report_file(name, html).as_uri())
        found.page.wait_for_selector("[data-chart] svg, .void")
        return found

    yield opened
    for context in contexts:
        context.close()
