"""Showing a masked value: allowed by right, always logged."""

from __future__ import annotations

from regulars.crm.accounts import audit
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require, sees_clear
from regulars.crm.customers.details import SENSITIVE
from regulars.crm.customers.models import Contact, Customer
from regulars.crm.customers.services.checking import must_see, not_found


def reveal(actor: User, customer: Customer, *, field: str, contact: Contact | None = None) -> str:
    """The value in clear. Who sees it in clear anyway leaves no entry; everybody else does."""
    if field not in SENSITIVE or (contact is not None and contact.customer_id != customer.pk):
        raise not_found()
    must_see(actor, customer)
    holder = contact or customer
    if not sees_clear(actor, field):
        require(actor, "customers.reveal")
        told = {"field": field} | ({"contact": contact.name} if contact else {})
        audit.record(
            actor,
            "customer.reveal",
            object_type="customer",
            object_id=customer.public_id,
            label=customer.name,
            details=told,
        )
    return str(getattr(holder, field, ""))
