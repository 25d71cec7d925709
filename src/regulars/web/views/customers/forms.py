"""Controls of the customer forms: what they are called, what was typed, what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from regulars.crm.accounts import policies as rights
from regulars.crm.accounts.models import User
from regulars.crm.customers import custom_values, details, policies
from regulars.crm.customers.filters import own
from regulars.crm.customers.models import Customer, CustomField
from regulars.crm.customers.services.editing import may_choose_owner

Type = CustomField.Type
INPUTS = {
    Type.NUMBER: "number", Type.MONEY: "number", Type.DATE: "date", Type.LINK: "url", Type.TEXT: "text",
    Type.LONG_TEXT: "textarea", Type.YES_NO: "select", Type.CHOICE: "select", Type.CHOICES: "checks",
    Type.PERSON: "select",
}  # fmt: skip


@dataclass
class Control:
    """One control of a form. ``kind``: text, tel, email, date, number, url, textarea, select, radios, checks."""

    name: str
    label: str
    kind: str = "text"
    value: Any = ""
    problem: str = ""
    hint: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    required: bool = False
    wide: bool = False
    complete: str = "off"
    focus: bool = False
    longest: int = 0

    @property
    def values(self) -> list[str]:
        return [str(each) for each in self.value] if isinstance(self.value, list) else [str(self.value)]


def owners(actor: User) -> list[tuple[str, str]]:
    """Whom a customer can be given to; the actor first."""
    others = [(key, str(name)) for key, name in own.people() if key not in ("me", actor.public_id)]
    return [(actor.public_id, actor.name), *others]


def kinds() -> list[tuple[str, str]]:
    return [(key, str(name)) for key, name in own.KINDS]


def quick(request: HttpRequest, typed: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Control]:
    """Three fields are enough for a new customer."""
    actor: Any = request.user
    made = [
        Control("name", _("Name"), required=True, focus=True, longest=200),
        Control("phone", _("Phone"), "tel", longest=40),
        Control("kind", _("Kind"), "radios", "individual", options=kinds(), required=True),
    ]
    if may_choose_owner(actor):
        made.append(Control("owner", _("Owner"), "select", actor.public_id, options=owners(actor), required=True))
    made += [
        custom_control(each, [])
        for each in custom_values.fields()
        if each.required
    ]  # fmt: skip
    return _filled(made, typed, wrong)


def whole(actor: User, customer: Customer, typed: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Control]:
    """Everything that can be changed; a masked value is not in the form, and an empty control leaves it."""
    words = {
        "phone": (_("Phone"), "tel"), "email": (_("E-mail"), "email"), "wechat": (_("WeChat"), "text"),
        "region": (_("City or region"), "text"), "address": (_("Address"), "text"), "source": (_("Source"), "text"),
        "tier": (_("Member tier"), "text"),
    }  # fmt: skip
    made = [
        Control("name", _("Name"), value=customer.name, required=True, longest=200),
        Control("kind", _("Kind"), "radios", customer.kind, options=kinds(), required=True),
    ]
    for name, (label, kind) in words.items():
        made.append(_detail(actor, customer, name, label, kind))
    made.append(_referrer(customer))
    made.append(
        Control(
            "consent", _("Consent"), "consent", customer.consent or {}, options=[(k, str(n)) for k, n in own.CONSENTS]
        )
    )
    held = custom_values.of([customer.pk]).get(customer.pk, {})
    made += [custom_control(each, held.get(each.key, [])) for each in custom_values.fields()]
    made.append(Control("notes", _("Notes"), "textarea", customer.notes, wide=True))
    return _filled(made, typed, wrong)


def _referrer(customer: Customer) -> Control:
    referrer = customer.referrer
    hint = (
        _("Name now: {name}. Type the customer number of another, or empty it.").format(name=referrer.name)
        if referrer
        else _("Customer number of who brought them.")
    )
    return Control("referrer", _("Referrer"), value=(referrer.key or referrer.public_id) if referrer else "", hint=hint)


def _detail(actor: User, customer: Customer, name: str, label: str, kind: str) -> Control:
    value = getattr(customer, name)
    if name in details.SENSITIVE and not rights.sees_clear(actor, name):
        told = policies.masked(actor, name, value)
        hint = _("Now {value}. Leave it empty to keep it.").format(value=told) if value else ""
        return Control(name, label, kind, "", hint=hint)
    return Control(name, label, kind, value, longest=details.LENGTHS[name])


def custom_control(each: CustomField, values: list[Any]) -> Control:
    made = Control(
        f"custom.{each.key}", each.name, INPUTS[Type(each.type)], values[0] if values else "", required=each.required
    )
    if each.type == Type.CHOICES:
        made.value = [str(value) for value in values]
    if each.type in (Type.CHOICE, Type.CHOICES):
        made.options = [(choice["key"], choice["name"]) for choice in each.choices]
    if each.type == Type.YES_NO:
        made.options = [("yes", _("yes")), ("no", _("no"))]
        made.value = "" if not values else ("yes" if values[0] else "no")
    if each.type == Type.PERSON:
        made.options = [(key, str(name)) for key, name in own.people() if key != "me"]
        made.value = (
            User.objects.filter(pk=int(values[0])).values_list("public_id", flat=True).first() or "" if values else ""
        )
    made.wide = each.type == Type.LONG_TEXT
    return made


def _filled(made: list[Control], typed: Mapping[str, Any], wrong: Mapping[str, str]) -> list[Control]:
    for each in made:
        if each.name in typed:
            each.value = typed[each.name]
        each.problem = wrong.get(each.name, "")
    return made


def typed_of(posted: QueryDict) -> dict[str, Any]:
    """What was typed: lists where several were ticked."""
    found: dict[str, Any] = {}
    for name in posted:
        if name == "csrfmiddlewaretoken":
            continue
        values = posted.getlist(name)
        found[name] = values if len(values) > 1 else values[0]
    return found


def split(posted: QueryDict) -> tuple[dict[str, Any], dict[str, Any]]:
    """Details and custom values in a posted form; only what the form had."""
    own_values: dict[str, Any] = {
        name: posted[name] for name in details.WRITABLE if name in posted and name != "consent"
    }
    if "consent.form" in posted:
        told = {key: posted.get(f"consent.{key}") for key in details.CONSENTS}
        own_values["consent"] = {key: value == "yes" for key, value in told.items() if value in ("yes", "no")}
    custom = {
        name.removeprefix("custom."): [each for each in posted.getlist(name) if each != ""]
        for name in posted
        if name.startswith("custom.")
    }
    return own_values, custom
