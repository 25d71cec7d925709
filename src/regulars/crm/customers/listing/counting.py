"""How many there are: exact, remembered while nothing changed, with the time it took."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db.models import Max, Q
from django.utils import timezone

from regulars.crm.customers.listing.request import Listing
from regulars.crm.customers.models import Customer, Event
from regulars.crm.customers.policies import alive, visible_to

KEPT = 300  # seconds; what changes customers leaves an entry in the timeline, which changes the key


@dataclass(frozen=True)
class Count:
    """``hidden``: customers that match and that the actor may not see."""

    customers: int
    hidden: int
    seconds: float


def count(listed: Listing) -> Count:
    """Count the matches; and those outside the actor's scope, as far as that says nothing of a single customer."""
    start = time.perf_counter()
    scoped = visible_to(listed.actor) != Q()
    mine = _count(listed.wanted)
    hidden = 0
    if scoped and not listed.text and not listed.tree:
        hidden = _count(alive()) - mine
    return Count(mine, hidden, time.perf_counter() - start)


def _count(condition: Q) -> int:
    found = Customer.objects.filter(condition)
    try:
        sql, params = found.query.sql_with_params()
    except EmptyResultSet:
        return 0
    marks = (Event.objects.aggregate(last=Max("pk"))["last"], Customer.objects.aggregate(last=Max("pk"))["last"])
    state = repr((sql, params, marks, timezone.localdate()))
    key = f"customers:count:{hashlib.sha256(state.encode()).hexdigest()[:40]}"
    held = cache.get(key)
    if held is None:
        held = found.count()
        cache.set(key, held, KEPT)
    return int(held)
