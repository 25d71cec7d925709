"""People: the list, invitations, a person's role and place, leaving."""

from __future__ import annotations

from typing import cast

from allauth.mfa.models import Authenticator
from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.mail import send_mail
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from regulars.config.options import options
from regulars.crm.accounts import policies, queries, roles, services
from regulars.crm.accounts import tokens as token_services
from regulars.crm.accounts.errors import AccountError, Forbidden
from regulars.crm.accounts.models import User
from regulars.crm.accounts.permissions import SCOPES
from regulars.web import languages, toasts
from regulars.web.views.accounts.fields import DepartmentChoice, PersonChoice, PersonName, RoleChoice
from regulars.web.views.accounts.me import LANGUAGES


class PlaceForm(forms.Form):
    """What stands of a person in the list: name, role, department, manager."""

    name = PersonName()

    def __init__(self, *args: object, person: User | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["role"] = RoleChoice()
        self.fields["department"] = DepartmentChoice(
            label=gettext_lazy("Department"), empty=gettext_lazy("No department")
        )
        self.fields["manager"] = PersonChoice(label=gettext_lazy("Reports to"), without=person)
        self.order_fields(self.field_order)


class InviteForm(PlaceForm):
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)
    language = forms.ChoiceField(label=gettext_lazy("Language of the invitation"), choices=LANGUAGES)
    field_order = ("name", "email", "role", "department", "manager", "language")


@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Everybody, with role, department and how they sign in."""
    actor = cast(User, request.user)
    text, left = request.GET.get("q", "").strip()[:80], "left" in request.GET
    found = list(queries.people(actor, text=text, left=left)[:500])
    protected = set(Authenticator.objects.filter(user__in=found).values_list("user_id", flat=True))
    rows = [
        {
            "person": p,
            "role": roles.display_name(p.role),
            "protected": p.pk in protected,
            "joined": p.has_usable_password(),
        }
        for p in found
    ]
    template = "accounts/people_rows.html" if request.headers.get("HX-Request") else "accounts/people.html"
    return render(request, template, {"rows": rows, "text": text, "left": left})


@login_required
@never_cache
def invite(request: HttpRequest) -> HttpResponse:
    """A new person; the link goes by mail and is shown once for handing over."""
    actor = cast(User, request.user)
    policies.require(actor, "people.manage")
    form = InviteForm(request.POST or None, initial={"role": "sales", "language": languages.reading()})
    if request.method == "POST" and form.is_valid():
        try:
            person, token = services.invite(actor, **form.cleaned_data)
        except (AccountError, Forbidden) as error:
            form.add_error(None, " ".join(error.localized(languages.reading())))
        else:
            return _invited(request, person, token)
    return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@never_cache
def person(request: HttpRequest, public_id: str) -> HttpResponse:
    """One person: role, place, tokens, and the ways out."""
    actor = cast(User, request.user)
    shown = _find(actor, public_id)
    initial = {
        "name": shown.name,
        "role": shown.role.key,
        "department": str(shown.department_id or ""),
        "manager": shown.manager.public_id if shown.manager else "",
    }
    may = policies.can_manage(actor, shown)
    form = PlaceForm(request.POST or None, initial=initial, person=shown)
    if request.method == "POST" and form.is_valid():
        try:
            services.change_person(actor, shown, **form.cleaned_data)
        except AccountError as error:
            form.add_error(None, " ".join(error.localized(languages.reading())))
        else:
            toasts.tell(request, _("Saved."))
            return redirect("person", public_id=public_id)
    now = timezone.now()
    live = [t for t in shown.tokens.filter(revoked_at=None) if token_services.is_live(t, now)] if may else []
    context = {
        "shown": shown,
        "role": roles.display_name(shown.role),
        "form": form,
        "may": may,
        "tokens": [{"token": t, "scopes": [SCOPES.get(s, s) for s in t.scopes]} for t in live],
        "factors": Authenticator.objects.filter(user=shown).exists(),
        "joined": shown.has_usable_password() or shown.last_login is not None,
    }
    return render(request, "accounts/person.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
@never_cache
def invite_again(request: HttpRequest, public_id: str) -> HttpResponse:
    actor = cast(User, request.user)
    invited = _find(actor, public_id)
    return _invited(request, invited, services.invite_again(actor, invited))


@login_required
@require_POST
def deactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    actor = cast(User, request.user)
    leaving = services.deactivate(actor, _find(actor, public_id))
    toasts.tell(request, _("{name} can no longer sign in.").format(name=leaving.name))
    return redirect("person", public_id=public_id)


@login_required
@require_POST
def reactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    actor = cast(User, request.user)
    back = services.reactivate(actor, _find(actor, public_id))
    toasts.tell(request, _("{name} can sign in again.").format(name=back.name))
    return redirect("person", public_id=public_id)


@login_required
@require_POST
def remove_factors(request: HttpRequest, public_id: str) -> HttpResponse:
    actor = cast(User, request.user)
    helped = _find(actor, public_id)
    services.remove_second_factors(actor, helped)
    toasts.tell(
        request, _("{name} signs in with the password alone until the app is set up again.").format(name=helped.name)
    )
    return redirect("person", public_id=public_id)


def _find(actor: User, public_id: str) -> User:
    policies.require(actor, "people.manage")
    found = User.objects.select_related("role", "department", "manager").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _invited(request: HttpRequest, person: User, token: str) -> HttpResponse:
    """Sends the link and shows it, this once."""
    link = request.build_absolute_uri(reverse("join", args=[token]))
    context = {
        "person": person,
        "link": link,
        "days": services.INVITATION_LASTS.days,
        "business": options().name or "Regulars",
        "inviter": cast(User, request.user).name,
    }
    with translation.override(languages.django_code(person.language) or translation.get_language()):
        subject = _("{inviter} invites you to {business}").format(
            inviter=context["inviter"], business=context["business"]
        )
        body = render_to_string("accounts/mail/invitation.txt", context)
    sent = True
    try:
        send_mail(" ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [person.email])
    except OSError:  # the link on the page still works
        sent = False
    return render(request, "accounts/invited.html", {**context, "sent": sent and bool(options().email_url)})
