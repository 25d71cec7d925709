"""Where one is signed in, and ending it elsewhere."""

from __future__ import annotations

from typing import cast

from allauth.usersessions.models import UserSession
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from regulars.crm.accounts import audit, services
from regulars.crm.accounts.models import User
from regulars.web import toasts

# (part of the user agent, name); the first that fits counts, so the pretenders come last.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def device(user_agent: str) -> str:
    """ "Chrome, Windows"; what cannot be told is left out."""
    names = [next((name for part, name in known if part in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return ", ".join(name for name in names if name)


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    found = sorted(UserSession.objects.purge_and_list(person), key=lambda s: s.created_at, reverse=True)
    rows = [
        {"session": s, "device": device(s.user_agent), "here": s.session_key == request.session.session_key}
        for s in found
    ]
    return render(request, "accounts/sessions.html", {"rows": rows, "others": sum(not row["here"] for row in rows)})


@login_required
@require_POST
def end_one(request: HttpRequest, pk: int) -> HttpResponse:
    person = cast(User, request.user)
    found = UserSession.objects.filter(pk=pk, user=person).first()
    if found is None:
        raise Http404
    if found.session_key == request.session.session_key:
        return redirect("sign_out")
    found.end()
    audit.record(person, "session.end", object_type="person", object_id=person.public_id, label=person.name)
    toasts.tell(request, _("The session was ended."))
    return redirect("sessions")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    ended = services.end_sessions(person, except_key=request.session.session_key)
    audit.record(
        person, "session.end", object_type="person", object_id=person.public_id, label=person.name,
        details={"sessions": ended},
    )  # fmt: skip
    toasts.tell(request, ngettext("{n} session was ended.", "{n} sessions were ended.", ended).format(n=ended))
    return redirect("sessions")
