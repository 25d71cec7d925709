"""Today, its slow parts, and "later"."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_POST

from regulars.charts import numbers
from regulars.charts.words import RHYTHM, RHYTHM_COLOUR
from regulars.crm.accounts import policies
from regulars.crm.accounts.models import User
from regulars.crm.customers.policies import visible_to
from regulars.crm.insights import lake_access, metrics, pages, runs, today
from regulars.crm.insights.earlier import unfinished
from regulars.crm.insights.models import ImportBatch, Run
from regulars.crm.insights.pages import WebView
from regulars.web import languages, toasts
from regulars.web.views.home.due import due_follow_ups
from regulars.web.views.jobs.shown import ShownJob
from regulars.web.views.numbers.shown import safe
from regulars.web.views.numbers.statements import filled

DUE_SHOWN = 8


@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Whom to contact today. Always as of the current run, whatever day the reader looks back to elsewhere."""
    actor: Any = request.user
    run, latest = metrics.current(), unfinished()
    context: dict[str, Any] = {
        "day": timezone.localdate(),
        "laters": [(1, _("tomorrow")), (7, _("in a week")), (30, _("in a month"))],
        "demo": ImportBatch.objects.filter(demo=True).exists(),
        "may_remove": actor.role.key == "owner",
        "may": {
            "note": policies.can(actor, "follow_ups.create"),
            "start": policies.can(actor, "runs.start"),
            "import": policies.can(actor, "customers.import"),
        },
        "run": run,
    }
    if policies.can(actor, "customers.view"):
        due = due_follow_ups(actor)
        context |= {"due": list(due[:DUE_SHOWN]), "due_total": due.count()}
        if run is not None and policies.can(actor, "numbers.view"):
            context |= _list(actor, run)
    if latest is not None and latest.state in runs.LIVE and latest.job is not None:
        context["job"] = ShownJob(latest.job, actor)
    if run is None:
        context["orders"] = lake_access.lake() is not None
    return render(request, "today/today.html", {**context, "latest": latest})


def _list(actor: User, run: Run) -> dict[str, Any]:
    view = pages.view_of(run, languages.reading())
    risk = today.by_risk(view)
    shown = today.first_to_contact(actor, run, view)
    total = today.waiting(actor, run, risk=risk) if len(shown) == today.FIRST else len(shown)
    scoped = visible_to(actor) != Q()
    return {
        "view": view,
        "risk": risk,
        "shown": [_row(one, view, risk=risk) for one in shown],
        "total": total,
        "others": total - len(shown),
        "others_address": _others(risk),
        "statement": safe(_statement(view, shown, total, risk=risk)),
        "alarms": [
            {"alarm": one, "address": f"{reverse('people_behind')}?who={one.who}"} for one in today.alarms(view)
        ],
        "coming": [] if shown else today.coming(actor, run),
        "scoped": scoped,
    }


def _others(risk: bool) -> str:
    return f"{reverse('people_behind')}?who={'late_risk:' if risk else 'late:'}"


def _row(one: today.ToContact, view: WebView, *, risk: bool) -> dict[str, Any]:
    row = one.row
    arithmetic = ""
    if risk and row.clv_12m:
        share = numbers.rate(float(row.value_at_risk) / float(row.clv_12m), decimals=0)
        arithmetic = f"{view.reader.money(float(row.clv_12m))} × {share}"
    return {
        "customer": one.customer, "row": row, "stake": view.reader.money(float(one.stake)), "arithmetic": arithmetic,
        "reason": one.reason, "change": one.change, "strip": one.strip,
        "state": today_state(row.rhythm, view), "tone": RHYTHM_COLOUR[row.rhythm],
    }  # fmt: skip


def today_state(key: str, view: WebView) -> str:
    return view.reader.say(RHYTHM[key])


def _statement(view: WebView, shown: list[today.ToContact], total: int, *, risk: bool) -> Any:
    if not shown:
        return filled(gettext_noop("Nobody is late today."))
    profit, stake = today.totals(shown)
    words = {
        "n": numbers.count(total), "first": numbers.count(len(shown)), "profit": view.reader.money(profit),
        "money": view.reader.money(stake), "span": view.span,
    }  # fmt: skip
    if risk:
        return filled(_RISK_ONE if total == 1 else _RISK, **words)
    return filled(_PROFIT_ONE if total == 1 else _PROFIT, **words)


_RISK = gettext_noop(
    "{n} customers are late. Start with the {first} that matter most: they brought {profit} in {span}, and their"
    " lateness puts {money} at risk."
)
_RISK_ONE = gettext_noop(
    "One customer is late and worth a call: {profit} in {span}; the lateness puts {money} at risk."
)
_PROFIT = gettext_noop(
    "{n} customers are late. Start with the {first} that matter most: they brought {profit} in {span}."
)
_PROFIT_ONE = gettext_noop("One customer is late and worth a call: {profit} in {span}.")


@login_required
@require_GET
def moves(request: HttpRequest) -> HttpResponse:
    """Who changed class within a week: counted apart, so that the page is there first."""
    policies.require(request.user, "numbers.view")
    actor: Any = request.user
    run = metrics.current()
    before, found = today.moves(actor, run) if run is not None else (None, [])
    rows = [
        {
            "move": one,
            "address": f"{reverse('people_behind')}?who=abc_moved:{one.before}.{one.after}",
            "up": one.after < one.before,
        }
        for one in found
    ]
    return render(request, "today/moves.html", {"before": before, "moves": rows})


@login_required
@require_POST
def later(request: HttpRequest, public_id: str) -> HttpResponse:
    """Not today: the row leaves, and a message offers the way back."""
    actor: Any = request.user
    given = request.POST.get("days", "1")
    made = today.snooze(actor, public_id, int(given) if given.isascii() and given.isdigit() and len(given) < 4 else 0)
    told = _("{name} is back on the list on {day}.").format(name=made.customer.name, day=made.until.isoformat())
    toasts.tell(request, told, undo=reverse("today_again", args=[public_id]))
    return HttpResponse(status=200)


@login_required
@require_POST
def again(request: HttpRequest, public_id: str) -> HttpResponse:
    actor: Any = request.user
    today.wake(actor, public_id)
    response = HttpResponse(status=204)
    response["HX-Refresh"] = "true"
    return response
