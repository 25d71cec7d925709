"""Saved views: named filters with columns and order."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from regulars.api.paging import Page, Paged, cut
from regulars.api.values import Flag, Id, In, text
from regulars.crm.accounts.policies import require
from regulars.crm.customers import services
from regulars.crm.customers.models import SavedView
from regulars.crm.customers.services.checking import not_found

router = Router(tags=["views"])


class ViewOut(Schema):
    id: str
    name: str
    shared: bool
    own: bool
    filter: dict[str, Any]
    columns: list[str]
    order: list[str]


class ViewIn(In):
    """``filter``: {"all": […]}, {"any": […]} or {"none": […]} of conditions and groups, as list pages keep it."""

    name: text(80, 1)  # type: ignore[valid-type]
    filter: dict[str, Any] = Field(default={})
    columns: list[text(80)] = Field(default=[], max_length=40)  # type: ignore[valid-type]
    order: list[text(80)] = Field(default=[], max_length=2)  # type: ignore[valid-type]
    shared: Flag = False


def visible_views(actor: Any) -> QuerySet[SavedView]:
    """The actor's own views and those that are shared."""
    return SavedView.objects.filter(Q(owner=actor) | Q(shared=True))


def _view(actor: Any, row: SavedView) -> dict[str, Any]:
    return {
        "id": row.public_id, "name": row.name, "shared": row.shared, "own": row.owner_id == actor.pk,
        "filter": row.filter, "columns": row.columns, "order": row.order,
    }  # fmt: skip


def _found(actor: Any, public_id: str) -> SavedView:
    require(actor, "customers.view")
    row = visible_views(actor).filter(public_id=public_id).first()
    if row is None:
        raise not_found()
    return row


@router.get("", response=Page[ViewOut], summary="Own and shared views", operation_id="list_views")
def list_views(request: HttpRequest, asked: Query[Paged]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    found, further = cut(visible_views(actor), asked)
    return {"items": [_view(actor, row) for row in found], "next": further}


@router.post("", response={201: ViewOut}, summary="Save a view", operation_id="add_view")
def add_view(request: HttpRequest, body: ViewIn) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    require(actor, "customers.view")
    return Status(201, _view(actor, services.save_view(actor, **body.dict())))


@router.get("/{public_id}", response=ViewOut, summary="One view", operation_id="get_view")
def get_view(request: HttpRequest, public_id: Path[Id]) -> dict[str, Any]:
    actor = request.auth  # type: ignore[attr-defined]
    return _view(actor, _found(actor, public_id))


@router.delete("/{public_id}", response={204: None}, summary="Remove a view", operation_id="remove_view")
def remove_view(request: HttpRequest, public_id: Path[Id]) -> Status[Any]:
    actor = request.auth  # type: ignore[attr-defined]
    services.remove_view(actor, _found(actor, public_id))
    return Status(204, None)
