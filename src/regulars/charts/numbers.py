"""How numbers are written, in both languages: counts, money, rates, intervals, days.

Every function takes plain numbers and a language and returns text. ``None`` becomes an en dash: absent is not zero.
Numbers are rounded half up on their decimal spelling, so 0.125 is 12.5 %, never 12.4 % by an accident of binary.
"""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from regulars.language import Language

ABSENT = "–"
MINUS = "−"
THIN_BASE = 20
COARSE_BASE = 100

_SYMBOLS = {
    "CNY": "¥",
    "JPY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
    "INR": "₹",
    "AUD": "A$",
    "CAD": "C$",
    "SGD": "S$",
}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def fixed(value: float, decimals: int) -> str:
    """``value`` with commas and exactly ``decimals`` places; the minus is U+2212 and never stands before a zero."""
    quantum = Decimal(1).scaleb(-decimals)
    rounded = Decimal(repr(float(value))).quantize(quantum, ROUND_HALF_UP)
    text = f"{abs(rounded):,.{decimals}f}"
    return MINUS + text if rounded < 0 else text


def _scaled(value: float, steps: tuple[tuple[float, int, str], ...]) -> str | None:
    """``value`` in the largest unit of ``steps`` (size, decimals, unit) that it reaches once rounded, or None."""
    finer = [size * 10.0**-decimals for size, decimals, _ in steps[1:]] + [1.0]
    for (size, decimals, unit), resolution in zip(steps, finer, strict=True):
        if abs(value) >= size - resolution / 2:
            return fixed(value / size, decimals) + unit
    return None


def count(value: float | None) -> str:
    """Full digits with commas: 231,062."""
    return ABSENT if value is None else fixed(value, 0)


def count_short(value: float | None, lang: Language) -> str:
    """For axes and phone bars: 23.1万, 231K; full digits below 10,000."""
    if value is None:
        return ABSENT
    if lang == "zh":
        return _scaled(value, ((1e8, 2, "亿"), (1e4, 1, "万"))) or count(value)
    if abs(value) < 1e4:
        return count(value)
    if abs(value) < 99_950:
        return fixed(value / 1e3, 1) + "K"
    if abs(value) < 999_500:
        return fixed(value / 1e3, 0) + "K"
    return fixed(value / 1e6, 2) + "M"


def currency_symbol(currency: str | None) -> str:
    """The sign in front of an amount; a currency without one is named by its code, an unknown one not at all."""
    if not currency:
        return ""
    return _SYMBOLS.get(currency.upper(), f"{currency.upper()} ")


def _with_symbol(text: str, currency: str | None) -> str:
    symbol = currency_symbol(currency)
    return MINUS + symbol + text[1:] if text.startswith(MINUS) else symbol + text


def money(value: float | None, lang: Language, currency: str | None = None) -> str:
    """¥7,015; from 1万 ¥167.8万, from 1亿 ¥2.95亿; in English ¥168K from 100K, ¥1.68M, ¥295M."""
    if value is None:
        return ABSENT
    if lang == "zh":
        text = _scaled(value, ((1e8, 2, "亿"), (1e4, 1, "万")))
    elif abs(value) >= 99_999.5:
        text = _english_money(value)
    else:
        text = None
    return _with_symbol(text or fixed(value, 0), currency)


def _english_money(value: float) -> str:
    size = abs(value)
    if size < 999_500:
        return fixed(value / 1e3, 0) + "K"
    if size < 99_995_000:
        return fixed(value / 1e6, 2) + "M"
    if size < 999_500_000:
        return fixed(value / 1e6, 0) + "M"
    return fixed(value / 1e9, 2) + "B"


def money_exact(value: float | None, currency: str | None = None) -> str:
    """The full amount with two places: ¥1,486.00."""
    return ABSENT if value is None else _with_symbol(fixed(value, 2), currency)


def money_each(value: float | None, lang: Language, currency: str | None = None) -> str:
    """An amount per head or per order: two places below 100, where they still matter."""
    if value is not None and abs(value) < 99.995:
        return money_exact(value, currency)
    return money(value, lang, currency)


def rate(value: float | None, base: int | None = None, *, decimals: int = 1) -> str:
    """48.3%; of a base under 100 without decimals; of a base under 20 the counts alone (7 / 18)."""
    if value is None:
        return ABSENT
    if base is not None and base < THIN_BASE:
        return fraction(round(value * base), base)
    if base is not None and base < COARSE_BASE:
        decimals = 0
    return percent(value, decimals) + "%"


