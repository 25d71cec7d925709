"""Time travel: the run that a person reads, the current one or an earlier one that was kept.

``?run=<public id>`` chooses, ``?run=latest`` goes back; the choice holds for every page of the session.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from regulars.crm.insights import metrics, reading
from regulars.crm.insights.models import Run

KEY = "run"
LATEST = "latest"


def travelling(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Every page reads the run of the reader's choice; a run that is no longer kept gives way to the current one."""

    def answer(request: HttpRequest) -> HttpResponse:
        with reading.as_of(_chosen(request)):
            return get_response(request)

    return answer


def _chosen(request: HttpRequest) -> Run | None:
    if not request.user.is_authenticated or request.path.startswith(("/api/", "/static/")):
        return None
    asked = request.GET.get("run", "") if request.method == "GET" else ""
    if asked == LATEST:
        request.session.pop(KEY, None)
        return None
    wanted = asked or request.session.get(KEY, "")
    if not wanted:
        return None
    run = Run.objects.filter(public_id=str(wanted)[:16], state=Run.State.PUBLISHED).defer("summary").first()
    latest = metrics.current() if run is not None else None
    if run is None or latest is None or run.pk == latest.pk:
        request.session.pop(KEY, None)
        return None
    if asked:
        request.session[KEY] = run.public_id
    return run
