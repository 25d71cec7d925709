"""The slow way to read a date, for what the kernel leaves over: month names, 上午/下午, full-width digits, zones in
words."""

from __future__ import annotations

import re
import unicodedata

import numpy as np

from regulars.ingest.dates import (
    BAD,
    EMPTY,
    INSTANT,
    LAST_DAY,
    LOCAL,
    DateOrder,
    parse_dates,
    possible_orders,
    settle_dates,
)


def _names(text: str) -> dict[str, int]:
    return {name: i + 1 for i, name in enumerate(text.split())}


_MONTHS = _names("jan feb mar apr may jun jul aug sep oct nov dec")
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = re.compile(
    r"\(?\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b\)?[.,]*|[(]?(?:星期|周)[一二三四五六日天][)]?"
)
_DAY_MONTH = re.compile(rf"^(\d{{1,2}})(?:st|nd|rd|th)?[ -]*{_MONTH}[ ,-]*(\d{{4}}|\d{{2}})(?!\d)")
_MONTH_DAY = re.compile(rf"^{_MONTH}[ -]*(\d{{1,2}})(?:st|nd|rd|th)?[ ,-]+(\d{{4}})(?!\d)")
_YEAR_MONTH = re.compile(rf"^(\d{{4}})[ -]*{_MONTH}[ -]*(\d{{1,2}})(?!\d)")
_HALF = re.compile(r"(上午|下午|早上|凌晨|中午|晚上)\s*(\d{1,2}:\d{2}(?::\d{2})?)")
_CHINESE_CLOCK = re.compile(r"(\d{1,2})[时点](\d{1,2})分(?:(\d{1,2})秒?)?")
_ZONE = re.compile(r"\s*(z|[+-]\d{2}:?\d{2})$")


def _iso_date(text: str) -> str:
    for pattern, order in ((_DAY_MONTH, "dmy"), (_MONTH_DAY, "mdy"), (_YEAR_MONTH, "ymd")):
        found = pattern.match(text)
        if found:
            part = dict(zip(order, found.groups(), strict=True))
            year = int(part["y"])
            if len(part["y"]) == 2:
                year += 2000 if year < 70 else 1900
            return f"{year:04}-{_MONTHS[part['m']]:02}-{int(part['d']):02}" + text[found.end() :]
    return text


def _half_day(found: re.Match[str]) -> str:
    hour = int(found[2].split(":")[0])
    if hour > 12:
        return found[2]
    late = found[1] in ("下午", "晚上") or (found[1] == "中午" and hour < 11)
    return f"{found[2]} {'pm' if late or (found[1] == '中午' and hour == 12) else 'am'}"


def _simplified(text: str) -> str:
    """The date in words the kernel knows: ASCII digits, numbered months, am and pm, one blank."""
    text = unicodedata.normalize("NFKC", text).strip().lower().replace("点整", ":00")
    text = re.sub(r"\[.*\]$", "", text)
    text = re.sub(r"\s*(gmt|utc)\s*(?=[+-]\d)|\s*\(.*time\)$", "", text)
    text = re.sub(r"\s*gmt$", "z", text)
    text = re.sub(r"\s+", " ", _WEEKDAY.sub(" ", text)).strip(" ,")
    text = _CHINESE_CLOCK.sub(lambda m: f"{m[1]}:{int(m[2]):02}:{int(m[3] or 0):02}", text)
    text = _HALF.sub(_half_day, text)
    text = re.sub(r"([ap])\.m\.?", r"\1m", text)
    text = re.sub(r"\s*([/.-])\s*(?=\d)", r"\1", text) if re.match(r"^\d+\s*[/.-]\s*\d+\s*[/.-]\s*\d+$", text) else text
    text = re.sub(r"^(\d+[/.-]\d+[/.-]\d+),? +", r"\1 ", text)
    text = _iso_date(text)
    return re.sub(r"^(\d{4}-\d\d-\d\d)(?:,| at)? +", r"\1 ", text)


def _one(text: str, order: DateOrder | None) -> tuple[int, int]:
    raw = np.frombuffer(text.encode(), np.uint8)
    value, form = np.zeros(1, np.int64), np.zeros(1, np.int8)
    tally = np.zeros(5, np.int64)
    parse_dates(raw, np.zeros(1, np.int64), np.full(1, raw.size, np.int64), value, form, tally)
    if form[0] >= LAST_DAY:
        orders = [order] if order else possible_orders(tally)
        if len(orders) != 1:
            return 0, BAD
        settle_dates(value, form, orders[0])
    return int(value[0]), int(form[0])


def read_date(text: str, order: DateOrder | None = None) -> tuple[int, int]:
    """(value, form) of one cell by the slow way, which knows words; the form is EMPTY, BAD or RANGE when there is
    no date."""
    plain = _simplified(text)
    if not plain:
        return 0, EMPTY
    value, form = _one(plain, order)
    zone = _ZONE.search(plain)
    if form == BAD and zone:
        value, form = _one(plain[: zone.start()], order)
        if form == LOCAL:
            sign = zone[1].replace(":", "")
            offset = 0 if sign == "z" else int(sign[0] + "1") * (int(sign[1:3]) * 3600 + int(sign[3:5]) * 60)
            return value - offset, INSTANT
    return value, form
