"""Numbers, money and days as the design writes them; a missing value is an en dash, never 0."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from regulars.config.options import options
from regulars.web import languages

register = template.Library()
NOTHING = "–"
MINUS = "−"
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}
WAN, YI = 10_000, 100_000_000
THOUSAND, MILLION = 1_000, 1_000_000
Number = int | float | Decimal


def _sign(currency: str) -> str:
    code = currency or options().currency
    return SIGNS.get(code, f"{code} ")


def _scaled(value: float, exact_below: int) -> str:
    """``value`` (not negative) in full, or in 万 and 亿, K and M."""
    zh = languages.reading() == "zh"
    if value < exact_below:
        return f"{value:,.0f}"
    unit, word = (WAN, "万") if zh else (THOUSAND, "K")
    if value >= (YI if zh else MILLION) * 0.9995:
        unit, word = (YI, "亿") if zh else (MILLION, "M")
    part = float(value) / unit
    digits = 2 if part < 10 else 1 if part < 100 or zh else 0
    return f"{part:,.{digits}f}{word}"


@register.filter
def count(value: Number | None) -> str:
    """231,062"""
    return NOTHING if value is None else _signed(value, f"{abs(value):,.0f}")


@register.filter
def short(value: Number | None) -> str:
    """23.1万, 104.2万; 231K, 1.04M"""
    if value is None:
        return NOTHING
    low = WAN if languages.reading() == "zh" else 10_000
    return _signed(value, _scaled(abs(float(value)), low))


@register.filter
def money(value: Number | None, currency: str = "") -> str:
    """¥7,015; from 1万 ¥167.8万, from 100K $168K. ``value`` in units of the currency."""
    if value is None:
        return NOTHING
    low = WAN if languages.reading() == "zh" else 100_000
    return _signed(value, _sign(currency) + _scaled(abs(float(value)), low))


@register.filter
def money_full(value: Number | None, currency: str = "") -> str:
    """¥7,015.00: an amount of one order."""
    return NOTHING if value is None else _signed(value, f"{_sign(currency)}{abs(value):,.2f}")


@register.filter
def rate(value: Number | None, digits: int = 1) -> str:
    """48.3%; ``value`` is a fraction."""
    return NOTHING if value is None else _signed(value, f"{abs(float(value)) * 100:.{digits}f}%")


@register.filter
def decimal(value: Number | None, digits: int = 2) -> str:
    """1.81"""
    return NOTHING if value is None else _signed(value, f"{abs(float(value)):,.{digits}f}")


def _signed(value: Number, text: str) -> str:
    return f"{MINUS}{text}" if value < 0 and any(c in "123456789" for c in text) else text


def _local(value: date | datetime) -> date | datetime:
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: date | datetime | None) -> str:
    """2026-10-31"""
    return NOTHING if value is None else f"{_local(value):%Y-%m-%d}"


@register.filter
def day_long(value: date | datetime | None) -> str:
    """2026年10月31日; 31 Oct 2026"""
    if value is None:
        return NOTHING
    told = _local(value)
    if languages.reading() == "zh":
        return f"{told.year}年{told.month}月{told.day}日"
    return f"{told.day} {told:%b} {told.year}"


@register.filter
def day_near(value: date | datetime | None) -> str:
    """9月30日; 30 Sep"""
    if value is None:
        return NOTHING
    told = _local(value)
    return f"{told.month}月{told.day}日" if languages.reading() == "zh" else f"{told.day} {told:%b}"


@register.filter
def moment(value: datetime | None) -> str:
    """2026-10-31 02:14, in the business time zone"""
    return NOTHING if value is None else f"{_local(value):%Y-%m-%d %H:%M}"


@register.filter
def duration(seconds: Number | None) -> str:
    """12 秒, 3 分钟, 2 小时"""
    if seconds is None:
        return NOTHING
    whole = max(0, round(seconds))
    if whole < 60:
        return ngettext("{n} second", "{n} seconds", whole).format(n=whole)
    if whole < 3600:
        minutes = round(whole / 60)
        return ngettext("{n} minute", "{n} minutes", minutes).format(n=minutes)
    hours = round(whole / 3600)
    return ngettext("{n} hour", "{n} hours", hours).format(n=hours)


@register.filter
def days(value: Number | None) -> str:
    """38 天"""
    if value is None:
        return NOTHING
    whole = round(value)
    return ngettext("{n} day", "{n} days", whole).format(n=f"{whole:,}")


@register.filter
def file_size(value: Number | None) -> str:
    """1.4 MB"""
    if value is None:
        return NOTHING
    amount = float(value)
    for unit in ("B", "KB", "MB"):
        if amount < 1000:
            return f"{amount:,.0f} {unit}" if unit == "B" else f"{amount:,.1f} {unit}"
        amount /= 1000
    return f"{amount:,.1f} GB"


@register.filter
def dash(value: Any) -> Any:
    """The value, or an en dash for nothing."""
    return NOTHING if value is None or value == "" else value


@register.filter
def initials(name: str) -> str:
    """The letters in somebody's round mark: 林, LW."""
    words = name.split()
    if not words:
        return "?"
    if any("\u4e00" <= c <= "\u9fff" for c in name):
        return name.strip()[0]
    return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper()


@register.filter
def as_json(value: Any) -> str:
    """For an attribute: Django escapes it there."""
    return json.dumps(value, ensure_ascii=False)


@register.simple_tag
def bound(form_field: Any, described_by: str = "", **attributes: Any) -> SafeString:
    """A form's control with what its label and messages need."""
    extra = {k.replace("_", "-"): v for k, v in attributes.items() if v not in (None, "", False)}
    if form_field.errors:
        extra["aria-invalid"] = "true"
    if described_by:
        extra["aria-describedby"] = described_by
    rendered: SafeString = form_field.as_widget(attrs=extra)
    return rendered


@register.simple_tag
def weekday(value: date) -> str:
    names = (
        gettext("Monday"), gettext("Tuesday"), gettext("Wednesday"), gettext("Thursday"), gettext("Friday"),
        gettext("Saturday"), gettext("Sunday"),
    )  # fmt: skip
    return names[value.weekday()]


@register.simple_tag(takes_context=True)
def shown_job(context: Any, job: Any) -> Any:
    """A job as pages show it, made from a row where a page has only that."""
    from regulars.web.views.jobs.shown import ShownJob

    return job if isinstance(job, ShownJob) else ShownJob(job, context["request"].user)
