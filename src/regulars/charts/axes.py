"""Axes, labels and ticks that every figure shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from regulars.charts.drawing import Option
from regulars.charts.numbers import month_tick
from regulars.language import Language

NARROW = 420
FONT = 12
_WIDE_FROM = 0x2E80

HATCH: Option = {
    "color": "$line2",
    "symbol": "rect",
    "dashArrayX": [1, 0],
    "dashArrayY": [1, 6],
    "rotation": math.pi / 4,
    "backgroundColor": "transparent",
}


def axis(kind: str, **options: Any) -> Option:
    """An axis in the common look; dictionaries in ``options`` are merged into the defaults."""
    made: Option = {
        "type": kind,
        "axisLine": {"lineStyle": {"color": "$line2"}},
        "axisTick": {"show": False},
        "axisLabel": {"color": "$ink3", "fontSize": FONT},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": "$line"}},
        "nameTextStyle": {"color": "$ink3", "fontSize": FONT},
    }
    for key, value in options.items():
        made[key] = {**made[key], **value} if isinstance(value, dict) and isinstance(made.get(key), dict) else value
    return made


def value_axis(ticks: Sequence[float], labels: Sequence[str], **options: Any) -> Option:
    """A value axis from the first tick to the last whose labels are written beforehand."""
    step = ticks[1] - ticks[0] if len(ticks) > 1 else 1.0
    label = {"formatter": labels_at(ticks, labels), **options.pop("axisLabel", {})}
    return axis("value", min=ticks[0], max=ticks[-1], interval=step, axisLabel=label, **options)


def log_axis(low: float, high: float, ticks: Sequence[float], labels: Sequence[str], **options: Any) -> Option:
    """A value axis over decimal logarithms with labels at ``ticks`` (in plain units) and no grid."""
    places = [math.log10(tick) for tick in ticks]
    label = {"customValues": places, "formatter": labels_at(places, labels), **options.pop("axisLabel", {})}
    bounds = {"min": math.log10(low), "max": math.log10(high), "interval": 1e-3}
    return axis("value", **bounds, axisLabel=label, splitLine={"show": False}, axisTick={"show": False}, **options)


def labels_at(values: Sequence[float], labels: Sequence[str]) -> Option:
    """The formatter that writes ``labels`` at ``values`` and nothing elsewhere (a function made by the browser)."""
    return {"@labels": [[value, label] for value, label in zip(values, labels, strict=True)]}


def figure(**parts: Any) -> Option:
    """An option with what all figures have: no animation, the text style, a tooltip made from ``tip``."""
    return {
        "animation": False,
        "textStyle": {"fontSize": FONT, "color": "$ink2"},
        "tooltip": {"trigger": "item", "confine": True},
        **parts,
    }


def with_narrow(option: Option, narrow: Option) -> Option:
    """``option`` with the changes that hold in a container of at most `NARROW` pixels."""
    return {"baseOption": option, "media": [{"query": {"maxWidth": NARROW}, "option": narrow}]}


def label(**options: Any) -> Option:
    return {"show": True, "color": "$ink", "fontSize": FONT, **options}


def nice_step(span: float, parts: int) -> float:
    """The step of 1, 2 or 5 times a power of ten that cuts ``span`` into at most ``parts``."""
    if span <= 0:
        return 1.0
    raw = span / parts
    power = 10.0 ** math.floor(math.log10(raw))
    for factor in (1, 2, 5, 10):
        if factor * power >= raw * (1 - 1e-9):
            return float(factor * power)
    return 10 * power


def nice_ticks(low: float, high: float, parts: int = 4) -> list[float]:
    """Round ticks that enclose ``low`` to ``high``."""
    step = nice_step(high - low, parts)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    decimals = max(0, -math.floor(math.log10(step)) + 1)
    return [round(index * step, decimals) for index in range(first, last + 1)]


def log_ticks(low: float, high: float, most: int = 7) -> list[float]:
    """1, 2, 5 times powers of ten between ``low`` and ``high``; only powers of ten where that makes too many."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    fine = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
    fitting = [tick for tick in fine if low * (1 - 1e-9) <= tick <= high * (1 + 1e-9)]
    if len(fitting) <= most:
        return fitting
    return [tick for tick in fitting if abs(math.log10(tick) - round(math.log10(tick))) < 1e-6]


def month_names(periods: Sequence[str], lang: Language, most: int) -> list[str]:
    """The name of every month of an axis that is labelled, "" for the others: at most ``most``, January among them."""
    step = next((step for step in (1, 2, 3, 6) if len(periods) <= step * most), 12)
    return [month_tick(period, lang) if (int(period[5:7]) - 1) % step == 0 else "" for period in periods]


def month_axis(periods: Sequence[str], lang: Language, **options: Any) -> tuple[Option, Option]:
    """A category axis of months, and what changes in it where there is little room."""
    every = {"interval": 0}
    wide = axis("category", data=month_names(periods, lang, 8), axisLabel=every, **options)
    return wide, {"data": month_names(periods, lang, 4)}


def text_width(text: str, size: int = FONT) -> float:
    """About how many pixels ``text`` takes: a Han character is a square, a Latin one a little more than half."""
    return sum(size if ord(character) >= _WIDE_FROM else size * 0.58 for character in text)


def spread(positions: Sequence[float], gap: float) -> list[float]:
    """``positions`` moved apart until neighbours are at least ``gap`` from each other, staying as near as they can."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    placed = [positions[index] for index in order]
    for _ in range(200):
        moved = False
        for upper in range(1, len(placed)):
            lack = gap - (placed[upper] - placed[upper - 1])
            if lack > 1e-9:
                placed[upper - 1] -= lack / 2
                placed[upper] += lack / 2
                moved = True
        if not moved:
            break
    result = [0.0] * len(placed)
    for index, place in zip(order, placed, strict=True):
        result[index] = place
    return result
