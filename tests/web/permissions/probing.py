"""One request at a time, taken back afterwards; what it answered, what it changed, what it told."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

import regulars
from tests.web.permissions.walking import Route
from tests.web.permissions.world import World

# Rows that any request may write: sessions and the counters of limits.
NOT_STATE = {"django_session", "cache"}
MOST_PLACES = 120
VIEWS = Path(regulars.__file__).parent / "web" / "views"
FIXED = {"provider_id": ["sso", "other"], "token": ["x", "None"], "uidb36": ["1"]}
COLUMNS = [
    "name",
    "phone",
    "email",
    "address",
    "owner",
    "department",
    "region",
    "tier",
    "source",
    "kind",
    "custom.planted_field",
]


@cache
def words_of(name: str) -> list[str]:
    """What the views compare a part of the address with (``action == "assign"``): new words are found by themselves."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(VIEWS.rglob("*.py")))
    found = re.findall(rf'\b{name} == "([\w.-]+)"', text)
    for several in re.findall(rf"\b{name} (?:not )?in [({{\[]([^)}}\]]+)[)}}\]]", text):
        found += re.findall(r'"([\w.-]+)"', several)
    return sorted(set(found)) + (COLUMNS if name == "column" else [])


@dataclass(frozen=True)
class Seen:
    """What came of a request. ``changed``: tables that were different before it was taken back."""

    status: int
    text: str
    location: str
    changed: frozenset[str]

    @property
    def refused(self) -> bool:
        return self.status in (401, 403, 404, 405) or (
            self.status == 302 and self.location.startswith("/sign-in/?next=")
        )


@contextmanager
def taken_back() -> Iterator[None]:
    frame = transaction.atomic()
    frame._from_testcase = True  # type: ignore[attr-defined]
    frame.__enter__()
    try:
        yield
    finally:
        transaction.set_rollback(True)
        frame.__exit__(None, None, None)


def digest_of_tables() -> dict[str, tuple[int, str]]:
    """Row count and content digest of every table."""
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in NOT_STATE:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows = sorted(repr(row) for row in cursor.fetchall())
            found[table] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    return found


class Probe:
    """Sends requests as the people of a world."""

    def __init__(self, world: World) -> None:
        self.world = world
        for name in [*world.cast.people, "anonymous"]:
            world.cast.client(name)  # signing in writes: before the first look
        self.before = digest_of_tables()

    def __call__(
        self, actor: str, method: str, path: str, body: dict[str, Any] | None = None, *, api: bool = False
    ) -> Seen:
        client = self.world.cast.client(actor)
        wrote: list[str] = []

        def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            head = sql.lstrip()[:7].upper()
            if head.startswith(("INSERT", "UPDATE", "DELETE", "REPLACE", "DROP", "ALTER", "CREATE")):
                wrote.append(sql)
            return execute(sql, params, many, context)

        more: dict[str, Any] = {}
        if api and method != "get":
            more = {"content_type": "application/json"}
            data: Any = json.dumps(body or {})
        else:
            data = body or {}
        with taken_back():
            with connection.execute_wrapper(note):
                answer = getattr(client, method)(path, data, **more)
                raw = b"".join(answer.streaming_content) if answer.streaming else answer.content
            after = self.before
            if any(not _of(sql, NOT_STATE) for sql in wrote):
                after = digest_of_tables()
                self.after_request()
        changed = frozenset(t for t in {*after, *self.before} if after.get(t) != self.before.get(t))
        told = "\n".join(f"{k}: {v}" for k, v in answer.headers.items()) + "\n" + raw.decode("utf-8", "replace")
        return Seen(answer.status_code, told, answer.headers.get("Location", ""), changed)

    def after_request(self) -> None:
        """A place to look at the database after a request that wrote, before it is taken back."""

    def places(self, route: Route) -> list[str]:
        """The addresses of a route, with every id that fits."""
        choices = [
            FIXED.get(name) or [*words_of(name), *self.world.ids(kind)][: MOST_PLACES // 2]
            for name, kind in route.converters
        ]
        if len(choices) > 1:  # every word with each of the ids
            choices = [
                words_of(name) or options for (name, _kind), options in zip(route.converters, choices, strict=True)
            ]
        found = []
        for picked in itertools.islice(itertools.product(*choices), MOST_PLACES):
            path = route.path
            for (name, _kind), value in zip(route.converters, picked, strict=True):
                path = path.replace("{" + name + "}", value)
            found.append(path)
        return found


def _of(sql: str, tables: set[str]) -> bool:
    return any(f'"{table}"' in sql for table in tables)
