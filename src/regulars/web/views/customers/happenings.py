"""The one timeline of a customer: orders and returns, follow-ups, changes; newest first, by kind, in pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from regulars.crm.accounts.models import User
from regulars.crm.customers import timeline
from regulars.crm.customers.filters import own
from regulars.crm.customers.models import Customer, Event, FollowUp
from regulars.crm.insights.lake_access import OrderSeen
from regulars.web.templatetags import regulars as words
from regulars.web.views.customers.story import Kept, changes

PAGE = 25
KINDS = ("all", "orders", "follow_ups", "changes")
MOST_ITEMS = 3  # products that an order names in a line
LONGEST_LINE = 120


@dataclass(frozen=True)
class Entry:
    """``tone``: the colour of its dot, which is its kind's."""

    at: datetime
    day: date
    tone: str
    text: str
    kind: str
    more: str = ""
    order: OrderSeen | None = None
    follow: FollowUp | None = None
    mine: bool = False


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    kind: str
    next: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def made(
    actor: User, customer: Customer, orders: Sequence[OrderSeen], history: Sequence[Kept], *, kind: str, skip: int
) -> Timeline:
    """Entries ``skip`` to ``skip + PAGE`` of a kind. Of every source no more rows are read than the page can show."""
    wanted = skip + PAGE + 1
    found: list[Entry] = []
    if kind in ("all", "orders"):
        found += [of_order(order) for order in orders[:wanted]]
    if kind in ("all", "follow_ups"):
        rows = FollowUp.objects.filter(customer=customer, deleted_at=None).select_related("author")
        rows = rows.prefetch_related("attachments").order_by("-happened_at", "-id")[:wanted]
        found += [of_follow_up(row, actor) for row in rows]
    if kind in ("all", "changes"):
        told = Event.objects.filter(customer=customer).exclude(kind=timeline.FOLLOWED).select_related("actor")
        found += [of_event(event) for event in told.order_by("-at", "-id")[:wanted]]
        found += [Entry(_noon(day), day, tone, text, "changes") for day, tone, text in changes(history)]
    found.sort(key=lambda entry: entry.at, reverse=True)
    page = found[skip : skip + PAGE]
    return Timeline(page, kind, skip + PAGE if len(found) > skip + PAGE else 0)


def _noon(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(12)))


def of_order(order: OrderSeen) -> Entry:
    number = order.order_id or ""
    names = [_item(line.label, line.quantity) for line in order.lines[:MOST_ITEMS]]
    if len(order.lines) > MOST_ITEMS:
        names.append(_("{n} more").format(n=len(order.lines) - MOST_ITEMS))
    what = _(", ").join(names)
    back = order.amount < 0
    heads = {
        "cancelled": _("Order {number}, cancelled"),
        "unpaid": _("Order {number}, not paid"),
        "refund": _("Refund {number}"),
    }
    head = heads.get(order.status, _("Return {number}") if back else _("Order {number}")).format(number=number).strip()
    tone = (
        "dorm" if back or order.status == "refund" else "none" if order.status in ("cancelled", "unpaid") else "steady"
    )
    text = _("{head}: {what}").format(head=head, what=what) if what else head
    at = timezone.localtime(order.at) if order.at else _noon(order.day)
    return Entry(at, order.day, tone, text, "orders", words.money_full(order.amount), order=order)


def _item(label: str, quantity: Any) -> str:
    return (
        f"{label} × {words.decimal(quantity, 0 if quantity == int(quantity) else 2)}"
        if quantity and quantity != 1
        else label
    )


def of_follow_up(row: FollowUp, actor: User) -> Entry:
    kind = str(dict(own.FOLLOW_UP_KINDS).get(row.kind, row.kind))
    who = row.author.name if row.author else _("somebody")
    line = " ".join(row.body.split())
    short = line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}…"
    text = _("{who}, {kind}: {text}").format(who=who, kind=kind, text=short)
    at = timezone.localtime(row.happened_at)
    more = row.body if short != row.body else ""
    return Entry(at, at.date(), "none", text, "follow_ups", more, follow=row, mine=row.author_id == actor.pk)


def of_event(event: Event) -> Entry:
    at = timezone.localtime(event.at)
    who = event.actor.name if event.actor else _("Regulars")
    return Entry(at, at.date(), "none", told(event.kind, event.data, who), "changes")


def told(kind: str, data: dict[str, Any], who: str) -> str:
    """An entry of the timeline in words."""
    tags = _(", ").join(data.get("tags") or [])
    texts = {
        timeline.CREATED: _("{who} added this customer"),
        timeline.CHANGED: _("{who} changed {fields}"),
        timeline.ASSIGNED: _("{who} assigned to {to}") if data.get("to") else _("{who} changed the owner"),
        timeline.TAGGED: _("{who} tagged {tags}"),
        timeline.UNTAGGED: _("{who} removed the tag {tags}"),
        timeline.DELETED: _("{who} put into the recycle bin"),
        timeline.RESTORED: _("{who} took out of the recycle bin"),
        timeline.COLLABORATOR_ADDED: _("{who} asked {person} to work along"),
        timeline.COLLABORATOR_REMOVED: _("{person} no longer works along"),
        timeline.CONTACT_ADDED: _("{who} added the contact {contact}"),
        timeline.CONTACT_CHANGED: _("{who} changed the contact {contact}"),
        timeline.CONTACT_REMOVED: _("{who} removed the contact {contact}"),
        timeline.FOLLOW_UP_DONE: _("{who} finished a follow-up"),
        timeline.FOLLOW_UP_REMOVED: _("{who} removed a follow-up"),
        "merged": _("{who} merged {name} into this customer"),
        "unmerged": _("{who} took the merge with {name} back"),
        "import_undone": _("An import was undone, this customer stays"),
    }
    known = {"who": who, "to": data.get("to", ""), "tags": tags, "person": data.get("person", "")}
    known |= {
        "contact": data.get("contact", ""),
        "name": data.get("name", ""),
        "fields": _fields(data.get("fields") or {}),
    }
    return texts.get(kind, _("{who} changed something")).format(**known)


def _fields(changed: dict[str, Any]) -> str:
    names = {each.key: str(each.label) for each in own.FIELDS}
    names |= {"consent": _("consent"), "kind": names.get("kind", "")}
    found = []
    for key, pair in changed.items():
        name = names.get(key, key.removeprefix("custom."))
        if isinstance(pair, list) and all(isinstance(each, str) and len(each) < 60 for each in pair):
            found.append(
                _("{field} ({before} → {after})").format(field=name, before=pair[0] or "–", after=pair[1] or "–")
            )
        else:
            found.append(name)
    return _(", ").join(found)
