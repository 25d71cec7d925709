"""The recycle bin: deleted customers stay 30 days, then they are gone."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import policies, timeline
from regulars.crm.customers.models import Customer
from regulars.crm.customers.services.checking import must_edit, must_see

KEPT = timedelta(days=30)
_CHUNK = 200


@transaction.atomic
def delete(actor: User, customer: Customer) -> None:
    """Put into the bin; nothing is lost for 30 days."""
    must_edit(actor, customer, "customers.delete")
    customer.deleted_at = timezone.now()
    customer.save(update_fields=["deleted_at", "updated_at"])
    timeline.note(customer, actor, timeline.DELETED)
    audit.record(actor, "customer.delete", object_type="customer", object_id=customer.public_id, label=customer.name)


@transaction.atomic
def restore(actor: User, customer: Customer) -> None:
    must_see(actor, customer)
    require(actor, "customers.delete")
    if customer.deleted_at is None or not policies.can_edit(actor, customer):
        return
    customer.deleted_at = None
    customer.save(update_fields=["deleted_at", "updated_at"])
    timeline.note(customer, actor, timeline.RESTORED)


def purge_due(now_minus: timedelta = KEPT) -> int:
    """Remove for good what has been in the bin longer than ``now_minus``; the number of customers removed."""
    gone = 0
    due = Customer.objects.filter(deleted_at__lt=timezone.now() - now_minus, merged=None).order_by("pk")
    while chunk := list(due[:_CHUNK]):
        with transaction.atomic():
            for customer in chunk:
                label = {"object_id": customer.public_id, "label": customer.name}
                audit.record(None, "customer.purge", object_type="customer", **label)
            Customer.objects.filter(pk__in=[each.pk for each in chunk]).delete()
        gone += len(chunk)
    return gone
