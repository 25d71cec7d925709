"""Actions on the selected customers, begun as jobs; saved views; files that an export made."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_POST, require_safe

from regulars.crm.accounts import policies as rights
from regulars.crm.customers import services
from regulars.crm.customers.bulk import exports
from regulars.crm.customers.bulk.selecting import MOST_TICKED
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import SavedView
from regulars.crm.customers.services.tagging import named
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.services import enqueue
from regulars.web import toasts
from regulars.web.views.customers import state
from regulars.web.views.customers.entering import leads_to, person

RIGHTS = {
    "assign": "customers.assign",
    "tag": "customers.edit",
    "untag": "customers.edit",
    "delete": "customers.delete",
    "export": "customers.export",
}


@login_required
@require_POST
def start(request: HttpRequest, action: str) -> HttpResponse:
    """Begin an action on the ticked customers or on all that match; answers with its progress."""
    actor: Any = request.user
    if action not in RIGHTS:
        raise Http404
    rights.require(actor, RIGHTS[action])
    try:
        job = enqueue(f"customers.{action}", actor, _arguments(request, action))
    except Invalid as error:
        return render(
            request, "customers/bulk_problem.html", {"problem": next(iter(error.messages().values()))}, status=422
        )
    return render(request, "customers/bulk_job.html", {"job": job})


def _arguments(request: HttpRequest, action: str) -> dict[str, Any]:
    given = request.POST
    listed = state.read(request, given).listing
    ids = [each for each in given.getlist("ids") for each in each.split(",") if each]
    everybody = given.get("everybody") == "yes"
    if not everybody and not ids:
        raise Invalid({"ids": gettext_noop("Nobody is selected.")})
    if len(ids) > MOST_TICKED:
        raise Invalid({"ids": gettext_noop("This is too long.")})
    selection: dict[str, Any] = listed.told() if everybody else {"ids": ids}
    made: dict[str, Any] = {"selection": selection}
    if action == "assign":
        owner = person(given.get("owner", ""))
        made["owner"] = owner.public_id if owner else ""
    elif action in ("tag", "untag"):
        made["tags"] = named(given.get("tags", "").replace("，", ",").split(","))
    elif action == "export":
        form = given.get("format", "csv")
        made |= {
            "list": listed.told(),
            "format": form if form in exports.FORMATS else "csv",
            "raw": given.get("raw") == "yes",
        }
    return made


@login_required
@require_safe
def exported(request: HttpRequest, public_id: str) -> HttpResponse:
    """The file of an export, for who asked for it."""
    actor: Any = request.user
    rights.require(actor, "customers.export")
    job = Job.objects.filter(public_id=public_id, kind="customers.export", actor=actor, state=Job.State.DONE).first()
    if job is None:
        raise Http404
    form = job.result.get("format", "csv")
    path = exports.path_of(job.public_id, form if form in exports.FORMATS else "csv")
    if not path.exists():
        raise Http404
    name = f"customers-{job.created_at:%Y-%m-%d}.{path.suffix[1:]}"
    return FileResponse(path.open("rb"), as_attachment=True, filename=name)


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filter, columns and order under a name."""
    actor: Any = request.user
    listed = state.read(request, request.POST).listing
    told = listed.told()
    try:
        made = services.save_view(
            actor,
            name=request.POST.get("name", ""),
            filter=told["filter"],
            columns=told["columns"],
            order=told["order"],
            shared=request.POST.get("shared") == "yes",
        )
    except Invalid as error:
        return render(
            request, "customers/bulk_problem.html", {"problem": next(iter(error.messages().values()))}, status=422
        )
    toasts.tell(request, _("The view “{name}” was saved.").format(name=made.name))
    return leads_to(request, f"{reverse('customers')}?v={made.public_id}")


@login_required
@require_POST
def change_view(request: HttpRequest, public_id: str, action: str) -> HttpResponse:
    """Update a view from the present list, rename, share or remove it."""
    actor: Any = request.user
    view = SavedView.objects.filter(public_id=public_id).first()
    if view is None or (view.owner_id != actor.pk and not view.shared):
        raise Http404
    address = f"{reverse('customers')}?v={view.public_id}"
    try:
        if action == "remove":
            services.remove_view(actor, view)
            toasts.tell(request, _("The view “{name}” was removed.").format(name=view.name))
            address = reverse("customers")
        elif action == "update":
            told = state.read(request, request.POST).listing.told()
            services.change_view(actor, view, filter=told["filter"], columns=told["columns"], order=told["order"])
            toasts.tell(request, _("The view “{name}” was saved.").format(name=view.name))
        elif action == "rename":
            services.change_view(
                actor, view, name=request.POST.get("name", ""), shared=request.POST.get("shared") == "yes"
            )
        else:
            raise Http404
    except Invalid as error:
        toasts.tell(request, next(iter(error.messages().values())), wrong=True)
    return leads_to(request, address)
