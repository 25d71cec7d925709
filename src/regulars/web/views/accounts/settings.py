"""The way into the settings, and the list of their pages."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts import policies
from regulars.crm.accounts.models import User

# (route, label, permission); pages of other areas register with add_page.
PAGES: list[tuple[str, Any, str]] = [
    ("people", _("People"), "people.manage"),
    ("departments", _("Departments"), "people.manage"),
    ("roles", _("Roles"), "roles.manage"),
    ("audit", _("Audit log"), "audit.view"),
]


def add_page(route: str, label: Any, permission: str) -> None:
    """A further page of the settings (custom fields, for example)."""
    if route not in [known for known, _label, _permission in PAGES]:
        PAGES.append((route, label, permission))


def pages_for(actor: User) -> list[tuple[str, Any]]:
    return [(route, label) for route, label, permission in PAGES if policies.can(actor, permission)]


@login_required
def first_page(request: HttpRequest) -> HttpResponse:
    """The first settings page that the reader may see; else one's own account."""
    pages = pages_for(cast(User, request.user))
    return redirect(pages[0][0] if pages else "account")
