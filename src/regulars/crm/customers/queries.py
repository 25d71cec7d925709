"""Questions that several pages ask; each starts from what the actor may see."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from regulars.crm.accounts.models import User
from regulars.crm.customers.models import Customer, FollowUp
from regulars.crm.customers.policies import alive, visible_to


def due_follow_ups(actor: User, whose: str = "mine") -> QuerySet[FollowUp]:
    """Open next steps of customers the actor sees, the most overdue first; ``whose``: mine or team."""
    visible = Customer.objects.filter(alive() & visible_to(actor)).values("pk")
    found = FollowUp.objects.filter(next_on__isnull=False, next_done_at=None, deleted_at=None, customer__in=visible)
    if whose == "mine":
        found = found.filter(author=actor)
    elif whose != "team":
        found = found.none()
    return found.select_related("customer", "author").order_by("next_on", "id")


def due_today(actor: User) -> int:
    """How many next steps of the actor are due by today."""
    return due_follow_ups(actor).filter(next_on__lte=timezone.localdate()).count()


def in_bin(actor: User) -> QuerySet[Customer]:
    """Deleted customers, the latest first."""
    found = Customer.objects.filter(visible_to(actor), deleted_at__isnull=False, merged_into=None)
    return found.select_related("owner").order_by("-deleted_at", "-id")
