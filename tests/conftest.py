"""What all tests share: the rule that nothing may be skipped where everything is required."""

from __future__ import annotations

import os
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

CHECKOUT = Path(__file__).resolve().parents[1]
REAL_DATA = CHECKOUT.parent / "shared" / "data"
REQUIRE_ALL = os.environ.get("REGULARS_REQUIRE_ALL") == "1"
# A suite that must be green tells the same story every time; REGULARS_HUNT=400 looks for new ones, at random.
HUNT = int(os.environ.get("REGULARS_HUNT", "0"))
settings.register_profile("regulars", derandomize=not HUNT, deadline=None, database=None, max_examples=HUNT or 30)
settings.load_profile("regulars")


FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The one browser of a test process (Playwright starts once a process); without one its tests are skipped with the
    name of the package.
    """
    path = os.environ.get("REGULARS_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not path:
        pytest.skip("chromium is not installed (Debian package: chromium, fonts: fonts-noto-cjk)")
    sync = pytest.importorskip("playwright.sync_api")
    with sync.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """With REGULARS_REQUIRE_ALL=1 a skip is a failure, but for real data that is not there."""
    report = yield
    excused = item.get_closest_marker("realdata") is not None and not REAL_DATA.is_dir()
    if REQUIRE_ALL and report.skipped and not hasattr(report, "wasxfail") and not excused:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"Skipped although everything is required: {reason}"
    return report
