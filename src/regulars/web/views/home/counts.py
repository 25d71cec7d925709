"""Counts beside the places in the sidebar: asked for once the page stands, kept for a minute."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to

KEPT_FOR = 60  # seconds


@login_required
@require_GET
def counts(request: HttpRequest) -> HttpResponse:
    key = f"counts:{request.user.pk}"
    found = cache.get(key)
    if found is None:
        found = counted(request.user)
        cache.set(key, found, KEPT_FOR)
    return render(request, "frame/counts.html", {"counts": found})


def counted(actor: Any) -> dict[str, int]:
    """Place → number: customers in the actor's sight, follow-ups that are due."""
    if not policies.can(actor, "customers.view"):
        return {}
    from regulars.web.views.home.due import due_follow_ups

    return {
        "customers": Customer.objects.filter(alive(), visible_to(actor)).count(),
        "follow_ups": due_follow_ups(actor).count(),
    }
