"""Find and go (⌘K): pages, customers, definitions. And what a term means, for the popover."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies
from regulars.engine.definitions import REGISTRY
from regulars.engine.parameters import Parameters
from regulars.language import Language
from regulars.web import languages, navigation

MOST = 8
LONGEST = 80


@dataclass(frozen=True)
class Found:
    label: Any
    address: str
    more: str = ""


@login_required
@require_GET
def palette(request: HttpRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST]
    groups = [
        (_("Customers"), customers(request.user, text)),
        (_("Pages"), pages(request.user, text)),
        (_("Definitions"), definitions(text, languages.reading())),
    ]
    return render(request, "frame/found.html", {"groups": [g for g in groups if g[1]], "text": text})


def pages(actor: Any, text: str) -> list[Found]:
    wanted = text.casefold()
    links = [link for _label, group in navigation.shown(actor, "") for link in group]
    return [Found(link.label, link.address) for link in links if wanted in str(link.label).casefold()][:MOST]


def customers(actor: Any, text: str) -> list[Found]:
    from regulars.crm.customers import search

    if not text or not policies.can(actor, "customers.view"):
        return []
    return [
        Found(c.name, reverse("customer", args=[c.public_id]), c.region) for c in search.found(actor, text, limit=MOST)
    ]


def definitions(text: str, language: Language) -> list[Found]:
    wanted = text.casefold()
    if not wanted:
        return []
    found = []
    for key, definition in REGISTRY.items():
        told = definition.localized(language)
        if any(wanted in name.casefold() for name in (told.name, key, *told.other_names())):
            found.append(Found(told.name, reverse("definition", args=[key]), told.sentence))
    return found[:MOST]


@login_required
@require_GET
def definition(request: HttpRequest, key: str) -> HttpResponse:
    """What a term means: a part for the popover, a page when opened by its address."""
    found = REGISTRY.get(key)
    if found is None:
        raise Http404
    language = languages.reading()
    told = found.localized(language)
    context = {
        "told": told,
        "other": found.localized("en" if language == "zh" else "zh").name,
        "rules": found.rules(Parameters(), language),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "frame/definition.html" if part else "frame/definition_page.html", context)
