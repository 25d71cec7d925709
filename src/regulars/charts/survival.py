"""How soon customers come back a second time: share returned by day since the first purchase (Kaplan–Meier)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, label, nice_ticks, spread, text_width, value_axis, with_narrow
from regulars.charts.drawing import Column, Drawing, Option, Row, Table, nothing, with_tips
from regulars.charts.reader import Reader
from regulars.charts.tokens import mix

HEIGHT = 272
MOST_LINES = 6
FEWEST_IN_A_LINE = 20
SPANS = (90, 180, 360, 720)
_STEPS, _TICKS = 60, 6
_TABLE_STEPS = 12
_DASHES: tuple[Any, ...] = ("solid", [7, 3], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4])
_LONGEST_NAME, _SHORTEST_NAME = 112.0, 64.0


def span_of(curves: Sequence[Row]) -> int:
    """Days that are drawn: up to the last return, 360 at most; 720 where half have not come back by then."""
    longest = max((curve["points"][-1][0] for curve in curves if curve["points"]), default=0)
    if longest <= 360:
        return next(span for span in SPANS if longest <= span)
    old = [curve["median_days"] for curve in curves if curve["points"] and curve["points"][-1][0] > 360]
    return 720 if all(half is None or half > 360 for half in old) else 360


def returned(curve: Row, day: int) -> tuple[float, float, float] | None:
    """Share that had returned by ``day`` with its interval; None after the last return that was seen."""
    points = curve["points"]
    if not points or day > points[-1][0]:
        return None
    _, waiting, low, high = points[max(0, bisect_right([point[0] for point in points], day) - 1)]
    return round(1.0 - waiting, 4), round(1.0 - high, 4), round(1.0 - low, 4)


def overall(curve: Row | None, reader: Reader) -> Drawing:
    """``value.survival.overall`` with its 95 % band."""
    columns = (
        Column("day", reader.say("Days since the first purchase"), "count"),
        Column("share", reader.say("Came again"), "rate"),
        Column("low", reader.say("Interval, low"), "rate"),
        Column("high", reader.say("Interval, high"), "rate"),
    )
    curves = [curve] if curve else []
    days = _days(curves, _TABLE_STEPS)
    found = _along(curve, days) if curve else []
    table = Table(columns, tuple((day, *at) for day, at in zip(days, found, strict=False) if at is not None))
    if not curve or not curve["events"]:
        return nothing(reader.say("Nobody has come back a second time yet."), table)
    return Drawing(_overall_option(curve, reader), table, HEIGHT)


def groups(curves: Sequence[Row] | None, names: Sequence[str], reader: Reader) -> Drawing:
    """One line a group (quarter of the first purchase, first product), at most six, those of under 20 people left out.

    ``names`` are the words for the groups, in the order of ``curves``; the lines carry the plain names of the curves.
    """
    chosen = [(name, curve) for name, curve in zip(names, curves or (), strict=True) if is_drawn(curve)][-MOST_LINES:]
    drawn = [curve for _, curve in chosen]
    columns = (
        Column("day", reader.say("Days since the first purchase"), "count"),
        *(Column(f"group_{place}", name, "rate") for place, (name, _) in enumerate(chosen)),
    )
    days = _days(drawn, _TABLE_STEPS)
    table = Table(columns, tuple(zip(days, *(_shares(curve, days) for curve in drawn), strict=True)))
    if not drawn:
        return nothing(reader.say("No group has enough customers for a curve."), table)
    return Drawing(_groups_option([name for name, _ in chosen], drawn, reader), table, HEIGHT)


def is_drawn(curve: Row) -> bool:
    return bool(curve["customers"] >= FEWEST_IN_A_LINE and curve["events"] and curve["points"])


def _along(curve: Row, days: Sequence[int]) -> list[tuple[float, float, float] | None]:
    """The curve at ``days``; the first of them after its last return shows that return."""
    found = [returned(curve, day) for day in days]
    after = next((place for place, at in enumerate(found) if at is None), None)
    if after is not None and curve["points"]:
        found[after] = returned(curve, curve["points"][-1][0])
    return found


def _shares(curve: Row, days: Sequence[int]) -> list[float | None]:
    return [at and at[0] for at in _along(curve, days)]


def _days(curves: Sequence[Row], steps: int) -> list[int]:
    span = span_of(curves)
    step = max(1, span // steps)
    return list(range(0, span + 1, step))


def _frame(days: list[int], most: float, reader: Reader, room: float, series: list[Option]) -> Option:
    ticks = nice_ticks(0.0, max(most, 0.05), 5)
    shown = {round(place * days[-1] / _TICKS) for place in range(_TICKS + 1)}
    below = axis(
        "category", data=[str(day) if day in shown else "" for day in days], boundaryGap=False,
        name=reader.say("Days since the first purchase"), nameLocation="middle", nameGap=28,
        axisLabel={"interval": 0},
    )  # fmt: skip
    return figure(
        grid={"left": 46, "right": round(room), "top": 16, "bottom": 44},
        tooltip={"trigger": "axis", "confine": True, "axisPointer": {"type": "line", "lineStyle": {"color": "$line2"}}},
        xAxis=below,
        yAxis=value_axis(ticks, [numbers.rate(tick, decimals=0) for tick in ticks], axisLine={"show": False}),
        series=series,
    )


def _overall_option(curve: Row, reader: Reader) -> Option:
    days = _days([curve], _STEPS)
    found = _along(curve, days)
    most = max(at[2] for at in found if at is not None)
    hidden: Option = {
        "type": "line",
        "stack": "band",
        "lineStyle": {"opacity": 0},
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
    }
    low = {**hidden, "data": [at and at[1] for at in found]}
    depth = [at and round(at[2] - at[1], 4) for at in found]
    line = _line([at and at[0] for at in found], "$steady", "solid", 2.0)
    line |= with_tips(
        [reader.say("Came again"), reader.say("interval (95%)")],
        [{"value": at and at[0], "tip": _tip(day, at, reader)} for day, at in zip(days, found, strict=True)],
    )
    series = [low, {**hidden, "data": depth, "areaStyle": {"color": "$steady", "opacity": 0.24}}, line]
    return _frame(days, most, reader, 16, series)


def _tip(day: int, at: tuple[float, float, float] | None, reader: Reader) -> list[str]:
    shown = [numbers.ABSENT, ""] if at is None else [numbers.rate(at[0]), numbers.interval(at[1], at[2])]
    return [reader.days(day), *shown]


def _groups_option(names: list[str], curves: list[Row], reader: Reader) -> Option:
    days = _days(curves, _STEPS)
    shares = [_shares(curve, days) for curve in curves]
    most = max(share for line in shares for share in line if share is not None)
    ends = [[share for share in line if share is not None][-1] for line in shares]
    scale = (HEIGHT - 60) / max(most, 0.05)
    moved = spread([-end * scale for end in ends], 16)
    shifts = [round(to + end * scale) for to, end in zip(moved, ends, strict=True)]
    plain = [str(curve["name"]) for curve in curves]
    wide, narrow = ([_cut(name, room) for name in plain] for room in (_LONGEST_NAME, _SHORTEST_NAME))
    series = []
    for place, line in enumerate(shares):
        age = (place + 1) / len(shares)
        made = _line(line, mix("due", "steady", age), _DASHES[(len(shares) - 1 - place) % len(_DASHES)], 1.0 + age)
        made["endLabel"] = _end(wide[place], shifts[place])
        series.append(made)
    tips = [_group_tip(day, [line[at] for line in shares], reader) for at, day in enumerate(days)]
    # a line without a mark carries the words of all of them, also where others have ended
    words = with_tips(names, [{"value": 0, "tip": text} for text in tips])
    series.append(_line([], "transparent", "solid", 0.0) | words)
    room = max(text_width(name) for name in wide) + 14
    changes: Option = {
        "grid": {"right": round(max(text_width(name) for name in narrow) + 12)},
        "series": [{"endLabel": _end(name, shift)} for name, shift in zip(narrow, shifts, strict=True)],
    }
    return with_narrow(_frame(days, most, reader, room, series), changes)


def _line(data: list[float | None], colour: str, dash: Any, width: float) -> Option:
    return {
        "type": "line",
        "z": 5,
        "data": data,
        "symbol": "none",
        "connectNulls": False,
        "lineStyle": {"color": colour, "width": width, "type": dash},
        "itemStyle": {"color": colour},
    }


def _end(name: str, shift: int) -> Option:
    return label(formatter=name, color="$ink2", distance=4, offset=[0, shift], backgroundColor="$card", padding=[0, 2])


def _cut(name: str, room: float) -> str:
    """``name`` shortened to ``room`` pixels."""
    if text_width(name) <= room:
        return name
    kept = name
    while kept and text_width(kept) + 12 > room:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def _group_tip(day: int, shares: list[float | None], reader: Reader) -> list[str]:
    return [reader.days(day), *(numbers.rate(share) for share in shares)]