def percent(value: float, decimals: int = 1) -> str:
    """A fraction as a percentage without its sign: 48.3."""
    return fixed(float(Decimal(repr(float(value))) * 100), decimals)


def share(value: float | None) -> str:
    """A rate inside a sentence: 48%; what would read 0% or 100% without being it keeps a decimal."""
    if value is None:
        return ABSENT
    rounded = percent(value, 0)
    if (rounded == "0" and value > 0) or (rounded == "100" and value < 1):
        rounded = percent(value, 1)
    return rounded + "%"


def interval(low: float | None, high: float | None, *, decimals: int = 1) -> str:
    """48.2–48.4, without a second percent sign; empty when there is none."""
    if low is None or high is None:
        return ""
    return f"{percent(low, decimals)}–{percent(high, decimals)}"


def rate_interval(low: float | None, high: float | None, base: int | None) -> str:
    """The interval beside ``rate(value, base)``: as precise as the rate, and none where only counts are shown."""
    if base is not None and base < THIN_BASE:
        return ""
    return interval(low, high, decimals=0 if base is not None and base < COARSE_BASE else 1)


def points(difference: float | None, lang: Language) -> str:
    """A difference of rates: +1.2 点, +1.2 pts."""
    if difference is None:
        return ABSENT
    text = percent(difference)
    sign = "" if text.startswith(MINUS) or text == "0.0" else "+"
    return f"{sign}{text} {'点' if lang == 'zh' else 'pts'}"


def fraction(numerator: float | None, denominator: float | None) -> str:
    """231,062 / 461,448."""
    return f"{count(numerator)} / {count(denominator)}"


def days(value: float | None, lang: Language, *, decimals: int = 0) -> str:
    """38 天, 38 days."""
    if value is None:
        return ABSENT
    text = fixed(value, decimals)
    if lang == "zh":
        return f"{text} 天"
    return f"{text} {'day' if text == '1' else 'days'}"


def ratio(value: float | None, *, decimals: int = 2) -> str:
    """Lateness and its kin: 1.81."""
    return ABSENT if value is None else fixed(value, decimals)


def _day(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value[:10])


def day(value: str | date | None, lang: Language) -> str:
    """2026年10月31日, 31 Oct 2026."""
    if value is None:
        return ABSENT
    at = _day(value)
    if lang == "zh":
        return f"{at.year}年{at.month}月{at.day}日"
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def day_table(value: str | date | None) -> str:
    """2026-10-31."""
    return ABSENT if value is None else _day(value).isoformat()


def day_near(value: str | date, lang: Language) -> str:
    """9月30日, 30 Sep: the year is plain from the context."""
    at = _day(value)
    return f"{at.month}月{at.day}日" if lang == "zh" else f"{at.day} {_MONTHS[at.month - 1]}"


def day_span(start: str | date, end: str | date, lang: Language) -> str:
    """9/30–10/22, 30 Sep–22 Oct."""
    a, b = _day(start), _day(end)
    if lang == "zh":
        return f"{a.month}/{a.day}–{b.month}/{b.day}"
    return f"{day_near(a, lang)}–{day_near(b, lang)}"


def month(period: str, lang: Language) -> str:
    """2026-10 in a sentence: 2026年10月, Oct 2026."""
    year, number = period[:4], int(period[5:7])
    return f"{year}年{number}月" if lang == "zh" else f"{_MONTHS[number - 1]} {year}"


def month_tick(period: str, lang: Language) -> str:
    """2026-10 on an axis: 10月, Oct; January is its year."""
    year, number = period[:4], int(period[5:7])
    if number == 1:
        return f"{year}年" if lang == "zh" else year
    return f"{number}月" if lang == "zh" else _MONTHS[number - 1]


def quarter(period: str, lang: Language) -> str:
    """2026-Q3: 2026 年 3 季度, Q3 2026."""
    year, number = period[:4], period[-1]
    return f"{year} 年 {number} 季度" if lang == "zh" else f"Q{number} {year}"


def period(name: str, lang: Language) -> str:
    """A month or a quarter as summary.json names it."""
    return quarter(name, lang) if "Q" in name else month(name, lang)
