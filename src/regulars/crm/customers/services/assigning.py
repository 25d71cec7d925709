"""Who looks after a customer."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.customers import timeline
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Collaborator, Customer
from regulars.crm.customers.services.checking import must_edit


def check_owner(owner: User | None) -> None:
    if owner is not None and not owner.is_active:
        raise Invalid({"owner": gettext_noop("This person no longer works here.")})


@transaction.atomic
def assign(actor: User, customer: Customer, *, owner: User | None) -> Customer:
    """Give ``customer`` to ``owner`` (None: to nobody); the department goes with the owner."""
    must_edit(actor, customer, "customers.assign")
    check_owner(owner)
    before = customer.owner
    if before == owner:
        return customer
    customer.owner = owner
    customer.department_id = owner.department_id if owner is not None else customer.department_id
    customer.save(update_fields=["owner", "department", "updated_at"])
    told = {"from": before.name if before else "", "to": owner.name if owner else ""}
    timeline.note(customer, actor, timeline.ASSIGNED, **told)
    return customer


@transaction.atomic
def add_collaborator(actor: User, customer: Customer, *, person: User, may_edit: bool = False) -> Collaborator:
    must_edit(actor, customer, "customers.assign")
    check_owner(person)
    made, _new = Collaborator.objects.update_or_create(customer=customer, user=person, defaults={"may_edit": may_edit})
    timeline.note(customer, actor, timeline.COLLABORATOR_ADDED, person=person.name, may_edit=may_edit)
    return made


@transaction.atomic
def remove_collaborator(actor: User, customer: Customer, *, person: User) -> None:
    must_edit(actor, customer, "customers.assign")
    gone, _kinds = Collaborator.objects.filter(customer=customer, user=person).delete()
    if gone:
        timeline.note(customer, actor, timeline.COLLABORATOR_REMOVED, person=person.name)
