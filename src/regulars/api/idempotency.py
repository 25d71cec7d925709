"""``Idempotency-Key``: a request that is sent again gets the answer of the first time, and is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest

from regulars.crm.insights.models import IdempotencyKey
from regulars.errors import RegularsError

LONGEST = 200


class KeyReused(RegularsError):
    """The key came before with another request."""

    status = 422


def once(request: HttpRequest, actor: Any, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Do ``work`` in one transaction with the note that it was done; without a key simply do it."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        with transaction.atomic():
            return work()
    if len(key) > LONGEST or not key.isprintable():
        raise KeyReused("bad_key", "An Idempotency-Key has at most {most} characters.", "", most=LONGEST)
    told = f"{request.method} {request.path}\n".encode() + request.body
    fingerprint = hashlib.sha256(told).hexdigest()
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(user=actor, key=key, fingerprint=fingerprint)
            answer = work()
            IdempotencyKey.objects.filter(pk=row.pk).update(status=200, answer=answer)
            return answer
    except IntegrityError:
        row = IdempotencyKey.objects.filter(user=actor, key=key).first()
        if row is None:
            raise
    if row.fingerprint != fingerprint:
        raise KeyReused(
            "key_reused", "This Idempotency-Key came before with another request.", "Use a new key for a new request."
        )
    found: dict[str, Any] = row.answer
    return found
