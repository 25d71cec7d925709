"""One's own API tokens: made, shown once, revoked."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.crm.accounts import policies
from regulars.crm.accounts import tokens as service
from regulars.crm.accounts.models import User
from regulars.crm.accounts.permissions import SCOPES
from regulars.web import toasts

LASTING = (
    ("30", gettext_lazy("30 days")),
    ("90", gettext_lazy("90 days")),
    ("365", gettext_lazy("One year")),
)


class TokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=80, help_text=gettext_lazy("For example: till of the shop")
    )
    days = forms.ChoiceField(label=gettext_lazy("Lasts"), choices=LASTING, initial="90")
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: object, actor: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = [
            (key, SCOPES[key]) for key in service.scopes_for(actor)
        ]


@login_required
@never_cache
def listing(request: HttpRequest) -> HttpResponse:
    """The tokens; a POST makes one and shows its text this once."""
    person = cast(User, request.user)
    policies.require(person, "tokens.own")
    form = TokenForm(request.POST or None, actor=person)
    made = ""
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        _token, made = service.create_token(person, name=given["name"], scopes=given["scopes"], days=int(given["days"]))
        form = TokenForm(actor=person)
    now = timezone.now()
    rows = [
        {"token": t, "live": service.is_live(t, now), "scopes": [SCOPES.get(s, s) for s in t.scopes]}
        for t in person.tokens.order_by("-created_at")[:100]
    ]
    context = {"form": form, "rows": rows, "made": made}
    return render(request, "accounts/tokens.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ends one's own token, or one of somebody the reader manages."""
    person = cast(User, request.user)
    token = service.revoke_token(person, public_id=public_id)
    toasts.tell(request, _("The token was revoked."))
    if token.user_id != person.pk:
        return redirect("person", public_id=token.user.public_id)
    return redirect("tokens")
