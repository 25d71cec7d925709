"""The department tree: add, rename, move, remove."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST

from regulars.crm.accounts import departments as service
from regulars.crm.accounts import policies
from regulars.crm.accounts.errors import AccountError
from regulars.crm.accounts.models import Department, Role, User
from regulars.web import languages, toasts
from regulars.web.views.accounts.fields import DepartmentChoice


class DepartmentForm(forms.Form):
    name = forms.CharField(label=pgettext_lazy("department", "Name"), max_length=120)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["parent"] = DepartmentChoice(label=gettext_lazy("Belongs to"), empty=gettext_lazy("Top level"))


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """The tree with the people in each; a POST adds a department."""
    actor = cast(User, request.user)
    policies.require(actor, "people.manage")
    form = DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = service.create_department(actor, **form.cleaned_data)
        except AccountError as error:
            form.add_error(None, " ".join(error.localized(languages.reading())))
        else:
            toasts.tell(request, _("{name} was added.").format(name=added.name))
            return redirect("departments")
    counted = Department.objects.annotate(n=Count("users", filter=Q(users__is_active=True)))
    heads = dict(counted.values_list("pk", "n"))
    rows = [{"department": d, "depth": depth, "people": heads.get(d.pk, 0)} for d, depth in service.tree()]
    context = {"form": form, "rows": rows, "may": policies.scope(actor) == Role.Scope.ALL}
    return render(request, "accounts/departments.html", context, status=422 if form.errors else 200)


@login_required
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Name and place of a department."""
    actor = cast(User, request.user)
    department = _find(actor, pk)
    initial = {"name": department.name, "parent": str(department.parent_id or "")}
    form = DepartmentForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            service.change_department(actor, department, **form.cleaned_data)
        except AccountError as error:
            form.add_error(None, " ".join(error.localized(languages.reading())))
        else:
            toasts.tell(request, _("Saved."))
            return redirect("departments")
    context = {"form": form, "department": department}
    return render(request, "accounts/department.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    actor = cast(User, request.user)
    department = _find(actor, pk)
    try:
        service.delete_department(actor, department)
    except AccountError as error:
        toasts.tell(request, " ".join(error.localized(languages.reading())), wrong=True)
        return redirect("department", pk=pk)
    toasts.tell(request, _("{name} was removed.").format(name=department.name))
    return redirect("departments")


def _find(actor: User, pk: int) -> Department:
    service.require_tree(actor)
    found = Department.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
