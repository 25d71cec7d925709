"""How concentrated the predicted value is, over how concentrated the profit was (definitions, section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from regulars.charts import numbers
from regulars.charts.axes import figure, label, value_axis, with_narrow
from regulars.charts.drawing import Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader

HEIGHT = 296
FEWEST_FOR_A_CURVE = 20
MARKED = (0.1, 0.2)
ROWS = 20
_AREA_OPACITY = 0.18

Point = tuple[float, float]


def concentration(value: Row | None, reader: Reader) -> Drawing:
    """``value.concentration``: the predicted value as an area, the profit of the window as a line."""
    held = (value or {}).get("concentration") or {}
    foretold, realised = _points(held.get("points")), _points(held.get("realised"))
    columns = (
        Column("share_customers", reader.say("Customers, cumulative"), "rate"),
        Column("share_clv", reader.say("Predicted value, cumulative"), "rate"),
        Column("share_profit", reader.say("{money} of the window, cumulative", money=reader.profit_title), "rate"),
    )
    shares = [step / ROWS for step in range(ROWS + 1)] if foretold else []
    table = Table(columns, tuple((x, share_at(foretold, x), share_at(realised, x)) for x in shares))
    if len(foretold) < 2:
        return nothing(reader.say("Nobody has a predicted value above zero."), table)
    if (value or {}).get("customers", 0) < FEWEST_FOR_A_CURVE:
        return nothing(reader.say("Too few customers with a predicted value for a curve."), table)
    return Drawing(_option(foretold, realised, reader), table, HEIGHT)


def share_at(points: Sequence[Point], share: float) -> float | None:
    """What the best ``share`` of the customers hold, linear between points; None without a curve."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 <= share <= x1 and x1 > x0:
            return round(y0 + (y1 - y0) * (share - x0) / (x1 - x0), 6)
    return None


def _points(given: Sequence[Sequence[float]] | None) -> list[Point]:
    return [(round(float(x), 5), round(float(y), 5)) for x, y in given or ()]


def _option(foretold: Sequence[Point], realised: Sequence[Point], reader: Reader) -> Option:
    top = max(1.0, *(y for _, y in (*foretold, *realised)))
    across = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
    ticks = across if top <= 1.005 else [*across, 1.2]
    name = reader.say("Customers, highest value first (cumulative share)")
    area: Option = {
        **_line(foretold, "vA", 2.0),
        "areaStyle": {"color": "$vA", "opacity": _AREA_OPACITY},
        "markLine": {
            "symbol": "none",
            "silent": True,
            "label": {"show": False},
            "lineStyle": {"color": "$line2", "type": [3, 3]},
            "data": [[{"coord": [0, 0]}, {"coord": [1, 1]}]],
        },
    }
    option = figure(
        grid={"left": 46, "right": 16, "top": 16, "bottom": 44},
        xAxis=value_axis(
            across, [_percent(x) for x in across], name=name, nameLocation="middle", nameGap=28,
            splitLine={"show": False},
        ),
        yAxis=value_axis(ticks, [_percent(y) for y in ticks], axisLine={"show": False}),
        series=[area, _line(realised, "vC", 2.5), _dots(foretold, realised, reader, short=False)],
    )  # fmt: skip
    return with_narrow(option, {"series": [{}, {}, {"data": _dots(foretold, realised, reader, short=True)["data"]}]})


def _percent(share: float) -> str:
    return numbers.rate(share, decimals=0)


def _line(points: Sequence[Point], colour: str, width: float) -> Option:
    return {
        "type": "line",
        "data": [list(point) for point in points],
        "symbol": "none",
        "silent": True,
        "lineStyle": {"color": f"${colour}", "width": width},
    }


def _dots(foretold: Sequence[Point], realised: Sequence[Point], reader: Reader, *, short: bool) -> Option:
    """Hollow dots at the best 10 and 20 %, with what they hold."""
    data = []
    for share, drop in zip(MARKED, (16, 12), strict=True):
        held = share_at(foretold, share)
        if held is None:
            continue
        words = {"share": numbers.share(share), "part": numbers.rate(held, decimals=0)}
        text = f"{words['share']} → {words['part']}" if short else reader.say("best {share} hold {part}", **words)
        rows = [[reader.say("Predicted value"), numbers.rate(held)]]
        earned = share_at(realised, share)
        if earned is not None:
            rows.append([reader.profit_title, numbers.rate(earned)])
        side = {"formatter": text, "position": "right", "offset": [4, drop]}
        data.append({"value": [share, held], "label": side, "tip": tip(reader.say("Best {share}", **words), *rows)})
    return {
        "type": "scatter",
        "z": 10,
        "symbolSize": 8,
        "itemStyle": {"color": "$card", "borderColor": "$vA", "borderWidth": 2},
        "label": label(backgroundColor="$card", padding=[2, 5], borderRadius=3),
        "data": data,
    }
