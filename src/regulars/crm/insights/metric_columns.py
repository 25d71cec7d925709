"""The columns of customers.parquet as columns of a database table, and as fields of filters and lists."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import models
from django.utils import translation
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from regulars.charts.reader import Reader
from regulars.charts.words import LOYALTY, QUADRANT, RFM_GROUP, RHYTHM, STAGE
from regulars.crm.customers.filters.fields import Field, Kind
from regulars.engine.definitions import REGISTRY
from regulars.language import Language


@dataclass(frozen=True)
class Column:
    """``sql``: its type on both databases. ``indexed``: people filter and sort by it."""

    name: str
    kind: Kind
    sql: str
    indexed: bool = False
    decimals: int | None = None
    hidden: bool = False  # no field of its own: conditions over past periods read it

    @property
    def model_field(self) -> models.Field[Any, Any]:
        match self.sql:
            case "integer":
                return models.IntegerField(null=True)
            case "bigint":
                return models.BigIntegerField(null=True)
            case "bool":
                return models.BooleanField(null=True)
            case "date":
                return models.DateField(null=True)
            case "decimal":
                return models.DecimalField(max_digits=18, decimal_places=2, null=True)
            case "real":
                return models.FloatField(null=True)
        return models.CharField(max_length=16, null=True)


def _number(name: str, *, indexed: bool = False) -> Column:
    return Column(name, Kind.NUMBER, "integer", indexed)


def _money(name: str, *, indexed: bool = False) -> Column:
    return Column(name, Kind.MONEY, "decimal", indexed)


def _real(name: str, kind: Kind = Kind.NUMBER, *, indexed: bool = False, decimals: int = 2) -> Column:
    return Column(name, kind, "real", indexed, decimals)


def _day(name: str, *, indexed: bool = False) -> Column:
    return Column(name, Kind.DATE, "date", indexed)


def _class(name: str, *, indexed: bool = False) -> Column:
    return Column(name, Kind.CHOICE, "text", indexed)


COLUMNS: tuple[Column, ...] = (
    _day("first_purchase", indexed=True),
    _day("last_purchase", indexed=True),
    _number("recency_days"),
    _number("tenure_days"),
    _number("orders", indexed=True),
    _number("purchase_days"),
    _money("amount_total", indexed=True),
    _money("profit_total", indexed=True),
    _number("orders_window", indexed=True),
    _money("amount_window", indexed=True),
    _money("profit_window", indexed=True),
    _money("mean_order_value"),
    Column("active", Kind.YES_NO, "bool"),
    _class("abc", indexed=True),
    _class("frequency_class"),
    _class("amount_class"),
    _number("r_score"),
    _number("f_score"),
    _number("m_score"),
    _class("rfm_group", indexed=True),
    _class("quadrant", indexed=True),
    _class("lifecycle", indexed=True),
    _class("lifecycle_b"),
    _real("typical_gap", decimals=0),
    _real("lateness", indexed=True),
    _real("lateness_percentile", Kind.SHARE),
    _class("rhythm", indexed=True),
    _day("next_purchase_from"),
    _day("next_purchase_to", indexed=True),
    _real("p_alive", Kind.SHARE, indexed=True),
    *(_real(f"expected_purchases_{h}{b}") for h in (30, 90, 365) for b in ("", "_low", "_high")),
    *(_real(f"p_active_{h}", Kind.SHARE) for h in (30, 90, 365)),
    _money("expected_spend"),
    _day("overdue_on"),
    _money("clv_12m", indexed=True),
    _money("clv_12m_low"),
    _money("clv_12m_high"),
    _money("value_at_risk", indexed=True),
    _money("potential_12m"),
    _class("clv_note"),
    Column("track_active", Kind.NUMBER, "bigint", hidden=True),
    Column("track_bought", Kind.NUMBER, "bigint", hidden=True),
    Column("track_year", Kind.NUMBER, "integer", hidden=True),
    Column("track_before", Kind.CHOICE, "text", hidden=True),
    Column("track_now", Kind.CHOICE, "text", hidden=True),
    Column("track_cell", Kind.NUMBER, "integer", hidden=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
ALWAYS = {"first_purchase", "last_purchase", "recency_days", "tenure_days", "orders", "purchase_days", "active"}
LEVEL = {"high": _("high"), "mid": _("middle"), "low": _("low"), "none": _("none")}
NOTES = {
    "no_repeat": _("bought once"),
    "new": _("new"),
    "no_spend": _("no amounts"),
    "not_published": _("no forecast"),
}


def reading() -> Language:
    return "zh" if (translation.get_language() or "").startswith("zh") else "en"


def _worded(message: str) -> str:
    return Reader(reading()).say(message)


def _quadrant(letter: str) -> str:
    words = _worded(QUADRANT[letter])
    return words if letter == "dormant" else f"{letter} {words}"


def _group(key: str) -> str:
    return f"{_worded(RFM_GROUP[key])} ({key})"


def _defined(key: str) -> str:
    name = REGISTRY[key].localized(reading()).name
    return name[:1].upper() + name[1:]


worded, quadrant_name, group_name, defined = (lazy(f, str) for f in (_worded, _quadrant, _group, _defined))

CHOICES: dict[str, tuple[tuple[str, Any], ...]] = {
    "abc": tuple((letter, letter) for letter in "ABC"),
    "frequency_class": tuple(LEVEL.items()),
    "amount_class": tuple(LEVEL.items()),
    "rfm_group": tuple((key, group_name(key)) for key in RFM_GROUP),
    "quadrant": tuple((key, quadrant_name(key)) for key in QUADRANT if key != "a"),
    "lifecycle": tuple((key, worded(text)) for key, text in STAGE.items()),
    "lifecycle_b": tuple((key, worded(text)) for key, text in LOYALTY.items()),
    "rhythm": tuple((key, worded(text)) for key, text in RHYTHM.items()),
    "clv_note": tuple(NOTES.items()),
}


@cache
def definition_of(name: str) -> str:
    """The key of the definition that explains a column; empty when none does."""
    wanted = f"customers.parquet: {name}"
    found = [key for key, definition in REGISTRY.items() if wanted in definition.output]
    return name if name in found else next(iter(found), "")


BOUNDS = {"_low": _("{name}, low"), "_high": _("{name}, high")}
OWN_NAMES = {
    "r_score": _("R score"),
    "f_score": _("F score"),
    "m_score": _("M score"),
    "recency_days": _("Days since last purchase"),
    "tenure_days": _("Days since first purchase"),
    "next_purchase_from": _("Next purchase from"),
    "next_purchase_to": _("Next purchase until"),
    "frequency_class": _("Frequency class"),
    "amount_class": _("Amount class"),
    "first_purchase": _("First purchase"),
    "last_purchase": _("Last purchase"),
    "clv_note": _("Note on the forecast"),
    "orders": _("Orders"),
    "orders_window": _("Orders, 12 months"),
    "amount_total": _("Spent to date"),
    "amount_window": _("Spent, 12 months"),
    "profit_total": _("Profit to date"),
    "profit_window": _("Profit, 12 months"),
    "purchase_days": _("Purchase days"),
    "p_active_30": _("Chance to buy in 30 days"),
    "p_active_90": _("Chance to buy in 90 days"),
    "p_active_365": _("Chance to buy in 365 days"),
    "expected_purchases_30": _("Expected purchases, 30 days"),
    "expected_purchases_90": _("Expected purchases, 90 days"),
    "expected_purchases_365": _("Expected purchases, 365 days"),
}


def label_of(name: str) -> Any:
    """What people call a column, in the reader's language when it is read."""
    for ending, text in BOUNDS.items():
        if name.endswith(ending):
            return _bounded(str(text), name.removesuffix(ending), ending)
    return OWN_NAMES.get(name) or defined(definition_of(name))


def _bounded_now(_text: str, name: str, ending: str) -> str:
    return str(BOUNDS[ending]).format(name=label_of(name))


_bounded = lazy(_bounded_now, str)


def fields() -> tuple[Field, ...]:
    """The columns for the registry of filters and lists, under ``metric.<column>``."""
    return tuple(
        Field(
            key=f"metric.{column.name}",
            kind=column.kind,
            label=label_of(column.name),
            group="metric",
            path=column.name,
            choices=CHOICES.get(column.name, ()),
            needs="numbers.view",
            always=column.name in ALWAYS,
            sortable=column.kind != Kind.CHOICE or column.name == "abc",
            indexed=column.indexed,
            decimals=column.decimals,
            definition=definition_of(column.name),
        )
        for column in COLUMNS
        if not column.hidden
    )
