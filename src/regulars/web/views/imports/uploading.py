"""Files come in: checked for rights and size before a byte is read, streamed to the disk, whole or not at all."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.files.uploadhandler import StopFutureHandlers
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from regulars.config.options import options
from regulars.crm.accounts.policies import require
from regulars.crm.insights.imports import files, services
from regulars.crm.insights.imports.errors import ImportProblem, TooLarge
from regulars.crm.insights.imports.uploads import OnDisk, StreamToDisk
from regulars.errors import InputError
from regulars.web import languages
from regulars.web.views.imports.shown import HINTS, WHATS

FORM_BYTES = 1 << 20  # what a form weighs beside its files


@csrf_exempt  # checked below, after the handler for the body is in place
@login_required
@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    require(request.user, "customers.import")
    if request.method == "GET":
        return _form(request)
    if int(request.META.get("CONTENT_LENGTH") or 0) > files.limit() + FORM_BYTES:
        return _form(request, problem=_too_large())
    with files.incoming() as place:
        handler = StreamToDisk(request, place)
        request.upload_handlers = [handler]
        try:
            return _received(request)
        except (UnreadablePostError, MultiPartParserError, StopFutureHandlers):
            return _form(request, problem=_broken())
        finally:
            handler.upload_interrupted()


@csrf_protect
def _received(request: HttpRequest) -> HttpResponse:
    handler = request.upload_handlers[0]
    uploaded = [file for file in request.FILES.getlist("files") if isinstance(file, OnDisk)]
    if handler.too_large:
        return _form(request, problem=_too_large())
    if not uploaded:
        return _form(request, problem=ImportProblem("no_file", "Choose a file first.", ""))
    try:
        batch = services.receive(
            request.user,
            what=request.POST.get("what", ""),
            uploaded=[(file.name or "file", file.path) for file in uploaded],
            place=handler.place,
            lang=languages.reading(),
            source=request.POST.get("source", ""),
        )
    except (ImportProblem, InputError) as error:
        return _form(request, problem=error)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse(headers={"HX-Redirect": f"/imports/{batch.public_id}/columns/"})
    return redirect("import_columns", batch.public_id)


def _form(request: HttpRequest, problem: ImportProblem | InputError | None = None) -> HttpResponse:
    chosen = request.GET.get("what", "orders")
    if problem is not None and not isinstance(problem, TooLarge) and request.method == "POST":
        chosen = request.POST.get("what", "orders")
    message, hint = problem.localized(languages.reading()) if problem is not None else ("", "")
    context = {
        "whats": [(key, label, HINTS[key]) for key, label in WHATS.items()],
        "chosen": chosen if chosen in WHATS else "orders",
        "source": request.GET.get("source", "") if request.method == "GET" else "",
        "limit": options().upload_limit_mb << 20,
        "kinds": ",".join((*files.KINDS, *files.PACKED)),
        "message": message,
        "hint": hint,
        "steps": [{"number": n, "label": label, "here": n == 1} for n, label in enumerate(
            (_("Upload"), pgettext("step", "Columns"), _("Preview of 50 rows"), _("Dry run"), _("Import")), 1)],
    }  # fmt: skip
    status = 200 if problem is None else getattr(problem, "status", 422)
    return render(request, "imports/upload.html", context, status=status)


def _too_large() -> TooLarge:
    return TooLarge(
        "upload_too_large", "This is more than {most} MB, the most that can be uploaded at once.",
        "Divide the file, or pack it as ZIP.", most=f"{options().upload_limit_mb:,}",
    )  # fmt: skip


def _broken() -> ImportProblem:
    return ImportProblem("upload_broken", "The upload broke off; nothing was kept.", "Send the file again.")
