"""A real server and a real chromium for the tests."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

POLICY_REPORTS = """
window.policyReports = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.policyReports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(frozen=True)
class Site:
    """A running server."""

    url: str


@pytest.fixture
def site(committed: None) -> Iterator[Site]:
    """The application on a free port of 127.0.0.1, with threads, as long as the test lasts."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application
    from django.db import connections

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet, connections_override={})
    server.daemon_threads = True
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield Site(f"http://127.0.0.1:{server.server_address[1]}")
    server.shutdown()
    server.server_close()
    thread.join(timeout=10)
    connections.close_all()


class Window:
    """What opens pages for a test, and what went wrong in them."""

    def __init__(self, browser: Any, site: Site) -> None:
        self.browser, self.site = browser, site
        self.contexts: list[Any] = []
        self.troubles: list[str] = []
        self.expected: list[str] = []

    def __call__(self, *, width: int = 1440, lang: str = "zh", theme: str = "light", **options: Any) -> Any:
        """A new page: ``width`` 390 is a phone, ``lang`` that of the browser."""
        size = {"width": width, "height": 844 if width < 500 else 900}
        context = self.browser.new_context(
            viewport=size, color_scheme=theme, locale="zh-CN" if lang == "zh" else "en-GB", base_url=self.site.url,
            accept_downloads=True, has_touch=width < 500, **options,
        )  # fmt: skip
        context.set_default_timeout(15_000)
        context.add_init_script(POLICY_REPORTS)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: self._note(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("dialog", lambda dialog: (self._note(f"dialog: {dialog.message}"), dialog.dismiss()))
        return page

    def expect(self, *parts: str) -> None:
        """Console messages with one of these parts are part of the test (a 404 that it provokes)."""
        self.expected += parts

    def _note(self, text: str) -> None:
        self.troubles.append(text)

    def close(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                if not page.is_closed() and page.url.startswith("http"):
                    self.troubles += [f"policy: {r}" for r in page.evaluate("window.policyReports ?? []")]
            context.close()
        self.troubles = [t for t in self.troubles if not any(part in t for part in self.expected)]


@pytest.fixture
def window(chromium: Any, site: Site) -> Iterator[Window]:
    """``window(width=390, lang="en", theme="dark")`` opens a page; console errors fail the test at its end."""
    opened = Window(chromium, site)
    yield opened
    opened.close()
    assert opened.troubles == []


@pytest.fixture
def page(window: Window) -> Any:
    """A page 1440 px wide, in Chinese, light."""
    return window()


@pytest.fixture
def sign_in(site: Site) -> Callable[[Any, Any], None]:
    """``sign_in(page, user)``: the browser has a session of the user's from now on."""

    def signed_in(page: Any, user: Any) -> None:
        from django.conf import settings
        from django.test import Client

        client, name = Client(), settings.SESSION_COOKIE_NAME
        client.force_login(user)
        page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": site.url}])

    return signed_in


@pytest.fixture
def axe() -> Callable[[Any], list[str]]:
    """``assert axe(page) == []``: the serious and critical findings of axe, in words."""

    def found(page: Any) -> list[str]:
        from axe_playwright_python.sync_playwright import Axe

        results = Axe().run(page).response
        return [
            f"{v['impact']} {v['id']}: {v['help']} {[node['target'] for node in v['nodes']][:3]}"
            for v in results["violations"]
            if v["impact"] in ("serious", "critical")
        ]

    return found


SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth + 1"


def until(page: Any, expression: str, seconds: float = 15) -> None:
    """Wait until a JavaScript expression is true; Playwright's own waiting needs what the content policy forbids."""
    for _look in range(int(seconds * 20)):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"not true in time: {expression}")
