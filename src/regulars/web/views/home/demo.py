"""Away with the invented shop."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST


@login_required
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    from regulars.crm.insights import demo

    return redirect("job", demo.begin_removal(request.user).public_id)
