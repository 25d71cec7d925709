"""The fields that every customer has, tags, follow-ups and orders among them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts.models import Department, User
from regulars.crm.customers.filters import compiling
from regulars.crm.customers.filters.fields import Choice, Field, Kind
from regulars.crm.customers.filters.keys import IsAmong
from regulars.crm.customers.models import Customer, FollowUp, Tag

KINDS: tuple[Choice, ...] = (("individual", _("Individual")), ("organization", _("Organization")))
FOLLOW_UP_KINDS: tuple[Choice, ...] = (
    ("note", _("Note")),
    ("call", _("Call")),
    ("visit", _("Visit")),
    ("message", _("Message")),
    ("mail", _("Mail")),
)
CONSENTS: tuple[Choice, ...] = (
    ("sms", _("SMS")), ("call", _("Phone calls")), ("mail", _("E-mail")), ("wechat", _("WeChat")),
)  # fmt: skip


def people() -> Sequence[Choice]:
    return [
        ("me", _("me")),
        *User.objects.filter(is_active=True).order_by("name").values_list("public_id", "name")[:500],
    ]


def departments() -> Sequence[Choice]:
    return [(str(key), name) for key, name in Department.objects.order_by("path").values_list("pk", "name")]


def tags() -> Sequence[Choice]:
    return [(name, name) for name in Tag.objects.order_by("name").values_list("name", flat=True)[:1000]]


def of_tag(_actor: User, op: str, value: Any) -> Q:
    through = Customer.tags.through.objects
    if op in ("empty", "filled"):
        any_tag = Q(Exists(through.filter(customer=OuterRef("pk"))))
        return ~any_tag if op == "empty" else any_tag
    if op == "has_all":
        made = Q()
        for name in value:
            made &= Q(pk__in=through.filter(tag__name=name).values("customer"))
        return made
    among = Q(pk__in=through.filter(tag__name__in=value).values("customer"))
    return ~among if op == "is_not" else among


def of_follow_up(kind: str) -> Callable[[User, str, Any], Q]:
    def compile(_actor: User, op: str, days: Any) -> Q:
        since = compiling.begins(timezone.localdate() - timedelta(days=days - 1))
        if kind:
            done = FollowUp.objects.filter(customer=OuterRef("pk"), happened_at__gte=since, deleted_at=None, kind=kind)
            within = Q(Exists(done))
        else:
            within = Q(last_follow_up__gte=since)
        return within if op == "within" else ~within

    return compile


def of_contact(_actor: User, op: str, value: Any) -> Q:
    from regulars.crm.customers.models import Contact

    among = Q(pk__in=Contact.objects.filter(part__in=value).values("customer"))
    return ~among if op == "is_not" else among


def of_consent(kind: str) -> Callable[[User, str, Any], Q]:
    def compile(_actor: User, op: str, _value: Any) -> Q:
        given = Q((f"consent__{kind}", True))
        return given if op == "yes" else ~given

    return compile


def parts() -> Sequence[Choice]:
    from regulars.crm.customers.contacts import PARTS

    return PARTS


FIELDS: tuple[Field, ...] = (
    Field("name", Kind.TEXT, _("Name"), path="name", sort_path="sort_name", always=True, sortable=True, indexed=True),
    Field("kind", Kind.CHOICE, _("Kind"), path="kind", choices=KINDS, always=True),
    Field("owner", Kind.PERSON, _("Owner"), path="owner", choices=people, indexed=True),
    Field("department", Kind.DEPARTMENT, _("Department"), path="department", choices=departments),
    Field("tag", Kind.TAG, _("Tag"), choices=tags, compile=of_tag, indexed=True),
    Field("phone", Kind.TEXT, _("Phone"), path="phone", sensitive="phone"),
    Field("email", Kind.TEXT, _("E-mail"), path="email", sensitive="email"),
    Field("wechat", Kind.TEXT, _("WeChat"), path="wechat"),
    Field("region", Kind.TEXT, _("City or region"), path="region", sortable=True, indexed=True),
    Field("address", Kind.TEXT, _("Address"), path="address", sensitive="address"),
    Field("source", Kind.TEXT, _("Source"), path="source", sortable=True, indexed=True),
    Field("tier", Kind.TEXT, _("Member tier"), path="tier"),
    Field("id", Kind.TEXT, _("Customer number"), path="key", indexed=True),
    Field("referrer", Kind.TEXT, _("Referrer"), path="referrer__name"),
    Field("notes", Kind.TEXT, _("Notes"), path="notes", listable=False),
    Field(
        "contact", Kind.CHOICES, _("Contact with role"), choices=parts, compile=of_contact, operators=("is", "is_not")
    ),
    *(
        Field(f"consent.{key}", Kind.YES_NO, format_lazy("{}: {}", _("Consent"), name), compile=of_consent(key))
        for key, name in CONSENTS
    ),
    Field("created", Kind.MOMENT, _("Added"), path="created_at", always=True, sortable=True, indexed=True),
    Field("updated", Kind.MOMENT, _("Changed"), path="updated_at", always=True, sortable=True, indexed=True),
    Field("follow_up", Kind.DONE, _("Follow-up"), "follow_up", compile=of_follow_up("")),
    *(
        Field(f"follow_up.{key}", Kind.DONE, name, "follow_up", compile=of_follow_up(key))
        for key, name in FOLLOW_UP_KINDS
    ),
    Field(
        "last_follow_up", Kind.MOMENT, _("Last follow-up"), "follow_up", "last_follow_up", sortable=True, indexed=True
    ),
    Field("next_follow_up", Kind.DATE, _("Next follow-up"), "follow_up", "next_follow_up", sortable=True, indexed=True),
)  # fmt: skip

# What names the customers that bought one of ``names`` on or after ``since``: (what, names, since) → keys.
Bought = Callable[[str, Sequence[str], date], Iterable[str]]
_ORDERS: tuple[tuple[str, Any], ...] = (
    ("product", _("Bought product")),
    ("category", _("Bought category")),
    ("channel", _("Bought through channel")),
)


def order_fields(bought: Bought, names: Callable[[str], Sequence[str]]) -> tuple[Field, ...]:
    """Conditions on orders, which lie outside the database: ``bought`` answers with keys, joined here under the
    rights of the reader; ``names(what)`` offers values. Whoever can read the orders registers these.
    """

    def choices(what: str) -> Callable[[], Sequence[Choice]]:
        return lambda: [(name, name) for name in names(what)]

    def compile(what: str) -> Callable[[User, str, Any], Q]:
        def made(_actor: User, op: str, value: Any) -> Q:
            since = timezone.localdate() - timedelta(days=value[0] - 1)
            among = Q(key__isnull=False) & Q(IsAmong("key", list(bought(what, value[1:], since))))
            return among if op == "bought" else ~among

        return made

    return tuple(
        Field(
            f"order.{what}",
            Kind.BOUGHT,
            label,
            "order",
            choices=choices(what),
            compile=compile(what),
            needs="numbers.view",
        )
        for what, label in _ORDERS
    )
