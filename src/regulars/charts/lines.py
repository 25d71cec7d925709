"""Rates over time as lines with bands, rings and hatches: what retention and churn are drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import (
    FONT,
    HATCH,
    figure,
    label,
    month_axis,
    nice_ticks,
    spread,
    text_width,
    value_axis,
    with_narrow,
)
from regulars.charts.drawing import WHO, Option, Row, Tip
from regulars.charts.reader import Reader

FEWEST_FOR_A_LINE = 6
THINNEST_POINT = 20
MOST_LABELLED = 2


@dataclass(frozen=True)
class Series:
    """One line: the keys of its value and interval in a row, its name, and its colours (mark and word)."""

    key: str
    name: str
    colour: str
    ink: str
    low: str = ""
    high: str = ""
    dash: tuple[int, int] | None = None
    ringed: bool = False
    labelled: bool = False
    of_people: bool = True

    def written(self, row: Row) -> str:
        """The rate of a row: as precise as its base allows, counts alone where that is under 20 people."""
        value, base = row.get(self.key), row["S"]
        if self.of_people or value is None or base >= numbers.COARSE_BASE:
            return numbers.rate(value, base)
        return numbers.rate(value, decimals=0)


def is_drawn(row: Row) -> bool:
    """Whether a row is part of the lines: fully observed, or ``drawn`` under a policy that needs no window."""
    return bool(row.get("drawn", row["fully_observed"]))


def rate_lines(
    rows: Sequence[Row], series: Sequence[Series], tips: Sequence[Tip], reader: Reader, *, from_zero: bool,
    opens: str = "",
) -> Option:  # fmt: skip
    """Lines over months; rows not fully observed are hatched and, unless drawn, not joined; thin points are dots.

    ``opens``: the movement whose customers a point stands for.
    """
    seen = [value for row in rows if is_drawn(row) for value in _reach(row, series)]
    ticks = nice_ticks(0.0 if from_zero else min(seen), max(seen) or 0.01, 5)
    decimals = 1 if ticks[1] - ticks[0] < 0.01 - 1e-9 else 0
    last = [_last(rows, line.key) for line in series]
    ends = [f"{line.name} {line.written(row) if row else ''}" for line, row in zip(series, last, strict=True)]
    room = max(text_width(end) for end in ends) + 14
    made: list[Option] = []
    if not all(row["fully_observed"] for row in rows):
        made.append(_hatch(rows, ticks, tips))
    for line in series:
        made += _band(rows, line) if line.low else []
    shifts = _shifts([row[line.key] if row else None for line, row in zip(series, last, strict=True)], ticks)
    for number, line in enumerate(series):
        made.append(_line(rows, line, tips if number == 0 else None, last[number], shifts[number], opens))
    months = month_axis([row["period"] for row in rows], reader.lang, boundaryGap=True)
    return _assemble(months, ticks, decimals, made, room)


def _assemble(
    months: tuple[Option, Option], ticks: list[float], decimals: int, made: list[Option], room: float
) -> Option:
    percents = [numbers.percent(tick, decimals) + "%" for tick in ticks]
    option = figure(
        grid={"left": 46, "right": round(room), "top": 16, "bottom": 26},
        tooltip={"trigger": "axis", "confine": True, "axisPointer": {"type": "line", "lineStyle": {"color": "$line2"}}},
        xAxis=months[0],
        yAxis=value_axis(ticks, percents, axisLine={"show": False}),
        series=made,
    )
    return with_narrow(option, {"xAxis": months[1]})


def _reach(row: Row, series: Sequence[Series]) -> list[float]:
    keys = [key for line in series for key in (line.key, line.low, line.high) if key]
    return [row[key] for key in keys if row.get(key) is not None]


def _last(rows: Sequence[Row], key: str) -> Row | None:
    return next((row for row in reversed(rows) if is_drawn(row) and row.get(key) is not None), None)


def _shifts(last: Sequence[float | None], ticks: Sequence[float]) -> list[float]:
    """Pixels by which the words at the ends of the lines move apart so that none covers another."""
    scale = 190 / (ticks[-1] - ticks[0])
    places = [-(value or 0.0) * scale for value in last]
    return [moved - place for moved, place in zip(spread(places, 17), places, strict=True)]


def _values(rows: Sequence[Row], key: str) -> list[float | None]:
    return [row.get(key) if is_drawn(row) else None for row in rows]


def _band(rows: Sequence[Row], line: Series) -> list[Option]:
    low, high = _values(rows, line.low), _values(rows, line.high)
    depth = [None if a is None or b is None else b - a for a, b in zip(low, high, strict=True)]
    shared: Option = {
        "type": "line",
        "stack": f"{line.key}-band",
        "lineStyle": {"opacity": 0},
        "symbol": "none",
        "silent": True,
        "tooltip": {"show": False},
    }
    return [
        {**shared, "data": low},
        {**shared, "data": depth, "areaStyle": {"color": f"${line.colour}", "opacity": 0.24}},
    ]


def _line(
    rows: Sequence[Row], line: Series, tips: Sequence[Tip] | None, last: Row | None, shift: float, opens: str
) -> Option:
    observed = sum(is_drawn(row) and row.get(line.key) is not None for row in rows)
    sparse = observed < FEWEST_FOR_A_LINE
    labelled = line.labelled and sum(bool(row.get("alarm")) for row in rows) <= MOST_LABELLED
    data: list[Any] = []
    for index, (row, value) in enumerate(zip(rows, _values(rows, line.key), strict=True)):
        point: Option = {
            "value": value,
            **_symbol(row, line, sparse=sparse, labelled=labelled and index < len(rows) - 1),
        }
        if tips is not None:
            point["tip"] = tips[index]
            if opens and value is not None:
                point[WHO] = f"move:month.{row['period']}.{opens}"
        data.append(point)
    ink = {"color": f"${line.ink}", "fontSize": FONT}
    return {
        "type": "line",
        "z": 5,
        "data": data,
        "connectNulls": False,
        "showSymbol": True,
        "showAllSymbol": True,
        "lineStyle": {
            "color": f"${line.colour}",
            "width": 0 if sparse else 2,
            "type": list(line.dash or ()) or "solid",
        },
        "itemStyle": {"color": f"${line.colour}"},
        "endLabel": label(
            **{
                **ink,
                "formatter": f"{line.name} {{b|{line.written(last) if last else ''}}}",
                "rich": {"b": {**ink, "fontWeight": 600}},
            },
            distance=8,
            offset=[0, round(shift)],
        ),
        "labelLayout": {"hideOverlap": False},
    }


def _symbol(row: Row, line: Series, *, sparse: bool, labelled: bool) -> Option:
    """Nothing on a line; a dot where points are few, hollow where a point is thin, a ring where it is an alarm."""
    hollow = {"color": "$card", "borderColor": f"${line.colour}", "borderWidth": 1.5}
    if line.ringed and row.get("alarm"):
        ring: Option = {"symbol": "circle", "symbolSize": 9, "itemStyle": {**hollow, "borderWidth": 2}}
        if labelled:
            ring["label"] = label(position="top", formatter=line.written(row), distance=7)
        return ring
    if row["S"] < THINNEST_POINT:
        return {"symbol": "circle", "symbolSize": 7, "itemStyle": hollow}
    return {"symbol": "circle", "symbolSize": 6 if sparse else 0}


def _hatch(rows: Sequence[Row], ticks: Sequence[float], tips: Sequence[Tip]) -> Option:
    data = [
        {"value": None if row["fully_observed"] else ticks[-1], "tip": tips[index]} for index, row in enumerate(rows)
    ]
    return {
        "type": "bar",
        "z": 1,
        "barCategoryGap": "0%",
        "barGap": "-100%",
        "itemStyle": {"color": "transparent", "decal": HATCH},
        "data": data,
    }
