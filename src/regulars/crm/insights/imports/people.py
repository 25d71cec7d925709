"""Customers from a table: new ones are added, known ones brought up to date. Every row is planned before it is written,
by the same code in the dry run and in the import.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_noop

from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can
from regulars.crm.customers import custom_values, details, grams, normal, timeline
from regulars.crm.customers.models import Customer, CustomField, CustomValue, Event, Tag
from regulars.crm.customers.policies import alive, editable_by, masked, visible_to
from regulars.crm.insights.imports.rows import Refused, Row, Tally
from regulars.crm.insights.imports.targets import CUSTOM
from regulars.crm.insights.models import ImportBatch, ImportChange
from regulars.ingest.looking import understood

TEXTS = ("name", "phone", "email", "wechat", "region", "address", "source", "tier", "notes")
MATCHES = ("customer_id", "phone", "email")
_TAG_SIGNS = str.maketrans({sign: "," for sign in ";；，、|"})


@dataclass
class Plan:
    """One row's outcome: a customer to change, or to make when it has no id yet."""

    row: Row
    customer: Customer
    changed: dict[str, list[Any]] = field(default_factory=dict)
    custom: dict[CustomField, list[CustomValue]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    @property
    def new(self) -> bool:
        return self.customer.pk is None


class Directory:
    """What rows refer to: people by e-mail or name, looked up once."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        self.may_create = can(actor, "customers.create")
        self.may_assign = can(actor, "customers.assign")
        self._people: dict[str, User | None] = {}
        for person in User.objects.filter(is_active=True).select_related("department"):
            self._people[person.email.casefold()] = person
            name = person.name.casefold()
            self._people[name] = None if name in self._people else person

    def owner(self, text: str) -> User:
        person = self._people.get(text.strip().casefold())
        if person is None:
            raise Refused("owner", gettext_noop("Nobody who works here has this name or e-mail address."))
        if person != self.actor and not self.may_assign:
            raise Refused("owner", gettext_noop("You may not assign customers to others."))
        return person


class Customers:
    """The import of customers; one for each run over the file."""

    def __init__(self, batch: ImportBatch, actor: User, *, dry: bool) -> None:
        self.batch, self.actor, self.dry = batch, actor, dry
        self.directory = Directory(actor)
        chosen = batch.options.get("match") or list(MATCHES)
        self.match = [name for name in MATCHES if name in chosen and name in batch.mapping]
        self.only_empty = batch.options.get("update") == "fill"
        self._referrers: dict[str, int | None] = {}
        self._made: dict[tuple[str, str], Customer] = {}

    def apply(self, rows: list[Row], tally: Tally, refuse: Callable[[Row, Refused], None]) -> None:
        """Plan the rows, and write what was planned unless this is the dry run."""
        found = self._found(rows)
        plans: list[Plan] = []
        for row in rows:
            try:
                plan = self._plan(row, found)
            except Refused as refused:
                refuse(row, refused)
                continue
            tally.counters["used_rows"] += 1
            self._count(plan, tally)
            plans.append(plan)
        if not self.dry:
            _write(self.batch, self.actor, plans)

    # --- finding -----------------------------------------------------------------------------------------------------

    def _found(self, rows: Sequence[Row]) -> dict[tuple[str, str], list[Customer]]:
        """Customers by what identifies them; also those the actor may not change, to refuse them."""
        found: dict[tuple[str, str], list[Customer]] = {}
        for name in self.match:
            values = {v for row in rows if (v := _key(name, row.values.get(name, "")))}
            column = {"customer_id": "key", "phone": "phone_key", "email": "email_key"}[name]
            scope = Customer.objects.filter(alive()) if name != "customer_id" else Customer.objects.all()
            for customer in scope.filter(**{f"{column}__in": values}).order_by("pk"):
                found.setdefault((name, getattr(customer, column)), []).append(customer)
        mine = {c.pk for group in found.values() for c in group}
        allowed = set(Customer.objects.filter(editable_by(self.actor), pk__in=mine).values_list("pk", flat=True))
        by_id: dict[int, Customer] = {}
        for group in found.values():
            for place, customer in enumerate(group):
                one = by_id.setdefault(customer.pk, customer)  # one object a customer, however it was found
                one.__dict__["editable"] = customer.pk in allowed
                group[place] = one
        return found

    def _match(self, row: Row, found: dict[tuple[str, str], list[Customer]]) -> Customer | None:
        for name in self.match:
            value = _key(name, row.values.get(name, ""))
            if not value:
                continue
            if made := self._made.get((name, value)):
                return made
            known = found.get((name, value), [])
            if name != "customer_id":
                known = [customer for customer in known if customer.__dict__["editable"]]
            if len(known) > 1:
                raise Refused(name, gettext_noop("Several customers have this; merge them, or match by number."))
            if known:
                return _usable(known[0], name)
        return None

    # --- planning ----------------------------------------------------------------------------------------------------

    def _plan(self, row: Row, found: dict[tuple[str, str], list[Customer]]) -> Plan:
        values, wrong = details.cleaned({k: v for k in TEXTS if (v := row.values.get(k, ""))})
        if wrong:
            name, why = next(iter(wrong.items()))
            raise Refused(name, why)
        if kind := row.values.get("kind"):
            values["kind"] = understood("kind", kind, None)
            if values["kind"] is None:
                raise Refused("kind", gettext_noop("Choose individual or organization."))
        custom = {k.removeprefix(CUSTOM): v for k, v in row.values.items() if k.startswith(CUSTOM) and v}
        written, wrong = custom_values.cleaned(custom)
        if wrong:
            name, why = next(iter(wrong.items()))
            raise Refused(name, why)
        customer = self._match(row, found)
        plan = Plan(row, customer if customer is not None else self._new(row, values), custom=written)
        if customer is not None and self.only_empty:
            values = {name: value for name, value in values.items() if getattr(customer, name) in ("", None)}
        if customer is not None:
            plan.changed = details.apply(customer, values)
            if customer.key is None and row.values.get("customer_id"):
                plan.changed["key"] = [None, row.values["customer_id"]]
                customer.key = row.values["customer_id"]
        self._owner(row, plan)
        self._referrer(row, plan)
        plan.tags = _tags(row.values.get("tags", ""))
        for name in self.match:
            if plan.new and (value := _key(name, row.values.get(name, ""))):
                self._made[name, value] = plan.customer
        return plan

    def _new(self, row: Row, values: dict[str, Any]) -> Customer:
        if not self.directory.may_create:
            raise Refused(next(iter(row.values)), gettext_noop("There is no such customer, and you may not add one."))
        key = row.values.get("customer_id") or None
        if key is not None and len(key) > 200:
            raise Refused("customer_id", gettext_noop("This is too long."))
        if key is not None and Customer.objects.filter(key=key).exists():
            raise Refused("customer_id", gettext_noop("This number is taken."))
        values.setdefault("name", key or values.get("phone") or values.get("email") or "")
        if not values["name"]:
            raise Refused("name", gettext_noop("A name is needed."))
        customer = Customer(
            key=key, import_batch=self.batch, created_by=self.actor, owner=self.actor,
            department_id=self.actor.department_id, **values,
        )  # fmt: skip
        details.normalise(customer)
        return customer

    def _owner(self, row: Row, plan: Plan) -> None:
        text = row.values.get("owner")
        if not text or (self.only_empty and plan.customer.owner_id and not plan.new):
            return
        person = self.directory.owner(text)
        if plan.customer.owner_id != person.pk:
            if not plan.new:
                plan.changed["owner"] = [plan.customer.owner_id, person.pk]
            plan.customer.owner, plan.customer.department_id = person, person.department_id

    def _referrer(self, row: Row, plan: Plan) -> None:
        key = row.values.get("referrer_id")
        if not key or (self.only_empty and plan.customer.referrer_id):
            return
        if key not in self._referrers:
            known = Customer.objects.filter(alive(), visible_to(self.actor), key=key)
            self._referrers[key] = known.values_list("pk", flat=True).first()
        held = self._referrers[key]
        if held is None or held == plan.customer.pk:
            raise Refused("referrer_id", gettext_noop("There is no such customer, or you may not see it."))
        if plan.customer.referrer_id != held:
            if not plan.new:
                plan.changed["referrer"] = [plan.customer.referrer_id, held]
            plan.customer.referrer_id = held

    def _count(self, plan: Plan, tally: Tally) -> None:
        if plan.new or plan.customer.__dict__.get("counted_new"):
            if not plan.customer.__dict__.get("counted_new"):
                tally.count("new")
                plan.customer.__dict__["counted_new"] = True
            return
        if not (plan.changed or plan.custom or plan.tags):
            tally.count("unchanged")
            return
        tally.count("updated")
        for name, (before, after) in plan.changed.items():
            tally.show(
                {
                    "line": plan.row.line, "customer": plan.customer.name, "public_id": plan.customer.public_id,
                    "field": name, "before": _shown(self.actor, name, before), "after": _shown(self.actor, name, after),
                }
            )  # fmt: skip


def _usable(customer: Customer, name: str) -> Customer:
    if not customer.__dict__["editable"]:
        raise Refused(name, gettext_noop("This number is taken."))
    if customer.deleted_at is not None:
        raise Refused(name, gettext_noop("This customer is in the recycle bin."))
    return customer


def _key(name: str, text: str) -> str:
    if name == "phone":
        key = normal.phone_key(text)
        return key if len(key) >= 5 else ""
    return normal.email_key(text) if name == "email" else text


def _tags(text: str) -> list[str]:
    return list(dict.fromkeys(tag.strip()[:60] for tag in text.translate(_TAG_SIGNS).split(",") if tag.strip()))


def _shown(actor: User, name: str, value: Any) -> str:
    if name in ("owner", "referrer"):
        held = (User if name == "owner" else Customer).objects.filter(pk=value).first()
        return held.name if held else ""
    return masked(actor, name, str(value if value is not None else ""))


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(batch: ImportBatch, actor: User, plans: list[Plan]) -> None:
    """Write a chunk's plans; inside the caller's transaction."""
    fresh = [plan for plan in plans if plan.new]
    made = list({id(plan.customer): plan.customer for plan in fresh}.values())
    Customer.objects.bulk_create(made, batch_size=200)
    grams.index_new(made)
    old = [plan for plan in plans if plan not in fresh]
    for plan in old:
        if plan.changed:
            plan.customer.save()
            if plan.customer.import_batch_id == batch.pk:  # nobody's work: the undo may still remove the customer
                Customer.objects.filter(pk=plan.customer.pk).update(updated_at=F("created_at"))
    renamed = [plan.customer for plan in old if {"name", "phone", "email"} & plan.changed.keys()]
    if renamed:
        grams.index(list({customer.pk: customer for customer in renamed}.values()))
    changes: list[tuple[Customer, dict[str, list[Any]]]] = []
    tags = _tag_rows(plans)
    for plan in plans:
        changed = dict(plan.changed)
        changed |= custom_values.write(plan.customer, plan.custom)
        added = _add_tags(plan, tags)
        if added:
            changed["tags"] = [[], added]
        if changed and plan not in fresh and plan.customer.import_batch_id != batch.pk:
            changes.append((plan.customer, changed))
    remember(batch, changes)
    _tell(actor, changes)


def _tag_rows(plans: Iterable[Plan]) -> dict[str, Tag]:
    names = {name for plan in plans for name in plan.tags}
    held = {tag.name: tag for tag in Tag.objects.filter(name__in=names)}
    for name in names - held.keys():
        held[name] = Tag.objects.get_or_create(name=name)[0]
    return held


def _add_tags(plan: Plan, tags: dict[str, Tag]) -> list[str]:
    if not plan.tags:
        return []
    held = set(plan.customer.tags.values_list("name", flat=True))
    added = [name for name in plan.tags if name not in held]
    plan.customer.tags.add(*(tags[name] for name in added))
    return added


def remember(batch: ImportBatch, changes: list[tuple[Customer, dict[str, list[Any]]]]) -> None:
    """Keep what each customer was before this import; of several rows the first before and the last after."""
    ids = [customer.pk for customer, _ in changes]
    kept = {row.object_id: row for row in ImportChange.objects.filter(batch=batch, kind="customer", object_id__in=ids)}
    fresh: dict[int, ImportChange] = {}
    for customer, changed in changes:
        row = kept.get(customer.pk) or fresh.setdefault(
            customer.pk, ImportChange(batch=batch, kind="customer", object_id=customer.pk)
        )
        for name, (before, after) in changed.items():
            if name == "tags":
                row.after["tags"] = [*row.after.get("tags", []), *after]
                continue
            row.before.setdefault(name, before)
            row.after[name] = after
    ImportChange.objects.bulk_create(fresh.values())
    ImportChange.objects.bulk_update(kept.values(), ["before", "after"])


def _tell(actor: User, changes: list[tuple[Customer, dict[str, list[Any]]]]) -> None:
    """One entry a customer in its timeline; sensitive values are not told, only that they changed."""
    hidden = {*details.SENSITIVE, "notes", "owner", "referrer"}
    Event.objects.bulk_create(
        Event(
            customer=customer, actor=actor, kind=timeline.CHANGED,
            data={"fields": {n: None if n in hidden else list(pair) for n, pair in changed.items()}, "import": True},
        )
        for customer, changed in changes
    )  # fmt: skip
