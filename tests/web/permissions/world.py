"""A small world with secrets in it: whatever an outsider sees of the north, or anybody of a key, is a leak."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone

from regulars.crm.accounts import services, tokens
from regulars.crm.customers import models as c
from regulars.crm.insights import inbox
from regulars.crm.insights.imports import services as imports
from regulars.crm.insights.models import IdempotencyKey, ImportBatch, InboxOrder, Run
from regulars.crm.jobs.models import Job
from tests.web.cast import Cast, make_cast

MARK = "PLANTED-NORTH"  # in every text of the north's customers
PHONE = "13768259431"
EMAIL = "zq7.clear@secret.example"
ADDRESS = "秘密路77号甲"
CLEAR = {"phone": PHONE, "email": EMAIL, "address": ADDRESS}
OURS = ("accounts", "customers", "insights", "jobs")


@dataclass
class World:
    cast: Cast
    planted: list[models.Model] = field(default_factory=list)  # what Mallory must not see or change
    keys: dict[str, str] = field(default_factory=dict)  # what nobody must ever see

    def ids(self, kind: str) -> list[str]:
        """Ids that fit a place in an address: numbers for "int", public ids and keys for everything else."""
        if kind == "int":
            return sorted({str(thing.pk) for thing in self.planted if isinstance(thing.pk, int)})
        found = [getattr(thing, "public_id", None) or getattr(thing, "key", None) for thing in self.planted]
        return list(dict.fromkeys(str(one) for one in found if one))


def build() -> World:
    cast = make_cast(password=True)
    world = World(cast)
    customer = _customer(cast)
    second = c.Customer.objects.create(
        name=f"{MARK} 二号", owner=cast.carol, department=cast.departments["north"], phone=PHONE, phone_key=PHONE
    )
    contact = c.Contact.objects.create(
        customer=customer, name=f"{MARK} contact", phone=PHONE, phone_key=PHONE, email=EMAIL, email_key=EMAIL
    )
    follow_up = c.FollowUp.objects.create(
        customer=customer, author=cast.carol, body=f"{MARK} follow-up", happened_at=timezone.now(),
        next_on=date.today() + timedelta(days=1),
    )  # fmt: skip
    attachment = c.Attachment.objects.create(
        follow_up=follow_up, file=ContentFile(f"{MARK} file".encode(), name="a.txt"), name=f"{MARK}.txt", size=9
    )
    extra = c.CustomField.objects.create(key="planted_field", name="Planted", type="text")
    c.CustomValue.objects.create(customer=customer, field=extra, text=f"{MARK} value")
    event = c.Event.objects.create(customer=customer, actor=cast.carol, kind="changed", data={"name": [MARK, MARK]})
    view = c.SavedView.objects.create(owner=cast.carol, name=f"{MARK} view", filter={}, columns=[])
    gone = c.Customer.objects.create(name=f"{MARK} merged", owner=cast.carol, merged_into=customer)
    merge = c.Merge.objects.create(kept=customer, gone=gone, actor=cast.carol, before={"name": MARK})
    binned = c.Customer.objects.create(
        name=f"{MARK} binned", owner=cast.carol, department=cast.departments["north"], deleted_at=timezone.now()
    )
    world.planted = [
        customer, second, contact, follow_up, attachment, event, view, merge, gone, binned,
        *_work(cast), *_people(cast),
    ]  # fmt: skip
    world.keys = _keys(cast)
    return world


def _customer(cast: Cast) -> c.Customer:
    customer = c.Customer.objects.create(
        name=f"{MARK} 秘密客户", key="planted-key", owner=cast.carol, department=cast.departments["north"],
        phone=PHONE, phone_key=PHONE, email=EMAIL, email_key=EMAIL, address=ADDRESS, notes=f"{MARK} notes",
        kind="organization",
    )  # fmt: skip
    customer.tags.add(c.Tag.objects.create(name="planted"))
    return customer


def _work(cast: Cast) -> list[models.Model]:
    job = Job.objects.create(
        kind="customers.export", actor=cast.carol, state="done", result={"text": MARK}, arguments={"name": MARK}
    )
    batch = _import(cast)
    run = Run.objects.create(state="failed", reason="command", as_of=date(2026, 10, 31), asked_by=cast.alice)
    told = inbox.Told(f"{MARK}-1", "planted-key", timezone.now(), Decimal("10.00"), channel=f"{MARK} channel")
    inbox.take([told])
    order = InboxOrder.objects.get(order_id=f"{MARK}-1")
    idempotent = IdempotencyKey.objects.create(
        user=cast.carol, key="planted", fingerprint="f" * 64, status=200, answer={"text": MARK}
    )
    return [job, batch, run, order, idempotent]


def _import(cast: Cast) -> ImportBatch:
    """An uploaded file of orders of the north, by its manager."""
    folder = Path(tempfile.mkdtemp(dir=settings.MEDIA_ROOT if Path(settings.MEDIA_ROOT).is_dir() else None))
    file = folder / "orders.csv"
    file.write_text(f"order_id,customer_id,date,amount\n1,{MARK},2026-01-02,10.00\n", encoding="utf-8")
    return imports.receive(cast.bob, what="orders", uploaded=[(f"{MARK}.csv", file)], place=folder, lang="en")


def _people(cast: Cast) -> list[models.Model]:
    token, _text = tokens.create_token(cast.carol, name=f"{MARK} token", scopes=["customers.view"])
    invited, _link = services.invite(
        cast.alice, email="invited@shop.example", name="Invited", role=cast.carol.role, department=None
    )
    passkey = Authenticator.objects.create(
        user=cast.dave, type="webauthn", data={"name": f"{MARK} key", "credential": {}}
    )
    store = SessionStore()
    store.create()
    session = UserSession.objects.create(
        user=cast.carol, ip="203.0.113.9", user_agent=MARK, session_key=store.session_key
    )
    return [token, invited, passkey, session, cast.carol, cast.departments["north"], cast.carol.role]


def _keys(cast: Cast) -> dict[str, str]:
    """Secrets of the installation and of other people."""
    token = cast.carol.tokens.get()
    app = Authenticator.objects.create(user=cast.alice, type="totp", data={"secret": "PLANTED-TOTP-SECRET"})
    invitation = services.User.objects.get(email="invited@shop.example").invitations.get()
    app.delete()  # Alice signs in without it in these tests; the digest of others stays
    return {
        "secret key": settings.SECRET_KEY,
        "password hash": cast.alice.password,
        "another's password hash": cast.carol.password,
        "token digest": token.digest,
        "invitation digest": invitation.digest,
        "session key": UserSession.objects.get(user=cast.carol).session_key,
    }


def models_of_ours() -> list[type[models.Model]]:
    return [model for label in OURS for model in apps.get_app_config(label).get_models()]


def body_of_every_column(world: World, *, as_public: bool) -> dict[str, Any]:
    """Every column of every model, with values an attacker would like."""
    mallory = world.cast.mallory
    body: dict[str, Any] = {}
    for model in models_of_ours():
        for column in model._meta.concrete_fields:
            value = _wanted(column, mallory, as_public)
            body[column.name] = value
            body.setdefault(column.attname, value)
    return body | {"scopes": ["people.manage"], "permissions": ["people.manage"], "clear_fields": ["phone", "email"]}


def _wanted(column: models.Field, mallory: Any, as_public: bool) -> Any:
    if column.is_relation:
        target = mallory if column.related_model is type(mallory) else column.related_model._default_manager.first()
        if target is None:
            return ""
        return (getattr(target, "public_id", None) if as_public else None) or str(target.pk)
    kinds: list[tuple[type, Any]] = [
        (models.BooleanField, "true"), (models.DateTimeField, "2001-02-03T04:05:06Z"), (models.DateField, "2001-02-03"),
        (models.JSONField, "{}"), (models.EmailField, "mass@evil.example"), (models.DecimalField, "666"),
        (models.IntegerField, "666"), (models.GenericIPAddressField, "198.51.100.1"),
    ]  # fmt: skip
    for kind, value in kinds:
        if isinstance(column, kind):
            return value
    if column.choices:
        return str(column.choices[-1][0])
    return "mass-assigned"
