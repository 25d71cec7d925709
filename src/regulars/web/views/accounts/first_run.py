"""The first page of a fresh installation: it makes the owner, once."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from regulars.crm.accounts import services, setup_code
from regulars.crm.accounts.errors import AccountError
from regulars.web import languages
from regulars.web.views.accounts.fields import ChosenPassword, PersonName


class OwnerForm(forms.Form):
    name = PersonName()
    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput({"autocomplete": "username"}))
    password = ChosenPassword()
    code = forms.CharField(
        label=_("Set-up code"),
        max_length=20,
        help_text=_("It stands in the terminal where the server was started."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: object, needs_code: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not needs_code:
            del self.fields["code"]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not setup_code.fits(code):
            raise forms.ValidationError(_("This is not the code from the terminal."))
        return code

    def clean(self) -> None:
        ChosenPassword.check(self, "password", self.cleaned_data.get("name", ""), self.cleaned_data.get("email", ""))


@never_cache
@sensitive_post_parameters()
def start(request: HttpRequest) -> HttpResponse:
    """Name, address and password of the owner; from another machine also the code of the terminal."""
    if not services.is_fresh():
        return redirect("account_login")
    form = OwnerForm(request.POST or None, needs_code=not setup_code.is_local(request.META))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            owner = services.register_first_owner(
                name=given["name"], email=given["email"], password=given["password"], language=languages.reading()
            )
        except AccountError:  # somebody else was quicker
            return redirect("account_login")
        return perform_password_login(request, {"email": owner.email}, Login(user=owner, email=owner.email))
    return render(request, "accounts/first_run.html", {"form": form}, status=422 if form.errors else 200)
