"""Keyset pages: ``after`` is the id of the last row that was seen; nothing is skipped or doubled while rows change."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Query, Schema
from pydantic import Field

from regulars.api.values import Id
from regulars.errors import ParameterError

T = TypeVar("T")
MOST = 200


class Paged(Schema):
    """``limit``: rows a page; ``after``: the ``next`` of the page before."""

    limit: Annotated[int, Field(ge=1, le=MOST)] = 50
    after: Id | None = None


class Page(Schema, Generic[T]):
    """``next``: what to pass as ``after`` for the next page; null on the last one."""

    items: list[T]
    next: str | None


PageQuery = Query[Paged]


def cut(rows: QuerySet[Any], asked: Paged, *, newest_first: bool = False) -> tuple[list[Any], str | None]:
    """(rows of the page, the public id to go on from)."""
    if asked.after is not None:
        place = rows.model._default_manager.filter(public_id=asked.after).values_list("pk", flat=True).first()
        if place is None:
            raise ParameterError("unknown_cursor", "There is no row {after} to go on from.", "Begin without after.",
                                 after=asked.after)  # fmt: skip
        rows = rows.filter(pk__lt=place) if newest_first else rows.filter(pk__gt=place)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: asked.limit + 1])
    more = len(found) > asked.limit
    return found[: asked.limit], found[asked.limit - 1].public_id if more else None
