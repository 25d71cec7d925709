"""Follow-ups whose next date has come."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from regulars.crm.customers.models import Customer, FollowUp
from regulars.crm.customers.policies import alive, visible_to


def due_follow_ups(actor: Any, today: date | None = None) -> QuerySet[FollowUp]:
    """The actor's own follow-ups due by ``today`` on customers that they still see; the oldest first."""
    day = today or timezone.localdate()
    seen = Customer.objects.filter(alive(), visible_to(actor))
    return (
        FollowUp.objects.filter(author=actor, next_on__lte=day, next_done_at=None, deleted_at=None, customer__in=seen)
        .select_related("customer")
        .order_by("next_on", "id")
    )
