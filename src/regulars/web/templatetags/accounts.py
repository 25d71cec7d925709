"""Tags of the pages of people and rights."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts import policies
from regulars.web.navigation import Link, address_of
from regulars.web.views.accounts.settings import pages_for

register = template.Library()
ACCOUNT = (
    ("account", _("Account"), ""),
    ("mfa_index", _("Sign-in and security"), ""),
    ("sessions", _("Sessions"), ""),
    ("tokens", _("API tokens"), "tokens.own"),
)


def _links(pages: list[tuple[str, Any]], path: str) -> list[Link]:
    found = [(route, label, address) for route, label in pages if (address := address_of(route))]
    here = max((address for _r, _l, address in found if path.startswith(address)), key=len, default="")
    return [Link(route, label, address, address == here) for route, label, address in found]


@register.simple_tag(takes_context=True)
def settings_tabs(context: dict[str, Any]) -> list[Link]:
    """The settings pages that the reader may see."""
    request = context["request"]
    return _links(pages_for(request.user), request.path)


@register.simple_tag(takes_context=True)
def account_tabs(context: dict[str, Any]) -> list[Link]:
    """The pages of one's own account."""
    request = context["request"]
    pages = [(r, label) for r, label, key in ACCOUNT if not key or policies.can(request.user, key)]
    return _links(pages, request.path)
