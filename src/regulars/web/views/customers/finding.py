"""The customer, contact or follow-up that an address names, if the reader may see it; else there is none."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from regulars.crm.customers.models import Attachment, Contact, Customer, FollowUp
from regulars.crm.customers.policies import visible_to


def seen(request: HttpRequest, *related: str) -> QuerySet[Customer]:
    return Customer.objects.filter(visible_to(request.user)).select_related("owner", *related)


def customer_of(request: HttpRequest, public_id: str, *related: str) -> Customer:
    found = seen(request, *related).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def contact_of(request: HttpRequest, customer: Customer, public_id: str) -> Contact:
    found = Contact.objects.filter(customer=customer, public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def follow_up_of(request: HttpRequest, public_id: str) -> FollowUp:
    visible: Any = Customer.objects.filter(visible_to(request.user), deleted_at=None).values("pk")
    found = (
        FollowUp.objects.filter(public_id=public_id, deleted_at=None, customer__in=visible)
        .select_related("customer", "author")
        .first()
    )
    if found is None:
        raise Http404
    return found


def attachment_of(request: HttpRequest, public_id: str) -> Attachment:
    found = Attachment.objects.filter(public_id=public_id).select_related("follow_up").first()
    if found is None:
        raise Http404
    follow_up_of(request, found.follow_up.public_id)
    return found
