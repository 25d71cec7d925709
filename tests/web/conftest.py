"""Tests of the application: one database a session, every test in a savepoint of its own or on a fresh copy.

``database``    (automatic) whatever a test writes is rolled back
``committed``   the test really commits; afterwards the database is put back from a copy. Tests with a server, threads
                or processes need it.
``site``        the application behind a real server on 127.0.0.1 (implies ``committed``)
``page``        a page of a real chromium; fails the test on console errors and on reports of the content policy
``sign_in``     sign_in(page, user): a session without passing the sign-in form
``query_count`` with query_count() as seen: … ; seen.count, seen.statements
``axe``         axe(page): serious and critical violations

The database is SQLite, or that of REGULARS_TEST_DATABASE_URL (PostgreSQL, emptied by these tests).
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest

_HOME = Path(tempfile.mkdtemp(prefix="regulars-web-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["REGULARS_DATA"] = str(_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "regulars.config.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright runs a loop in the test's thread; nothing here is async
os.environ["DATABASE_URL"] = os.environ.get("REGULARS_TEST_DATABASE_URL", "")

import django  # noqa: E402

django.setup()

from tests.web.browsing import axe, page, sign_in, site, window  # noqa: E402
from tests.web.database import committed, database, installed, query_count  # noqa: E402

__all__ = [
    "axe",
    "committed",
    "data_folder",
    "database",
    "installed",
    "page",
    "query_count",
    "sign_in",
    "site",
    "window",
]  # fmt: skip


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The data folder of the installation under test."""
    return _HOME
