"""Contacts and follow-ups from a table: each row belongs to a customer that is there already."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.crm.accounts.models import User
from regulars.crm.customers import details, normal
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Contact, Customer, FollowUp
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.customers.services import contacts, follow_ups
from regulars.crm.customers.services.checking import must_edit
from regulars.crm.insights.imports.rows import Refused, Row, Tally
from regulars.crm.insights.models import ImportBatch, ImportChange
from regulars.ingest.fields import plain_word

PARTS = {
    "decision_maker": ("decision maker", "决策人", "决策者", "boss", "老板"),
    "influencer": ("influencer", "影响者", "影响人"),
    "user": ("user", "使用者", "使用人"),
    "buyer": ("buyer", "采购", "采购人", "purchasing"),
    "gatekeeper": ("gatekeeper", "把关人", "前台"),
}
KINDS = {
    "call": ("call", "phone", "电话", "致电", "通话"),
    "visit": ("visit", "拜访", "上门", "到访", "到店"),
    "message": ("message", "sms", "wechat", "消息", "短信", "微信"),
    "mail": ("mail", "email", "e mail", "邮件", "电子邮件"),
    "note": ("note", "备注", "笔记", "记录"),
}


def _word(words: dict[str, tuple[str, ...]], text: str) -> str | None:
    plain = plain_word(text)
    return next((key for key, names in words.items() if plain == plain_word(key) or plain in names), None)


class _OfCustomers(ABC):
    """What imports of things that belong to customers share: finding the customer, remembering what was made."""

    kind = ""

    def __init__(self, batch: ImportBatch, actor: User, *, dry: bool) -> None:
        self.batch, self.actor, self.dry = batch, actor, dry
        self.order = batch.options.get("date_order")

    def apply(self, rows: list[Row], tally: Tally, refuse: Callable[[Row, Refused], None]) -> None:
        found = self._customers(rows)
        made: list[int] = []
        for row in rows:
            try:
                customer = self._customer(row, found)
                thing = self._make(row, customer)
            except Refused as refused:
                refuse(row, refused)
                continue
            except Invalid as error:
                name, why = next(iter(error.fields.items()))
                refuse(row, Refused(name, why, **error.context))
                continue
            except (Forbidden, NotFound):
                refuse(row, Refused(self._named(row), gettext_noop("You may see this customer, not change it.")))
                continue
            tally.counters["used_rows"] += 1
            tally.count("new" if thing is not None or self.dry else "unchanged")
            if thing is not None:
                made.append(thing)
        ImportChange.objects.bulk_create(
            ImportChange(batch=self.batch, kind=self.kind, object_id=key, created=True) for key in made
        )

    def _named(self, row: Row) -> str:
        return next((name for name in ("customer_id", "customer", "phone") if row.values.get(name)), "customer_id")

    def _customers(self, rows: list[Row]) -> dict[tuple[str, str], list[Customer]]:
        keys = {row.values.get("customer_id", "") for row in rows} - {""}
        seen = Customer.objects.filter(alive() & visible_to(self.actor))
        found: dict[tuple[str, str], list[Customer]] = {}
        for customer in seen.filter(key__in=keys):
            found.setdefault(("customer_id", str(customer.key)), []).append(customer)
        self._more(rows, seen, found)
        return found

    @abstractmethod
    def _more(self, rows: list[Row], seen: Any, found: dict[tuple[str, str], list[Customer]]) -> None:
        """Add the customers that rows name in another way than by number."""

    def _customer(self, row: Row, found: dict[tuple[str, str], list[Customer]]) -> Customer:
        name = self._named(row)
        value = row.values.get(name, "")
        if name == "phone":
            value = normal.phone_key(value)
        held = found.get((name, value), [])
        if not held:
            raise Refused(name, gettext_noop("There is no such customer, or you may not see it."))
        if len(held) > 1:
            raise Refused(name, gettext_noop("Several customers have this; merge them, or match by number."))
        return held[0]

    @abstractmethod
    def _make(self, row: Row, customer: Customer) -> int | None:
        """What the row tells, made; its id, or None in the dry run and for what is there already."""


class Contacts(_OfCustomers):
    """Contacts of organizations."""

    kind = "contact"

    def _more(self, rows: list[Row], seen: Any, found: dict[tuple[str, str], list[Customer]]) -> None:
        names = {row.values.get("customer", "") for row in rows if not row.values.get("customer_id")} - {""}
        for customer in seen.filter(name__in=names):
            found.setdefault(("customer", customer.name), []).append(customer)

    def _make(self, row: Row, customer: Customer) -> int | None:
        given = {k: row.values[k] for k in ("name", "title", "phone", "email", "notes") if row.values.get(k)}
        if text := row.values.get("part"):
            given["part"] = _word(PARTS, text) or Contact.Part.OTHER
        if not given.get("name"):
            raise Refused("name", gettext_noop("A name is needed."))
        same = Contact.objects.filter(customer=customer, name=given["name"])
        must_edit(self.actor, customer)
        _, wrong = details.cleaned({k: given[k] for k in ("name", "phone", "email") if k in given})
        if wrong:
            raise Invalid(wrong)
        if self.dry:
            return None
        if same.filter(phone_key=normal.phone_key(given.get("phone", ""))).exists():
            return None  # it is there already
        return contacts.add_contact(self.actor, customer, **given).pk


class FollowUps(_OfCustomers):
    """Follow-ups of the past; a next date that is over counts as done."""

    kind = "follow_up"

    def _more(self, rows: list[Row], seen: Any, found: dict[tuple[str, str], list[Customer]]) -> None:
        phones = {normal.phone_key(row.values.get("phone", "")) for row in rows if not row.values.get("customer_id")}
        for customer in seen.filter(phone_key__in=phones - {""}):
            found.setdefault(("phone", customer.phone_key), []).append(customer)

    def _make(self, row: Row, customer: Customer) -> int | None:
        moment = row.moment("happened_at", self.order)
        if moment is None:
            raise Refused("happened_at", gettext_noop("This is not a date that can be read."))
        if moment.date() > timezone.localdate():
            raise Refused("happened_at", gettext_noop("This lies in the future; use the next date for plans."))
        body = row.values.get("body", "")
        if not body or len(body) > follow_ups.LONGEST:
            raise Refused("body", gettext_noop("Write what was said or done."))
        next_on = row.day("next_on", self.order)
        kind = _word(KINDS, row.values.get("kind", "")) or FollowUp.Kind.NOTE
        if self.dry:
            return None
        over = next_on is not None and next_on < timezone.localdate()
        made = FollowUp.objects.create(
            customer=customer, author=self.actor, kind=kind, body=body, happened_at=moment, next_on=next_on,
            next_done_at=timezone.now() if over else None,
        )  # fmt: skip
        follow_ups.refresh(customer)
        return made.pk
