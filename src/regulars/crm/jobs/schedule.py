"""What the clock begins. Every scheduler may tick: the occasion's name makes a thing begin once."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta

from django.utils import timezone

from regulars.config.options import options
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.registry import begun_daily

LOG = logging.getLogger("regulars.jobs")
KEPT = timedelta(days=30)  # finished jobs stay so long in the list


def tick(now: datetime | None = None) -> None:
    """Begin what is due."""
    moment = timezone.localtime(now)
    day = night_of(moment)
    if day is not None:
        for name, begin in begun_daily().items():
            try:
                begin(day)
            except Exception:
                LOG.exception("what is due every night did not begin: %s", name)
    Job.objects.filter(finished_at__lt=moment - KEPT, once=None).delete()


def night_of(moment: datetime) -> date | None:
    """The business day whose nightly hour has come; None before it, or when nothing runs at night."""
    told = options().nightly
    if not told:
        return None
    hour, minute = (int(part) for part in told.split(":"))
    return moment.date() if (moment.hour, moment.minute) >= (hour, minute) else None
