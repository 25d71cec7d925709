"""The cells of a list as HTML: numbers right, states as chips, nothing known as a dash."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from regulars.crm.customers.filters.fields import Field, Kind
from regulars.web.templatetags import regulars as words

TONES = {
    "rhythm": {"on_rhythm": "steady", "due": "due", "slipping": "slip", "dormant": "dorm", "lost": "lost"},
    "lifecycle": {"growth": "grow", "maturity": "steady", "decline": "slip", "churned": "lost", "acquisition": "none"},
    "quadrant": {"e": "vA", "d": "vA", "c": "steady", "b": "none", "dormant": "dorm"},
}
LATE = ((4.0, "lost"), (2.5, "dorm"), (1.5, "slip"), (1.0, "due"))
RIGHT = (Kind.NUMBER, Kind.MONEY, Kind.SHARE)
EDITABLE = ("name", "region", "source", "tier", "wechat", "phone", "email", "address", "owner")


@dataclass(frozen=True)
class Cell:
    """``label``: the column's name, which a card on a phone shows beside the value."""

    html: Any
    column: Field
    right: bool
    muted: bool
    editable: bool


def metric(column: Field) -> str:
    return column.key.removeprefix("metric.") if column.group == "metric" else ""


def shown(column: Field, value: Any) -> Any:
    """``value`` as people read it."""
    name = metric(column)
    if value is None or value == "" or value == []:
        return mark_safe('<span class="dim">–</span>')
    if name == "abc":
        return format_html('<span class="abc {}">{}</span>', value, value)
    if name in TONES:
        return chip(column, name, value)
    if name == "lateness":
        return lateness(float(value))
    if column.key == "rfm":
        return str(value).replace("-", " ")
    if isinstance(value, list):
        return format_html_join(" ", '<span class="chip no">{}</span>', ((each,) for each in value))
    return plain(column, value)


def plain(column: Field, value: Any) -> str:
    if column.kind is Kind.MONEY:
        return words.money(Decimal(str(value)))
    if column.kind is Kind.SHARE:
        return words.decimal(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if column.kind is Kind.NUMBER:
        number = Decimal(str(value))
        places = column.decimals if column.decimals is not None else (0 if number == number.to_integral() else 2)
        return words.decimal(number, places)
    if isinstance(value, date | datetime):
        return words.day(value)
    if column.kind is Kind.DATE:
        return str(value)
    if column.kind is Kind.CHOICE:
        return str(dict(column.options()).get(value, value))
    return str(value)


def chip(column: Field, name: str, value: Any) -> SafeString:
    label = dict(column.options()).get(value, value)
    shape = " sq" if name == "quadrant" else ""
    return format_html('<span class="chip c-{}{}">{}</span>', TONES[name].get(value, "none"), shape, label)


def lateness_tone(value: float) -> str:
    return next((tone for least, tone in LATE if value > least), "steady")


def lateness(value: float) -> SafeString:
    width = max(1, min(56, round(value / 4 * 56)))
    return format_html(
        '{}<svg class="lt k-{}" viewBox="0 0 56 6" width="56" height="6" aria-hidden="true">'
        '<rect width="56" height="6" rx="3" class="rail"/><rect width="{}" height="6" rx="3" class="fill"/></svg>',
        words.decimal(value),
        lateness_tone(value),
        width,
    )


def cell(column: Field, value: Any, may_edit: bool, masked: bool) -> Cell:
    editable = may_edit and not masked and (column.key in EDITABLE or column.group == "custom")
    muted = column.key in ("phone", "email", "rfm") or column.kind in (Kind.DATE, Kind.MOMENT)
    right = column.kind in RIGHT
    return Cell(shown(column, value), column, right, muted, editable)
