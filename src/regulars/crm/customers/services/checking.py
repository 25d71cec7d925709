"""Who may, before anything is written; a customer that the actor may not see is answered as if there were none."""

from __future__ import annotations

from regulars.crm.accounts.errors import Forbidden, NotFound
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import policies
from regulars.crm.customers.models import Customer


def not_found() -> NotFound:
    return NotFound("not_found", "This customer does not exist, or you may not see it.", "")


def must_see(actor: User, customer: Customer) -> None:
    if not policies.can_see(actor, customer):
        raise not_found()


def must_edit(actor: User, customer: Customer, permission: str = "customers.edit") -> None:
    """Raises NotFound for what the actor may not see, Forbidden for what may be seen and not changed."""
    must_see(actor, customer)
    require(actor, permission)
    if customer.deleted_at is not None or not policies.can_edit(actor, customer):
        raise Forbidden(
            "forbidden_customer",
            "You may see this customer, not change it.",
            "Ask its owner, or whoever assigns customers.",
        )
