"""Whether chances come true: what share bought of those to whom a chance was given, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import figure, value_axis
from regulars.charts.drawing import Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader

HEIGHT = 328
PREFERRED = "90"
THINNEST_POINT = 20
_FIFTHS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]


def span_of(backtest: Row | None) -> str | None:
    """The span in days that is drawn: 90, else the longest there is."""
    spans = (backtest or {}).get("reliability") or {}
    drawn = [days for days, rows in spans.items() if rows]
    return PREFERRED if PREFERRED in drawn else max(drawn, key=int, default=None)


def chances(backtest: Row | None, reader: Reader) -> Drawing:
    """``clv.backtest.reliability``: one span drawn, every span in the table."""
    spans = (backtest or {}).get("reliability") or {}
    columns = (
        Column("span", reader.say("Within")),
        Column("range", reader.say("Chance given")),
        Column("customers", reader.say("Customers"), "count"),
        Column("forecast", reader.say("Mean chance"), "rate"),
        Column("actual", reader.say("Bought"), "rate"),
        Column("actual_low", reader.say("Interval, low"), "rate"),
        Column("actual_high", reader.say("Interval, high"), "rate"),
    )
    keys = [column.key for column in columns[2:]]
    rows = tuple(
        (reader.days(int(days)), _range(row), *(row[key] for key in keys))
        for days, points in sorted(spans.items(), key=lambda item: int(item[0]))
        for row in points
    )
    table, days = Table(columns, rows), span_of(backtest)
    if days is None:
        return nothing(reader.say("There is no hold-out to compare with."), table)
    return Drawing(_option(spans[days], int(days), reader), table, HEIGHT)


def _range(row: Row) -> str:
    return f"{numbers.percent(row['low'], 0)}–{numbers.percent(row['high'], 0)}%"


def _option(rows: Sequence[Row], days: int, reader: Reader) -> Option:
    percents = [numbers.rate(tick, decimals=0) for tick in _FIFTHS]
    reach: list[list[Any]] = []
    for row in rows:
        reach += [[row["forecast"], row["actual_low"]], [row["forecast"], row["actual_high"]], [row["forecast"], None]]
    return figure(
        grid={"left": 46, "right": 16, "top": 14, "bottom": 44},
        xAxis=value_axis(
            _FIFTHS, percents, name=reader.say("Chance given"), nameLocation="middle", nameGap=28,
            splitLine={"show": False},
        ),
        yAxis=value_axis(_FIFTHS, percents, axisLine={"show": False}),
        series=[
            {
                "type": "line",
                "data": reach,
                "symbol": "none",
                "silent": True,
                "connectNulls": False,
                "lineStyle": {"color": "$vB", "width": 2},
                "markLine": {
                    "symbol": "none",
                    "silent": True,
                    "label": {"show": False},
                    "lineStyle": {"color": "$ink3", "type": [3, 3]},
                    "data": [[{"coord": [0, 0]}, {"coord": [1, 1]}]],
                },
            },
            {"type": "scatter", "z": 6, "data": [_point(row, days, reader) for row in rows]},
        ],
    )  # fmt: skip


def _point(row: Row, days: int, reader: Reader) -> Option:
    """A point, hollow where fewer than 20 customers stand behind it."""
    thin = row["customers"] < THINNEST_POINT
    style = {"color": "$card" if thin else "$vA", "borderColor": "$vA", "borderWidth": 1.5}
    hits = round(row["actual"] * row["customers"])
    between = numbers.rate_interval(row["actual_low"], row["actual_high"], row["customers"])
    return {
        "value": [row["forecast"], row["actual"]],
        "symbolSize": 8,
        "itemStyle": style,
        "tip": tip(
            reader.say("Chance of {range} to buy within {days}", range=_range(row), days=reader.days(days)),
            [reader.say("Mean chance"), numbers.rate(row["forecast"])],
            [reader.say("Bought"), numbers.rate(row["actual"], row["customers"]), between],
            [reader.say("Customers"), numbers.fraction(hits, row["customers"])],
        ),
    }
