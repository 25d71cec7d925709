"""The database of the tests: made once, then kept clean by savepoints or put back from a copy."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def installed(data_folder: Path) -> Iterator[Path | None]:
    """An installed database; gives the file of its copy (None on PostgreSQL)."""
    from django.conf import settings
    from django.db import connection, connections
    from django.test.utils import setup_test_environment, teardown_test_environment

    from regulars.config.installing import install

    debug = settings.DEBUG
    setup_test_environment(debug=debug)
    settings.ALLOWED_HOSTS = ["*"]
    install()
    copy = None
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections.close_all()
        copy = data_folder / "installed.sqlite3"
        shutil.copy(settings.DATABASES["default"]["NAME"], copy)
    yield copy
    connections.close_all()
    teardown_test_environment()


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest, installed: Path | None) -> Iterator[None]:
    """Everything that the test writes is rolled back, unless it asked for ``committed``."""
    from django.core.cache import cache
    from django.db import connection, transaction

    if "committed" in request.fixturenames:
        request.getfixturevalue("committed")
        yield
        return
    frame = transaction.atomic()
    frame._from_testcase = True  # type: ignore[attr-defined]  # as Django's own TestCase: durable blocks may nest in it
    frame.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        frame.__exit__(None, None, None)
        connection.close()
        cache.close()


@pytest.fixture
def committed(installed: Path | None) -> Iterator[None]:
    """The test really commits; afterwards the database is as it was installed."""
    yield
    put_back(installed)


def put_back(copy: Path | None) -> None:
    from django.conf import settings
    from django.contrib.contenttypes.models import ContentType
    from django.db import connection, connections

    if copy is None:
        _emptied()
    else:
        connections.close_all()
        name = Path(settings.DATABASES["default"]["NAME"])
        for suffix in ("-wal", "-shm", ""):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copy(copy, name)
    ContentType.objects.clear_cache()
    from regulars.crm.insights import metrics

    metrics.forget()
    connection.close()


def _emptied() -> None:
    from django.core.management import call_command
    from django.db import connection

    from regulars.config.installing import install

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith("insights_metric_r"):
                cursor.execute(f'DROP TABLE "{table}"')
    call_command("flush", interactive=False, verbosity=0)
    install()


@dataclass
class Seen:
    """Statements sent to the database."""

    statements: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.statements)


@pytest.fixture
def query_count() -> Callable[[], Any]:
    """``with query_count() as seen: …; assert seen.count == 7``"""
    from django.db import connection

    @contextmanager
    def counting() -> Iterator[Seen]:
        seen = Seen()

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            seen.statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            yield seen

    return counting
