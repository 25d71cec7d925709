"""How concentrated profit is: the cumulative curve with the cuts of A and B (definitions, section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, label, value_axis, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.words import ABC_COLOUR

HEIGHT = 296
FEWEST_FOR_A_CURVE = 50
_AREA_OPACITY = {"A": 0.85, "B": 0.75, "C": 0.7}
_TENTHS = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
_TENTH_LABELS = ["0%", "20%", "40%", "60%", "80%", "100%"]

Point = tuple[float, float]


def curve(pareto: Row | None, classes: dict[str, Row], reader: Reader) -> Drawing:
    """The curve of ``pareto`` over the classes ``customers.abc``; bars by customer where there are under 50."""
    columns = (
        Column("share_customers", reader.say("Customers, cumulative"), "rate"),
        Column("share_profit", reader.say("{money}, cumulative", money=reader.profit_title), "rate"),
    )
    points = [(float(x), float(y)) for x, y in (pareto or {}).get("points") or ()]
    table = Table(columns, tuple(points))
    if not pareto or len(points) < 2 or pareto["customers_positive"] < 1:
        return nothing(reader.say("Nobody brought a positive {money} in the window.", money=reader.profit), table)
    if pareto["customers_positive"] < FEWEST_FOR_A_CURVE and len(points) == pareto["customers_positive"] + 1:
        return _bars(points, classes, reader)
    return Drawing(_option(points, cuts(pareto, classes), reader), table, HEIGHT)


def cuts(pareto: Row, classes: dict[str, Row]) -> dict[str, Point]:
    """Where A ends and where B ends: share of the customers with a positive profit, share of that profit.

    The shares of profit are those the classes really hold: with ties and few customers A can hold more than 80 %.
    """
    money = "profit" if pareto.get("base", "profit") == "profit" else "amount"
    held_a = classes["A"][money] / pareto["total"]
    held_b = held_a + classes["B"][money] / pareto["total"]
    return {"A": (pareto["cuts"]["A"], min(1.0, held_a)), "B": (pareto["cuts"]["B"], min(1.0, held_b))}


def _option(points: Sequence[Point], cut: dict[str, Point], reader: Reader) -> Option:
    a, b = cut["A"], cut["B"]
    parts = {"A": _piece(points, (0.0, 0.0), a), "B": _piece(points, a, b), "C": _piece(points, b, (1.0, 1.0))}
    areas: list[Option] = [
        {
            "type": "line",
            "data": [list(point) for point in part],
            "symbol": "none",
            "triggerLineEvent": True,
            "emphasis": {"disabled": True},
            WHO: f"abc:{key}",
            "lineStyle": {"color": "$vA", "width": 2},
            "areaStyle": {"color": f"${ABC_COLOUR[key]}", "opacity": _AREA_OPACITY[key]},
        }
        for key, part in parts.items()
        if len(part) > 1
    ]
    areas[0]["markLine"] = {
        "symbol": "none",
        "silent": True,
        "label": {"show": False},
        "lineStyle": {"color": "$ink3", "type": [3, 3]},
        "data": [[{"coord": [0, y]}, {"coord": [x, y]}] for x, y in (a, b)],
    }
    name = reader.say("Customers, highest {money} first (cumulative share)", money=reader.profit)
    option = figure(
        grid={"left": 46, "right": 16, "top": 16, "bottom": 44},
        xAxis=value_axis(
            _TENTHS, _TENTH_LABELS, name=name, nameLocation="middle", nameGap=28, splitLine={"show": False}
        ),
        yAxis=value_axis(_TENTHS, _TENTH_LABELS, axisLine={"show": False}),
        series=[*areas, _dots(a, b, reader, short=False)],
    )
    short: list[Option] = [{} for _ in areas] + [{"data": _dots(a, b, reader, short=True)["data"]}]
    return with_narrow(option, {"series": short})


def _dots(a: Point, b: Point, reader: Reader, *, short: bool) -> Option:
    texts = (
        reader.say("top {share} bring {part}", share=numbers.rate(a[0]), part=numbers.share(a[1])),
        reader.say("top {share} bring {part}", share=numbers.rate(b[0]), part=numbers.share(b[1])),
    )
    data: list[Any] = []
    for (x, y), text, drop in zip((a, b), texts, (30, 14), strict=True):
        shown = f"{numbers.rate(x)} → {numbers.share(y)}" if short else text
        side = {"position": "left", "offset": [-2, drop]} if x > 0.6 else {"position": "right", "offset": [2, drop]}
        data.append({"value": [x, y], "label": {"formatter": shown, **side}, "tip": tip(text)})
    return {
        "type": "scatter",
        "z": 10,
        "symbolSize": 8,
        "itemStyle": {"color": "$card", "borderColor": "$vA", "borderWidth": 2},
        "label": label(backgroundColor="$card", padding=[2, 5], borderRadius=3),
        "data": data,
    }


def _piece(points: Sequence[Point], start: Point, end: Point) -> list[Point]:
    between = [point for point in points if start[0] < point[0] < end[0]]
    return [start, *between, end] if end[0] > start[0] else []


def _bars(points: Sequence[Point], classes: dict[str, Row], reader: Reader) -> Drawing:
    """One bar a customer, so few are they; the colour is the class."""
    shares = [after[1] - before[1] for before, after in pairwise(points)]
    ends = (classes["A"]["customers"], classes["A"]["customers"] + classes["B"]["customers"])
    letters = ["A" if place < ends[0] else "B" if place < ends[1] else "C" for place in range(len(shares))]
    columns = (
        Column("rank", reader.say("Rank"), "count"),
        Column("abc", reader.say("Class")),
        Column("share_profit", reader.say("Share of {money}", money=reader.profit), "rate"),
    )
    rows = tuple((place + 1, letter, part) for place, (letter, part) in enumerate(zip(letters, shares, strict=True)))
    data = [
        {
            "value": part,
            "itemStyle": {"color": f"${ABC_COLOUR[letter]}"},
            "tip": tip(reader.say("Rank {n}", n=place), [letter, numbers.rate(part)]),
        }
        for place, letter, part in rows
    ]
    option = figure(
        grid={"left": 46, "right": 10, "top": 22, "bottom": 44},
        xAxis=axis(
            "category",
            data=[str(place) for place, _, _ in rows],
            name=reader.say("Customers, highest {money} first", money=reader.profit),
            nameLocation="middle",
            nameGap=28,
        ),
        yAxis=axis("value", min=0, axisLabel={"show": False}, axisLine={"show": False}, splitLine={"show": False}),
        series=[{"type": "bar", "barMaxWidth": 48, "data": _labelled(data) if len(rows) <= 15 else data}],
    )
    return Drawing(option, Table(columns, rows), HEIGHT)


def _labelled(data: list[Option]) -> list[Option]:
    return [{**bar, "label": label(position="top", formatter=numbers.rate(bar["value"], decimals=0))} for bar in data]
