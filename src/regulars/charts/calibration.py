"""Predicted against actual purchase days by tenth of the customers: bars what came, dots what was foretold."""

from __future__ import annotations

from collections.abc import Sequence

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, nice_ticks, value_axis
from regulars.charts.drawing import Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader

HEIGHT = 288


def by_decile(backtest: Row | None, reader: Reader) -> Drawing:
    """``clv.backtest.deciles``, the best tenth first; a key ``naive`` of a tenth is drawn as a grey tick."""
    rows = list((backtest or {}).get("deciles") or ())
    naive = any(row.get("naive") is not None for row in rows)
    columns = [
        Column("rank", reader.say("Tenth"), "count"),
        Column("customers", reader.say("Customers"), "count"),
        Column("forecast", reader.say("Predicted"), "ratio"),
        Column("actual", reader.say("Actual"), "ratio"),
    ]
    if naive:
        columns.append(Column("naive", reader.say("As before"), "ratio"))
    keys = [column.key for column in columns[1:]]
    table = Table(
        tuple(columns), tuple((place, *(row.get(key) for key in keys)) for place, row in enumerate(rows, start=1))
    )
    if len(rows) < 2:
        return nothing(reader.say("There is no hold-out to compare with."), table)
    return Drawing(_option(rows, naive, reader), table, HEIGHT)


def _option(rows: Sequence[Row], naive: bool, reader: Reader) -> Option:
    ticks = nice_ticks(0.0, _most(rows), 4)
    decimals = 0 if ticks[1] >= 1 else 1 if ticks[1] >= 0.1 else 2
    digits = 1 if _most(rows) >= 10 else 2
    names = [f"{place}\n{{n|{numbers.fixed(row['actual'], digits)}}}" for place, row in enumerate(rows, start=1)]
    tips = [_tip(place, row, reader) for place, row in enumerate(rows, start=1)]
    below = axis(
        "category", data=names, name=reader.say("Tenths, most expected first; below: actual"),
        nameLocation="middle", nameGap=44,
    )  # fmt: skip
    below["axisLabel"] |= {"interval": 0, "lineHeight": 16, "rich": {"n": {"color": "$ink", "fontSize": 12}}}
    series = [
        _bars(rows, tips),
        {
            "type": "scatter",
            "z": 6,
            "symbolSize": 9,
            "itemStyle": {"color": "$vA", "borderColor": "$card", "borderWidth": 1},
            "data": [{"value": row["forecast"], "tip": text} for row, text in zip(rows, tips, strict=True)],
        },
    ]
    if naive:
        series.append(_ticks(rows))
    return figure(
        grid={"left": 46, "right": 10, "top": 14, "bottom": 62},
        xAxis=below,
        yAxis=value_axis(ticks, [numbers.fixed(tick, decimals) for tick in ticks], axisLine={"show": False}),
        series=series,
    )


def _bars(rows: Sequence[Row], tips: Sequence[Row]) -> Option:
    """What came, in the palest violet; its number stands below on the axis."""
    return {
        "type": "bar",
        "barWidth": "62%",
        "itemStyle": {"color": "$vC"},
        "data": [{"value": row["actual"], "tip": text} for row, text in zip(rows, tips, strict=True)],
    }


def _ticks(rows: Sequence[Row]) -> Option:
    """What "everybody goes on as before" would have said."""
    return {
        "type": "scatter",
        "z": 5,
        "symbol": "rect",
        "symbolSize": [22, 3],
        "silent": True,
        "itemStyle": {"color": "$none"},
        "data": [row.get("naive") for row in rows],
    }


def _most(rows: Sequence[Row]) -> float:
    found = [float(row.get(key) or 0.0) for row in rows for key in ("forecast", "actual", "naive")]
    return max(max(found), 0.01)


def _tip(place: int, row: Row, reader: Reader) -> Row:
    lines = [
        [reader.say("Predicted"), numbers.ratio(row["forecast"])],
        [reader.say("Actual"), numbers.ratio(row["actual"])],
        [reader.say("Customers"), numbers.count(row["customers"])],
    ]
    if row.get("naive") is not None:
        lines.insert(2, [reader.say("As before"), numbers.ratio(row["naive"])])
    return tip(reader.say("Tenth {n}: purchase days a customer", n=place), *lines)
