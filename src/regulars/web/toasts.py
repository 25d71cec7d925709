"""Short messages after something was done, with a way to take it back.

A view calls ``tell(request, text, undo="/jobs/…/undo/")``; the message appears on the next page, or at once when the
request came from htmx.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

UNDO_TIME = timedelta(minutes=10)
NAME = "regulars:toast"


def tell(
    request: HttpRequest, text: str, *, undo: str = "", until: datetime | None = None, wrong: bool = False
) -> None:
    """Say ``text`` to the reader; ``undo`` is the address that a POST takes it back at, until ``until``."""
    end = until or timezone.now() + UNDO_TIME
    details = {"undo": undo, "until": int(end.timestamp())} if undo else {}
    messages.add_message(
        request, messages.ERROR if wrong else messages.SUCCESS, text, extra_tags=json.dumps(details) if details else ""
    )


def waiting(request: HttpRequest) -> list[dict[str, Any]]:
    """The messages not shown yet; they count as shown from now on."""
    return [
        {
            "text": str(m.message),
            "wrong": m.level == messages.ERROR,
            **(json.loads(m.extra_tags) if m.extra_tags else {}),
        }
        for m in messages.get_messages(request)
    ]


def carried(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Hand waiting messages to an htmx request in its answer's header, unless the answer leads to another page."""
    leads_away = response.status_code >= 300 or "HX-Redirect" in response or "HX-Refresh" in response
    if request.headers.get("HX-Request") != "true" or leads_away or not hasattr(request, "_messages"):
        return response
    found = waiting(request)
    if found:
        events = json.loads(response.headers.get("HX-Trigger", "{}") or "{}")
        events[NAME] = {"toasts": found}
        response.headers["HX-Trigger"] = json.dumps(events)  # escapes: a header holds ASCII alone
    return response
