"""The details of a customer that people write: their lengths and how a typed value is cleaned and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_noop

from regulars.crm.customers import normal
from regulars.crm.customers.models import Customer

LENGTHS = {
    "name": 200, "phone": 40, "email": 254, "wechat": 80, "region": 80, "address": 300, "source": 80, "tier": 40,
    "notes": 20_000,
}  # fmt: skip
CONSENTS = ("sms", "call", "mail", "wechat")
WRITABLE = (*LENGTHS, "kind", "consent")
SENSITIVE = ("phone", "email", "address")
_PHONE = re.compile(r"[\d\s()+./#*\-－（）＋转ext]{3,40}", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def cleaned(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """The values of ``given`` as they are kept, and what is wrong with the others (field → English message id)."""
    good: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for name, value in given.items():
        if name not in WRITABLE:
            continue
        problem = _clean(name, value, good)
        if problem:
            wrong[name] = problem
    return good, wrong


def _clean(name: str, value: Any, good: dict[str, Any]) -> str:
    if name == "kind":
        good["kind"] = value
        return "" if value in Customer.Kind.values else gettext_noop("Choose individual or organization.")
    if name == "consent":
        good["consent"] = consent(value)
        return "" if isinstance(value, Mapping) else gettext_noop("Consent is yes, no or unknown for each way.")
    text = _CONTROL.sub("", str(value or "")).strip()
    if name != "notes":
        text = " ".join(text.split())
    if len(text) > LENGTHS[name]:
        return gettext_noop("This is too long.")
    good[name] = text
    return _problem(name, text)


def _problem(name: str, text: str) -> str:
    if name == "name" and not text:
        return gettext_noop("A name is needed.")
    if name == "phone" and text and (not _PHONE.fullmatch(text) or len(normal.phone_key(text)) < 3):
        return gettext_noop("This is not a phone number.")
    if name == "email" and text:
        try:
            validate_email(text)
        except ValidationError:
            return gettext_noop("This is not an e-mail address.")
    return ""


def consent(value: Any) -> dict[str, bool | None]:
    given = value if isinstance(value, Mapping) else {}
    return {key: given[key] for key in CONSENTS if isinstance(given.get(key), bool)}


def apply(customer: Customer, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set ``values`` and the normal forms made from them; field → [before, after] of what changed."""
    changed: dict[str, list[Any]] = {}
    for name, value in values.items():
        before = getattr(customer, name)
        if before != value:
            changed[name] = [before, value]
            setattr(customer, name, value)
    normalise(customer)
    return changed


def normalise(customer: Customer) -> None:
    """Bring the keys made from name, phone and e-mail up to date."""
    customer.sort_name = normal.sort_name(customer.name)
    customer.phone_key = normal.phone_key(customer.phone)
    customer.email_key = normal.email_key(customer.email)
