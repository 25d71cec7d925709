"""Today: whom to contact and why, what is due, what is out of the ordinary, who changed class."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import floor
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from regulars.charts import retention
from regulars.charts.words import LATE
from regulars.crm.accounts.errors import NotFound
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can
from regulars.crm.customers.errors import Invalid
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.insights import lake_access, metrics
from regulars.crm.insights.earlier import WEEK, run_before
from regulars.crm.insights.models import Run, Snooze
from regulars.report.chapters import contacts
from regulars.report.view import View

FIRST = 7
QUIET = timedelta(days=7)  # a follow-up takes a customer off the list for so long
SNOOZES = (1, 7, 30)
STRIP_DAYS = 365
KEPT = 3600  # seconds that counts of a run are remembered


@dataclass(frozen=True)
class Bar:
    """A purchase day of the strip: ``x`` and ``height`` in pixels."""

    x: float
    height: int

    @property
    def y(self) -> int:
        return 18 - self.height


@dataclass(frozen=True)
class Strip:
    """The last year of one customer, 132 × 20 px: purchases, the window in which the next was due, today."""

    bars: tuple[Bar, ...]
    due: tuple[float, float] | None
    now: float
    purchases: int


@dataclass(frozen=True)
class ToContact:
    customer: Customer
    row: Any
    stake: Any
    reason: str
    change: str
    strip: Strip


def by_risk(view: View) -> bool:
    return bool(view.by_risk)


def worth_contacting(actor: User, run: Run, *, risk: bool) -> QuerySet[Customer]:
    """The late whose leaving costs something, dearest first, without those put off or spoken to within a week."""
    relation = metrics.relation(run)
    metrics.model(run)
    column = "value_at_risk" if risk else "profit_window"
    today = timezone.localdate()
    put_off = Snooze.objects.filter(user=actor, until__gt=today).values("customer")
    since = timezone.now() - QUIET
    return (
        Customer.objects.filter(
            alive(), visible_to(actor), **{f"{relation}__rhythm__in": LATE, f"{relation}__{column}__gt": 0}
        )
        .filter(Q(last_follow_up=None) | Q(last_follow_up__lt=since))
        .exclude(pk__in=put_off)
        .order_by(f"-{relation}__{column}", "pk")
    )


def first_to_contact(actor: User, run: Run, view: View, limit: int = FIRST) -> list[ToContact]:
    relation = metrics.relation(run)
    risk = by_risk(view)
    found = worth_contacting(actor, run, risk=risk).select_related(relation, "owner")[:limit]
    return [_to_contact(customer, getattr(customer, relation), view, risk=risk) for customer in found]


def waiting(actor: User, run: Run, *, risk: bool) -> int:
    """How many there are; remembered for a while, as counting many takes longer than showing the first."""
    key = f"today:{run.pk}:{actor.pk}:{timezone.localdate()}:{Snooze.objects.filter(user=actor).count()}"
    held = cache.get(key)
    if held is None:
        held = worth_contacting(actor, run, risk=risk).order_by().count()
        cache.set(key, held, 120)
    return int(held)


def _to_contact(customer: Customer, row: Any, view: View, *, risk: bool) -> ToContact:
    told = {
        "typical_gap": row.typical_gap,
        "recency_days": row.recency_days,
        "lateness_percentile": row.lateness_percentile,
    }
    stake = row.value_at_risk if risk else row.profit_window
    return ToContact(customer, row, stake, contacts.reason(view, told), _change(row, view), strip(customer, row, view))


def _change(row: Any, view: View) -> str:
    """What would change the reason: when it grows worse by itself, and what takes the customer off the list."""
    following = {"slipping": _("dormant"), "dormant": _("lost by their own rhythm")}.get(row.rhythm)
    names = ("on_rhythm", "due", "slipping", "dormant")
    if following and row.typical_gap:
        cut = float(dict(zip(names, view.rules.rhythm_cuts, strict=False))[row.rhythm])
        left = floor(cut * float(row.typical_gap)) + 1 - int(row.recency_days)
        if left > 0:
            return _("In {days} without a purchase: {state}.").format(days=view.reader.days(left), state=following)
    return _("A purchase or a follow-up takes the customer off this list.")


def strip(customer: Customer, row: Any, view: View, *, width: int = 132, ahead: int = 40) -> Strip:
    """Purchases of the last year as bars, their height ∝ √amount."""
    today = date.fromisoformat(view.as_of)
    scale = width / (STRIP_DAYS + ahead)

    def x(day: date) -> float:
        return round((STRIP_DAYS - max(-ahead, min(STRIP_DAYS, (today - day).days))) * scale, 1)

    bought: dict[date, float] = {}
    for order in lake_access.orders_of(customer.key):
        if order.is_purchase and 0 <= (today - order.day).days < STRIP_DAYS:
            bought[order.day] = bought.get(order.day, 0.0) + float(order.amount)
    days = sorted(bought)
    heights = contacts.bar_heights([bought[day] for day in days], len(days))
    due = None
    if row.next_purchase_from and row.next_purchase_to and (today - row.next_purchase_to).days < STRIP_DAYS:
        due = (x(row.next_purchase_from), max(3.0, x(row.next_purchase_to) - x(row.next_purchase_from)))
    bars = tuple(Bar(x(day) - 1, height) for day, height in zip(days, heights, strict=True))
    return Strip(bars, due, x(today), len(days))


@dataclass(frozen=True)
class Alarm:
    """A rate outside noise in words, and the direction: worse or better."""

    text: str
    more: str
    direction: str
    who: str


def alarms(view: View) -> list[Alarm]:
    """Only what is outside noise: the latest month and quarter against the same season before."""
    found = []
    for step, rows in (("month", view.months), ("quarter", view.quarters)):
        row = rows[-1] if rows else None
        if not row or not row.get("alarm") or not row["fully_observed"]:
            continue
        more = _("{lost} of {start} left").format(lost=f"{row['lost']:,}", start=f"{row['S']:,}")
        words = retention.alarm(row, view.reader)
        text = _("{period}: {words}").format(period=view.reader.period(row["period"]), words=words)
        found.append(Alarm(text, more, row["alarm"]["direction"], f"move:{step}.{row['period']}.lost"))
    return found


@dataclass(frozen=True)
class Move:
    before: str
    after: str
    customers: int


def moves(actor: User, run: Run) -> tuple[Run | None, list[Move]]:
    """Who changed class since the kept run of a week ago, as far as the actor sees them."""
    before = run_before(run, WEEK)
    if before is None:
        return None, []
    key = f"moves:{run.pk}:{before.pk}:{actor.pk}"
    held = cache.get(key)
    if held is None:
        now, then = metrics.relation(run), metrics.relation(before)
        metrics.model(run)
        metrics.model(before)
        counted = (
            Customer.objects.filter(alive(), visible_to(actor))
            .exclude(**{f"{now}__abc": F(f"{then}__abc")})
            .filter(**{f"{now}__abc__isnull": False, f"{then}__abc__isnull": False})
            .values_list(f"{then}__abc", f"{now}__abc")
            .annotate(n=Count("pk"))
        )
        held = sorted((old, new, n) for old, new, n in counted)
        cache.set(key, held, KEPT)
    return before, [Move(*one) for one in held]


@transaction.atomic
def snooze(actor: User, customer_id: str, days: int) -> Snooze:
    """Not before ``days`` from today on the actor's list."""
    customer = Customer.objects.filter(alive(), visible_to(actor), public_id=customer_id).first()
    if customer is None or not can(actor, "customers.view"):
        raise NotFound("customer_not_found", "There is no such customer.", "It may have been merged or deleted.")
    if days not in SNOOZES:
        raise Invalid({"days": gettext_noop("Choose 1, 7 or 30 days.")})
    until = timezone.localdate() + timedelta(days)
    made, _new = Snooze.objects.update_or_create(user=actor, customer=customer, defaults={"until": until})
    return made


@transaction.atomic
def wake(actor: User, customer_id: str) -> None:
    """Take a "later" back."""
    Snooze.objects.filter(user=actor, customer__public_id=customer_id).delete()


def coming(actor: User, run: Run) -> list[Customer]:
    """Who becomes due next, for a day on which nobody is late."""
    relation = metrics.relation(run)
    metrics.model(run)
    found = Customer.objects.filter(alive(), visible_to(actor), **{f"{relation}__rhythm__in": ("on_rhythm", "due")})
    return list(found.select_related(relation).order_by(f"{relation}__next_purchase_to", "pk")[:3])


def totals(shown: list[ToContact]) -> tuple[float, float]:
    """Window profit and stake of those who are shown."""
    return sum(float(one.row.profit_window or 0) for one in shown), sum(float(one.stake or 0) for one in shown)
