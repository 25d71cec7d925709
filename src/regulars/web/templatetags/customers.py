"""What the templates of customers need beside the formats of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def item(held: Any, key: str) -> Any:
    """``held[key]`` where there is one."""
    return held.get(key) if isinstance(held, Mapping) else None


@register.filter
def column(row: Any, name: str) -> Any:
    """A column of a run that may not have it."""
    return getattr(row, name, None)


@register.filter
def contact_part(part: str) -> str:
    """The part a contact plays, in words."""
    from regulars.crm.customers.contacts import PARTS

    return str(dict(PARTS).get(part, part))


@register.filter
def stage_chip(value: str | None) -> Any:
    """A lifecycle stage as its chip."""
    from django.utils.html import format_html

    from regulars.web.views.customers import cells, story

    if not value:
        return "–"
    tone = cells.TONES["lifecycle"].get(value, "none")
    return format_html('<span class="chip c-{}">{}</span>', tone, story.named("lifecycle", value))
