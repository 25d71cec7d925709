"""Lists of people and of the audit log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from regulars.crm.accounts import policies
from regulars.crm.accounts.models import AuditEntry, User

PAGE = 50


def people(actor: User, *, text: str = "", left: bool = False) -> QuerySet[User]:
    """Those who work here (or have left), by name; needs ``people.manage``."""
    policies.require(actor, "people.manage")
    found = User.objects.select_related("role", "department", "manager").filter(is_active=not left)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return found.order_by("name", "pk")


def colleagues(actor: User) -> QuerySet[User]:
    """Everybody who can be an owner, a collaborator or mentioned: active people, names only."""
    if not policies.is_present(actor):
        return User.objects.none()
    return User.objects.filter(is_active=True).order_by("name", "pk")


@dataclass(frozen=True)
class AuditFilter:
    """What to look for in the audit log; empty fields do not restrict."""

    person: str = ""  # public id
    action: str = ""  # "customer.reveal", or a thing alone: "customer"
    object: str = ""  # public id or part of the label
    since: date | None = None
    until: date | None = None  # this day included


def audit_log(actor: User, wanted: AuditFilter) -> QuerySet[AuditEntry]:
    """Entries, newest first; needs ``audit.view``."""
    policies.require(actor, "audit.view")
    found = AuditEntry.objects.select_related("actor").order_by("-pk")
    if wanted.person:
        found = found.filter(actor__public_id=wanted.person)
    if wanted.action:
        found = found.filter(Q(action=wanted.action) | Q(action__startswith=wanted.action + "."))
    if wanted.object:
        found = found.filter(Q(object_id=wanted.object) | Q(label__icontains=wanted.object))
    if wanted.since:
        found = found.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        found = found.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    return found


def audit_page(actor: User, wanted: AuditFilter, *, before: int | None = None) -> tuple[list[AuditEntry], int | None]:
    """One page and where the next begins (None: this is the last)."""
    found = audit_log(actor, wanted)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found[: PAGE + 1])
    return rows[:PAGE], rows[PAGE - 1].pk if len(rows) > PAGE else None


def audit_actions() -> list[str]:
    """The actions that occur in the log."""
    return sorted(AuditEntry.objects.order_by().values_list("action", flat=True).distinct())


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())
