"""The roles as a matrix: rights down, roles across."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from regulars.crm.accounts import policies
from regulars.crm.accounts import roles as service
from regulars.crm.accounts.errors import AccountError, Forbidden
from regulars.crm.accounts.models import Role, User
from regulars.crm.accounts.permissions import GROUPS, OWNER, PERMISSIONS, ROLES, SENSITIVE
from regulars.web import languages, toasts
from regulars.web.views.accounts.fields import RoleChoice

SCOPES = (
    (Role.Scope.OWN, pgettext_lazy("scope", "Own")),
    (Role.Scope.SUBORDINATES, pgettext_lazy("scope", "Own and team")),
    (Role.Scope.DEPARTMENT, pgettext_lazy("scope", "Department")),
    (Role.Scope.ALL, pgettext_lazy("scope", "All")),
)


class RoleForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("role", "Name"), max_length=80)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        like = RoleChoice(initial="sales")
        like.label = gettext_lazy("Begins like")
        like.choices = [(key, name) for key, name in like.choices if key != OWNER]
        self.fields["like"] = like


@login_required
def matrix(request: HttpRequest) -> HttpResponse:
    """Who may do what; a POST saves every role that differs, all or none."""
    actor = cast(User, request.user)
    policies.require(actor, "roles.manage")
    if request.method == "POST":
        return _save(request, actor)
    return _show(request, actor, RoleForm())


def _save(request: HttpRequest, actor: User) -> HttpResponse:
    for role in service.ordered():
        if f"scope.{role.key}" not in request.POST or not _editable(actor, role):
            continue
        wanted = {
            "scope": request.POST[f"scope.{role.key}"],
            "permissions": request.POST.getlist(f"permission.{role.key}"),
            "clear_fields": request.POST.getlist(f"clear.{role.key}"),
        }
        if wanted["scope"] not in Role.Scope.values:
            raise Http404
        service.change_role(actor, role, **wanted)  # type: ignore[arg-type]
    toasts.tell(request, _("Saved."))
    return redirect("roles")


@login_required
def create(request: HttpRequest) -> HttpResponse:
    """A role of this installation, beginning with the rights of another."""
    actor = cast(User, request.user)
    policies.require(actor, "roles.manage")
    if request.method != "POST":
        return redirect("roles")
    form = RoleForm(request.POST)
    if form.is_valid():
        try:
            role = service.create_role(actor, name=form.cleaned_data["name"], like=form.cleaned_data["like"])
        except (AccountError, Forbidden) as error:
            form.add_error(None, " ".join(error.localized(languages.reading())))
        else:
            toasts.tell(request, _("{name} was added.").format(name=role.name))
            return redirect("roles")
    return _show(request, actor, form, status=422)


@login_required
@require_POST
def delete(request: HttpRequest, key: str) -> HttpResponse:
    actor = cast(User, request.user)
    policies.require(actor, "roles.manage")
    role = Role.objects.filter(key=key).first()
    if role is None:
        raise Http404
    name = service.display_name(role)
    try:
        service.delete_role(actor, role)
    except AccountError as error:
        toasts.tell(request, " ".join(error.localized(languages.reading())), wrong=True)
    else:
        toasts.tell(request, _("{name} was removed.").format(name=name))
    return redirect("roles")


def _editable(actor: User, role: Role) -> bool:
    return role.key != OWNER and role.pk != actor.role_id and policies.can_give(actor, role)


def _show(request: HttpRequest, actor: User, form: RoleForm, status: int = 200) -> HttpResponse:
    columns = [
        {
            "role": role,
            "name": service.display_name(role),
            "about": ROLES[role.key].description if role.key in ROLES else "",
            "may": _editable(actor, role),
            "own": role.key not in ROLES,
            "granted": policies.granted(role),
            "clear": set(SENSITIVE) if role.key == OWNER else set(role.clear_fields),
            "scope": Role.Scope.ALL if role.key == OWNER else role.scope,
        }
        for role in service.ordered()
    ]
    groups = [
        (label, [_row(p.key, p.name, columns, "granted") for p in PERMISSIONS.values() if p.group == key])
        for key, label in GROUPS.items()
    ]
    clear = [_row(key, name, columns, "clear") for key, name in SENSITIVE.items()]
    context = {"columns": columns, "groups": groups, "clear": clear, "scopes": SCOPES, "form": form}
    return render(request, "accounts/roles.html", context, status=status)


def _row(key: str, name: Any, columns: list[dict[str, Any]], what: str) -> dict[str, Any]:
    return {"key": key, "name": name, "cells": [{"column": c, "on": key in c[what]} for c in columns]}
