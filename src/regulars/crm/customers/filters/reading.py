"""A tree read aloud: one sentence that says who is meant, in the reader's language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, pgettext

from regulars.charts import numbers
from regulars.crm.customers.filters.fields import Field, Kind, Registry
from regulars.crm.customers.filters.operators import SHAPES
from regulars.crm.customers.filters.tree import Condition, Group
from regulars.language import Language

# How an operator reads between its field and its value; also its word in the filter bar.
WORDS = {
    "is": gettext_noop("is"),
    "is_not": gettext_noop("is not"),
    "has_all": gettext_noop("has all of"),
    "contains": gettext_noop("contains"),
    "starts": gettext_noop("begins with"),
    "equals": gettext_noop("equals"),
    "at_least": gettext_noop("at least"),
    "at_most": gettext_noop("at most"),
    "above": gettext_noop("above"),
    "below": gettext_noop("below"),
    "between": gettext_noop("between"),
    "on": gettext_noop("on"),
    "before": gettext_noop("before"),
    "since": gettext_noop("since"),
    "last_days": gettext_noop("in the last"),
    "next_days": gettext_noop("in the next"),
    "older_days": gettext_noop("longer ago than"),
    "yes": gettext_noop("is yes"),
    "no": gettext_noop("is no"),
    "empty": gettext_noop("is empty"),
    "filled": gettext_noop("is known"),
    "within": gettext_noop("within the last"),
    "not_within": gettext_noop("none within the last"),
    "bought": gettext_noop("is"),
    "not_bought": gettext_noop("is none of"),
}


def word(op: str) -> str:
    return _(WORDS[op])


def sentence(tree: Group, registry: Registry, lang: Language) -> str:
    """The whole tree; for no condition "all customers"."""
    if not tree:
        return _("All customers")
    return _("Customers: {conditions}").format(conditions=_group(tree, registry, lang, top=True))


def _group(group: Group, registry: Registry, lang: Language, top: bool = False) -> str:
    parts = [
        _group(part, registry, lang) if isinstance(part, Group) else said(part, registry, lang)
        for part in group.parts
        if not isinstance(part, Group) or part
    ]
    if group.join == "none":
        return _("none of ({conditions})").format(conditions=_(" or ").join(parts))
    joined = (_(" and ") if group.join == "all" else _(" or ")).join(parts)
    return joined if top or len(parts) == 1 else _("({conditions})").format(conditions=joined)


def said(condition: Condition, registry: Registry, lang: Language) -> str:
    """One condition: "profit to date at least ¥300"."""
    field = registry.get(condition.field)
    if field is None:
        return _("a field that no longer exists")
    value = value_said(field, condition.op, condition.value, lang)
    parts = {"field": field.label, "op": word(condition.op), "value": value}
    return (_("{field} {op} {value}") if value else _("{field} {op}")).format(**parts)


def value_said(field: Field, op: str, value: Any, lang: Language) -> str:
    """The value of a condition as people write it."""
    shape = SHAPES[op].values
    if shape == "none":
        return ""
    if op == "older_days":
        return pgettext("ago", "{count} days").format(count=numbers.count(value))
    if shape == "days":
        return _("{count} days").format(count=numbers.count(value))
    if shape == "bought":
        names = _(", ").join(value[1:])
        return _("{names} in the last {count} days").format(names=names, count=numbers.count(value[0]))
    if shape == "two":
        return _("{low} and {high}").format(low=one_said(field, value[0], lang), high=one_said(field, value[1], lang))
    if shape == "many":
        return _(", ").join(named(field, value, lang))
    return one_said(field, value, lang)


def named(field: Field, values: list[str], lang: Language) -> list[str]:
    names = {str(key): str(name) for key, name in field.options()}
    return [names.get(each) or one_said(field, each, lang) for each in values]


def one_said(field: Field, value: str, lang: Language) -> str:
    if field.kind is Kind.MONEY:
        return f"¥{_digits(value)}"
    if field.kind in (Kind.NUMBER, Kind.SHARE):
        return _digits(value)
    if field.kind in (Kind.DATE, Kind.MOMENT):
        return numbers.day(date.fromisoformat(value), lang)
    return value


def _digits(value: str) -> str:
    return f"{Decimal(value):,f}".replace("-", numbers.MINUS)
