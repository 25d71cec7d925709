"""Saved views: a named filter with columns and order, private or shared."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_noop

from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can, require
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.filters import tree
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.models import SavedView
from regulars.crm.customers.services.checking import not_found

MOST = 60


def _name(name: str) -> str:
    clean = " ".join(name.split())
    if not clean or len(clean) > 80:
        raise Invalid({"name": gettext_noop("A view needs a name of at most 80 characters.")})
    return clean


@transaction.atomic
def save_view(
    actor: User, *, name: str, filter: Any, columns: list[str], order: list[str], shared: bool = False
) -> SavedView:
    require(actor, "customers.view")
    if shared:
        require(actor, "views.share")
    if SavedView.objects.filter(owner=actor).count() >= MOST:
        raise Invalid({"name": gettext_noop("You have 60 views; delete one first.")})
    checked = tree.parse(filter, Registry(actor)).as_json()
    last = SavedView.objects.filter(owner=actor).aggregate(last=Max("position"))["last"] or 0
    made = SavedView(owner=actor, name=_name(name), shared=shared, filter=checked, position=last + 1)
    made.columns, made.order = columns[:40], order[:2]
    made.save()
    return made


def _must_own(actor: User, view: SavedView) -> None:
    if view.owner_id == actor.pk:
        return
    if not view.shared:
        raise not_found()
    if not can(actor, "settings.manage"):
        raise Forbidden("forbidden_view", "Only who made a view may change it.", "Save it under another name.")


@transaction.atomic
def change_view(actor: User, view: SavedView, **changes: Any) -> SavedView:
    """Change name, filter, columns, order or whether it is shared."""
    _must_own(actor, view)
    if changes.get("shared"):
        require(actor, "views.share")
    if "filter" in changes:
        changes["filter"] = tree.parse(changes["filter"], Registry(actor)).as_json()
    if "name" in changes:
        changes["name"] = _name(changes["name"])
    for key in ("name", "filter", "columns", "order", "shared"):
        if key in changes:
            setattr(view, key, changes[key])
    view.save()
    return view


@transaction.atomic
def remove_view(actor: User, view: SavedView) -> None:
    _must_own(actor, view)
    view.delete()
