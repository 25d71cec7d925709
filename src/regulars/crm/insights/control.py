"""The control loop of the classes (definitions, section 3): floors, proposed promotions, answers, history.

When there are fewer customers of class B than its floor, the best of C are proposed, by predicted 12-month profit.
What is accepted is dated, explained and reversible. Analyses show the class of the rule (``abc``); the class people
work with (``abc_held``) is that of the rule, unless somebody moved it or only one month end has spoken for a change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_noop

from regulars.crm.accounts import audit
from regulars.crm.accounts.errors import NotFound
from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import require
from regulars.crm.customers import timeline
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import alive, visible_to
from regulars.crm.insights import metrics
from regulars.crm.insights.models import ClassDecision, ClassFloor, HeldClass, Run

FLOORS = ("B", "C")
SHOWN = 50
MOST = 10**9
BELOW = {"B": "C"}  # from which class the proposals for a class come
PERMISSION = "targets.manage"
DECIDES = "customers.assign"


@dataclass(frozen=True)
class Proposal:
    """A customer of the class below, and the predicted profit of 12 months that ranks it (window profit without)."""

    customer: Customer
    rank: int
    predicted: Any
    profit: Any


@dataclass(frozen=True)
class Control:
    """Of one class: how many there are by the rule, how many people work with, the floor, how many are missing."""

    letter: str
    by_rule: int
    held: int
    floor: int | None
    missing: int
    proposals: tuple[Proposal, ...] = ()
    outside: int = 0


def by_forecast(run: Run) -> bool:
    """Whether proposals are ranked by predicted profit."""
    return bool((run.summary.get("clv") or {}).get("published"))


def controls(actor: User, run: Run) -> list[Control]:
    """Every class with a floor or the possibility of one, and what is proposed for it."""
    floors = {one.letter: one.floor for one in ClassFloor.objects.all()}
    classes = (run.summary.get("customers") or {}).get("abc") or {}
    moved = _moved(run)
    made = []
    for letter in ("A", *FLOORS):
        by_rule = int((classes.get(letter) or {}).get("customers") or 0)
        held = by_rule + moved.get(letter, 0)
        floor = floors.get(letter)
        missing = max(0, (floor or 0) - held)
        found, outside = _proposed(actor, run, letter, missing) if missing and letter in BELOW else ((), 0)
        made.append(Control(letter, by_rule, held, floor, missing, found, outside))
    return made


def _moved(run: Run) -> dict[str, int]:
    """By how many the held classes differ from those of the rule."""
    relation = metrics.relation(run)
    metrics.model(run)
    change: dict[str, int] = {}
    pairs = (
        Customer.objects.filter(alive(), held_class__isnull=False)
        .values_list("held_class__letter", f"{relation}__abc")
        .annotate(n=Count("pk"))
    )
    for held, rule, n in pairs:
        change[held] = change.get(held, 0) + n
        if rule:
            change[rule] = change.get(rule, 0) - n
    return change


def _proposed(actor: User, run: Run, letter: str, missing: int) -> tuple[tuple[Proposal, ...], int]:
    """The best-placed of the class below whom nobody has answered about in this run; those the actor may see, and how
    many more there are.
    """
    relation = metrics.relation(run)
    metrics.model(run)
    column = "clv_12m" if by_forecast(run) else "profit_window"
    answered = ClassDecision.objects.filter(as_of=run.as_of, to_class=letter).exclude(answer="reversed")
    best = (
        Customer.objects.filter(
            alive(), held_class=None, **{f"{relation}__abc": BELOW[letter], f"{relation}__{column}__gt": 0}
        )
        .exclude(pk__in=answered.values("customer"))
        .order_by(f"-{relation}__{column}", "pk")
        .values_list("pk", f"{relation}__{column}", f"{relation}__profit_window")[: min(missing, 2000)]
    )
    rows = list(best)
    places = {pk: (at + 1, value, profit) for at, (pk, value, profit) in enumerate(rows)}
    mine = Customer.objects.filter(visible_to(actor), pk__in=list(places)).select_related("owner")
    seen = sorted(mine, key=lambda customer: places[customer.pk][0])
    found = tuple(Proposal(c, *places[c.pk]) for c in seen[:SHOWN])
    return found, len(rows) - len(seen)


@transaction.atomic
def set_floor(actor: User, letter: str, floor: int | None) -> None:
    """How many customers of a class there should be at least; None takes the floor away."""
    require(actor, PERMISSION)
    if letter not in FLOORS or (floor is not None and not 0 <= floor <= MOST):
        raise Invalid({"floor": gettext_noop("A floor is a number of customers, of class B or C.")})
    if floor is None:
        ClassFloor.objects.filter(letter=letter).delete()
    else:
        ClassFloor.objects.update_or_create(letter=letter, defaults={"floor": floor, "set_by": actor})
    audit.record(
        actor, "class_floor.set", object_type="class", object_id=letter, label=letter, details={"floor": floor}
    )


@transaction.atomic
def decide(actor: User, customer_id: str, *, accept: bool, reason: str, to: str = "B") -> ClassDecision:
    """Accept or decline a proposed promotion, with the reason."""
    require(actor, DECIDES)
    run = metrics.current()
    customer = Customer.objects.filter(alive(), visible_to(actor), public_id=customer_id).first()
    if run is None or customer is None:
        raise NotFound("customer_not_found", "There is no such customer.", "It may have been merged or deleted.")
    row = metrics.for_customer(customer, run)
    if to not in BELOW or row is None or row.abc != BELOW[to]:
        raise Conflict("class_not_proposed", gettext_noop("This customer is no longer proposed."), "")
    if HeldClass.objects.filter(customer=customer, by_hand=True).exists():
        raise Conflict("class_already_moved", gettext_noop("Somebody has moved this customer meanwhile."), "")
    _check(reason)
    made = ClassDecision.objects.create(
        customer=customer, from_class=row.abc, to_class=to, reason=reason.strip(), decided_by=actor, as_of=run.as_of,
        answer=ClassDecision.Answer.ACCEPTED if accept else ClassDecision.Answer.DECLINED,
        predicted=getattr(row, "clv_12m", None) if getattr(row, "clv_12m", None) is not None else row.profit_window,
    )  # fmt: skip
    if accept:
        HeldClass.objects.update_or_create(
            customer=customer, defaults={"letter": to, "by_hand": True, "since": timezone.localdate()}
        )
        timeline.note(customer, actor, "class_moved", before=row.abc, after=to, reason=reason.strip())
    audit.record(
        actor, f"class.{'accept' if accept else 'decline'}", object_type="customer", object_id=customer.public_id,
        label=customer.name, details={"from": row.abc, "to": to},
    )  # fmt: skip
    return made


@transaction.atomic
def take_back(actor: User, public_id: str, *, reason: str) -> ClassDecision:
    """Undo an accepted move: the class of the rule holds again."""
    require(actor, DECIDES)
    seen = Customer.objects.filter(alive(), visible_to(actor))
    decision = ClassDecision.objects.filter(public_id=public_id, customer__in=seen).select_related("customer").first()
    if decision is None:
        raise NotFound("decision_not_found", "There is no such decision.", "")
    if decision.answer != ClassDecision.Answer.ACCEPTED:
        raise Conflict("decision_not_accepted", gettext_noop("Only an accepted move can be taken back."), "")
    _check(reason)
    HeldClass.objects.filter(customer=decision.customer, by_hand=True).delete()
    ClassDecision.objects.filter(pk=decision.pk).update(answer=ClassDecision.Answer.REVERSED)
    made = ClassDecision.objects.create(
        customer=decision.customer, from_class=decision.to_class, to_class=decision.from_class, reason=reason.strip(),
        decided_by=actor, as_of=decision.as_of, answer=ClassDecision.Answer.REVERSED, predicted=decision.predicted,
    )  # fmt: skip
    timeline.note(
        decision.customer,
        actor,
        "class_moved",
        before=decision.to_class,
        after=decision.from_class,
        reason=reason.strip(),
    )
    audit.record(
        actor, "class.take_back", object_type="customer", object_id=decision.customer.public_id,
        label=decision.customer.name,
    )  # fmt: skip
    return made


def _check(reason: str) -> None:
    if not reason.strip() or len(reason) > 500:
        raise Invalid({"reason": gettext_noop("Say why, in at most 500 characters.")})


def history(actor: User) -> list[ClassDecision]:
    """The latest decisions on customers that the actor sees."""
    seen = Customer.objects.filter(alive(), visible_to(actor))
    found = ClassDecision.objects.filter(customer__in=seen).select_related("customer", "decided_by")
    return list(found.order_by("-decided_at", "-id")[:SHOWN])


@transaction.atomic
def hold(now: Run, month_end_before: Run) -> int:
    """After a month end: a change of class counts once two month ends agree; until then the class before is held.

    ``now`` and ``month_end_before`` are the runs of two month ends one after the other. Moves by hand stay. Returns how
    many customers wait for a second month end.
    """
    new, old = metrics.table_name(now), metrics.table_name(month_end_before)
    held = HeldClass._meta.db_table
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        # both month ends agree: the rule's class is the held one, the row has done its work
        cursor.execute(
            f"DELETE FROM {quote(held)} WHERE NOT by_hand AND customer_id IN (SELECT n.customer_id FROM {quote(new)} n"  # noqa: S608
            f" JOIN {quote(old)} o ON o.customer_id = n.customer_id WHERE n.abc = o.abc)"
        )
        cursor.execute(
            f"INSERT INTO {quote(held)} (customer_id, letter, by_hand, since) SELECT n.customer_id, o.abc, %s, %s"  # noqa: S608
            f" FROM {quote(new)} n JOIN {quote(old)} o ON o.customer_id = n.customer_id WHERE n.abc <> o.abc"
            f" AND NOT EXISTS (SELECT 1 FROM {quote(held)} h WHERE h.customer_id = n.customer_id)"
            f" AND EXISTS (SELECT 1 FROM {quote(Customer._meta.db_table)} c WHERE c.id = n.customer_id)",
            [False, now.as_of],
        )
    return HeldClass.objects.filter(by_hand=False).count()


def after_publication(run: Run) -> int | None:
    """When a month has ended since the run before, judge the classes of its end against those of the month end before.

    The last kept run of a month is its month end. Returns how many customers wait, None where no month has ended or
    there is no earlier month end.
    """
    ends: dict[tuple[int, int], Run] = {}
    for one in sorted(metrics.kept(), key=lambda kept: (str(kept.as_of), kept.pk)):
        if one.as_of is not None and one.pk != run.pk and "abc" in one.columns:
            ends[one.as_of.year, one.as_of.month] = one
    if run.as_of is None:
        return None
    ended = sorted(month for month in ends if month < (run.as_of.year, run.as_of.month))
    latest = max(ends, default=None)
    if len(ended) < 2 or latest != ended[-1]:  # a run of this month was there before: its end was judged then
        return None
    return hold(ends[ended[-1]], ends[ended[-2]])


def held_class(customer: Customer, run: Run) -> str | None:
    """``abc_held``: the class people work with."""
    found = HeldClass.objects.filter(customer=customer).first()
    row = metrics.for_customer(customer, run)
    return found.letter if found is not None else (row.abc if row is not None else None)
