"""One's own account: name, language, appearance."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regulars.crm.accounts import services
from regulars.crm.accounts.models import User
from regulars.web import context, toasts
from regulars.web.views.accounts.fields import PersonName

THEMES = (
    ("auto", gettext_lazy("As the system")),
    ("light", gettext_lazy("Light")),
    ("dark", gettext_lazy("Dark")),
)
LANGUAGES = (("zh", "简体中文"), ("en", "English"))


class ProfileForm(forms.Form):
    name = PersonName()
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=LANGUAGES)
    theme = forms.ChoiceField(label=gettext_lazy("Appearance"), choices=THEMES)


@login_required
def account(request: HttpRequest) -> HttpResponse:
    """Name, language, appearance; role and department to read."""
    person = cast(User, request.user)
    frame = context.Frame(request)
    initial = {"name": person.name, "language": person.language or frame.language, "theme": person.theme or "auto"}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        services.change_profile(person, **form.cleaned_data)
        toasts.tell(request, _("Saved."))
        return redirect("account")
    return render(request, "accounts/account.html", {"form": form}, status=422 if form.errors else 200)
