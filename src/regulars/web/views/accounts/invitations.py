"""Joining by invitation: the link sets a first password, once, until it expires."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from regulars.crm.accounts import services
from regulars.crm.accounts.errors import NotFound
from regulars.crm.accounts.models import User
from regulars.web.views.accounts.fields import ChosenPassword, PersonName


class JoinForm(forms.Form):
    name = PersonName()
    password = ChosenPassword()

    def __init__(self, *args: object, person: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.person = person

    def clean(self) -> None:
        ChosenPassword.check(self, "password", self.cleaned_data.get("name", ""), self.person.email)


def how_to_join(request: HttpRequest) -> HttpResponse:
    """People come by invitation; this page says so."""
    return render(request, "accounts/how_to_join.html")


@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, token: str) -> HttpResponse:
    """The first password of an invited person. A used or expired link says so and nothing else."""
    invitation = services.invitation_of(token)
    if invitation is None:
        return _over(request)
    form = JoinForm(request.POST or None, person=invitation.user, initial={"name": invitation.user.name})
    if request.method == "POST" and form.is_valid():
        try:
            person = services.accept_invitation(
                token, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
            )
        except NotFound:  # the same link in two windows
            return _over(request)
        if request.user.is_authenticated:
            logout(request)
        return perform_password_login(request, {"email": person.email}, Login(user=person, email=person.email))
    context = {"form": form, "email": invitation.user.email}
    return render(request, "accounts/join.html", context, status=422 if form.errors else 200)


def _over(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/join_over.html", status=404)
