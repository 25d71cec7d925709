"""Columns of a list: which, in what order, and the value of each for the customers of a page or an export."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regulars.crm.accounts.models import User
from regulars.crm.customers import custom_values, policies
from regulars.crm.customers.filters.fields import Field, Kind, Registry
from regulars.crm.customers.models import Customer, CustomField

MOST = 40
# The columns of who has chosen none; those that do not exist for the reader drop out.
DEFAULT = (
    "name", "metric.abc", "rfm", "metric.rhythm", "metric.lateness", "metric.profit_window", "metric.orders_window",
    "metric.last_purchase", "region", "phone", "owner",
)  # fmt: skip
RFM = ("metric.r_score", "metric.f_score", "metric.m_score")
TAGS = Field("tags", Kind.TAG, _("Tags"), path="tags")


def rfm(registry: Registry) -> Field | None:
    """The three scores in one column, sorted by none of them."""
    score = registry.get(RFM[0])
    return Field("rfm", Kind.TEXT, "RFM", "metric", path="rfm", related=score.related) if score else None


def available(registry: Registry) -> list[Field]:
    """Every column that the reader can choose."""
    made = [TAGS, *registry.listable()]
    whole = rfm(registry)
    return [*made, whole] if whole else made


def chosen(told: Iterable[str], registry: Registry) -> list[Field]:
    """The columns of these keys, the name always first; unknown keys drop out, none at all gives the default ones."""
    known = {each.key: each for each in available(registry)}
    found = [known[key] for key in dict.fromkeys(told) if key in known and key != "name"]
    if not found:
        found = [known[key] for key in DEFAULT if key in known and key != "name"]
    return [known["name"], *found][:MOST]


@dataclass
class Sheet:
    """The values of some customers, fetched in a number of queries that does not depend on how many there are."""

    actor: User
    columns: Sequence[Field]
    tags: dict[int, list[str]] = field(default_factory=dict)
    custom: dict[int, dict[str, list[Any]]] = field(default_factory=dict)
    people: dict[int, str] = field(default_factory=dict)
    relation: str = ""

    def value(self, customer: Customer, column: Field) -> Any:
        """The plain value as this reader sees it: masked where masked."""
        if column.key == "tags":
            return self.tags.get(customer.pk, [])
        if column.group == "custom":
            return self._custom(customer, column)
        if column.related:
            return self._metric(customer, column)
        if column.key in ("owner", "department", "referrer"):
            held = getattr(customer, column.key)
            return held.name if held is not None else ""
        value = getattr(customer, column.path)
        return policies.masked(self.actor, column.sensitive, value) if column.sensitive else value

    def row(self, customer: Customer) -> list[Any]:
        return [self.value(customer, column) for column in self.columns]

    def _metric(self, customer: Customer, column: Field) -> Any:
        row = metric_row(customer, column.related)
        if row is None:
            return None
        if column.key == "rfm":
            return f"{row.r_score}-{row.f_score}-{row.m_score}" if row.r_score is not None else None
        return getattr(row, column.path.split("__", 1)[1])

    def _custom(self, customer: Customer, column: Field) -> Any:
        values = self.custom.get(customer.pk, {}).get(column.key.removeprefix("custom."), [])
        if column.kind is Kind.PERSON:
            return ", ".join(self.people.get(int(value), "") for value in values)
        if column.kind in (Kind.CHOICE, Kind.CHOICES):
            names = dict(column.options())
            return [str(names.get(value, value)) for value in values]
        return values[0] if values else None


def metric_row(customer: Customer, relation: str) -> Any:
    """The row of metrics in ``relation``; None for who has none (known, never bought)."""
    try:
        return getattr(customer, relation) if relation else None
    except ObjectDoesNotExist:
        return None


def with_related(found: QuerySet[Customer], columns: Sequence[Field]) -> QuerySet[Customer]:
    keys = {column.key for column in columns}
    related = ["owner"] + [key for key in ("department", "referrer") if key in keys]
    related += sorted({column.related for column in columns if column.related})
    return found.select_related(*related)


def sheet(actor: User, columns: Sequence[Field], customers: Sequence[Customer]) -> Sheet:
    """Fetch what does not stand in the customers' own rows."""
    made = Sheet(actor, columns)
    ids = [customer.pk for customer in customers]
    if any(column.key == "tags" for column in columns):
        pairs = Customer.tags.through.objects.filter(customer__in=ids).order_by("tag__name")
        for customer_id, name in pairs.values_list("customer_id", "tag__name"):
            made.tags.setdefault(customer_id, []).append(name)
    wanted = [column for column in columns if column.group == "custom"]
    if wanted:
        keys = [column.key.removeprefix("custom.") for column in wanted]
        made.custom = custom_values.of(ids, list(CustomField.objects.filter(key__in=keys)))
    if any(column.kind is Kind.PERSON and column.group == "custom" for column in columns):
        made.people = dict(User.objects.values_list("pk", "name"))
    return made
