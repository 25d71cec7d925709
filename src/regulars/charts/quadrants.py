"""The map of quadrants: orders against mean order value, both logarithmic, as bins or as points (section 3)."""

from __future__ import annotations

from math import ceil, floor, log10, sqrt

from regulars.charts import numbers
from regulars.charts.axes import figure, log_axis, log_ticks, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, with_tips
from regulars.charts.reader import Reader
from regulars.charts.tokens import alpha
from regulars.charts.words import QUADRANT_COLOUR, quadrant

HEIGHT = 320
CORNERS = {"d": ("left", "top"), "e": ("right", "top"), "b": ("left", "bottom"), "c": ("right", "bottom")}
_INSET = {"left": 60, "right": 16, "top": 14, "bottom": 50}


def quadrant_map(quadrants: Row | None, classes: dict[str, Row], reader: Reader) -> Drawing:
    """Bins of ``quadrants.cells``, or its points where there are few customers; dashed lines are the cuts."""
    empty = reader.say("Nobody bought in the window.")
    if not quadrants or not quadrants.get("cells") or quadrants.get("frequency_cut") is None:
        return nothing(empty, Table(_columns(reader), ()))
    cells = quadrants["cells"]
    doors = {(at, 4): f"cell:{cell['x']}.{cell['y']}" for at, cell in enumerate(cells)}
    table = Table(_columns(reader), tuple(_twin_row(quadrants, cell) for cell in cells), doors=doors)
    points = quadrants.get("points")
    marks = _points(points, reader) if points else [_bins(quadrants, reader)]
    return Drawing(_option(quadrants, classes, marks, reader), table, HEIGHT)


def first_frequent(quadrants: Row) -> int:
    """The fewest orders that count as frequent: a mean of 4.13 orders means 5 or more."""
    return ceil(quadrants["frequency_cut"] - 1e-9)


def quadrant_of(quadrants: Row, orders: float, value: float) -> str:
    frequent, large = orders >= quadrants["frequency_cut"] - 1e-9, value >= quadrants["value_cut"] - 1e-9
    return {(False, False): "b", (True, False): "c", (False, True): "d", (True, True): "e"}[(frequent, large)]


def _columns(reader: Reader) -> tuple[Column, ...]:
    return (
        Column("orders_from", reader.say("Orders from"), "count"),
        Column("orders_below", reader.say("below"), "count"),
        Column("value_from", reader.say("Mean order value from"), "each"),
        Column("value_below", reader.say("below"), "each"),
        Column("customers", reader.say("Customers"), "count"),
    )


def _edges(quadrants: Row, cell: Row) -> tuple[float, float, float, float]:
    xs, ys = quadrants["x_edges"], quadrants["y_edges"]
    return xs[cell["x"]], xs[cell["x"] + 1], ys[cell["y"]], ys[cell["y"] + 1]


def _twin_row(quadrants: Row, cell: Row) -> tuple[float, ...]:
    left, right, low, high = _edges(quadrants, cell)
    return ceil(left - 1e-9), ceil(right - 1e-9), low, high, cell["customers"]


def _bins(quadrants: Row, reader: Reader) -> Option:
    most = max(cell["customers"] for cell in quadrants["cells"])
    data = []
    for cell in quadrants["cells"]:
        left, right, low, high = _edges(quadrants, cell)
        key = quadrant_of(quadrants, max(1, ceil(left - 1e-9)), sqrt(low * high))
        fewest, most_orders = ceil(left - 1e-9), max(ceil(left - 1e-9), ceil(right - 1e-9) - 1)
        orders = numbers.count(fewest)
        if most_orders > fewest:
            orders += f"–{numbers.count(most_orders)}"
        opacity = round(0.07 + 0.9 * sqrt(cell["customers"] / most), 3)
        data.append(
            {
                "value": [_log(left), _log(right), _log(low), _log(high)],
                "itemStyle": {"color": f"${QUADRANT_COLOUR[key]}", "opacity": opacity},
                "tip": [
                    quadrant(reader, key),
                    orders,
                    f"{reader.each(low)}–{reader.each(high)}",
                    numbers.count(cell["customers"]),
                ],
                WHO: f"cell:{cell['x']}.{cell['y']}",
            }
        )
    labels = (reader.say("Orders"), reader.say("Mean order value"), reader.say("Customers"))
    return {"type": "custom", "renderItem": "@rect", **with_tips(labels, data)}


def _points(points: list[tuple[float, float, str]], reader: Reader) -> list[Option]:
    """One scatter a quadrant."""
    labels = (reader.say("Orders"), reader.say("Mean order value"))
    made = []
    for key in CORNERS:
        data = [
            {
                "value": [_log(orders), _log(value)],
                "tip": [numbers.count(orders), reader.each(value)],
                WHO: f"point:{orders:.0f}.{floor(value * 100 + 0.5)}",
            }
            for orders, value, of in points
            if of == key and orders > 0 and value > 0
        ]
        style = {"color": f"${QUADRANT_COLOUR[key]}", "opacity": 0.55}
        shared = with_tips(labels, data, title=quadrant(reader, key))
        made.append({"type": "scatter", "symbolSize": 6, "itemStyle": style, **shared})
    return made


def _log(value: float) -> float:
    return round(log10(value), 4)


def _option(quadrants: Row, classes: dict[str, Row], marks: list[Option], reader: Reader) -> Option:
    xs, ys = quadrants["x_edges"], quadrants["y_edges"]
    least = min(xs[0], 0.8) if quadrants.get("points") else xs[0]
    x_ticks, y_ticks = log_ticks(max(1.0, xs[0]), xs[-1], 8), log_ticks(ys[0], ys[-1])
    marks[-1]["markLine"] = {
        "symbol": "none",
        "silent": True,
        "precision": 6,
        "label": {"show": False},
        "lineStyle": {"color": "$ink2", "type": [4, 3], "width": 1},
        "data": [{"xAxis": log10(_cut_edge(quadrants))}, {"yAxis": log10(quadrants["value_cut"])}],
    }
    name = reader.say("Orders in the window (log scale)")
    option = figure(
        grid={"left": 56, "right": 12, "top": 10, "bottom": 46},
        xAxis=log_axis(
            least,
            xs[-1],
            x_ticks,
            [numbers.count(tick) for tick in x_ticks],
            name=name,
            nameLocation="middle",
            nameGap=28,
        ),
        yAxis=log_axis(ys[0], ys[-1], y_ticks, [reader.money(tick) for tick in y_ticks], axisLine={"show": False}),
        series=marks,
        graphic=[_corner(key, quadrant(reader, key), classes) for key in CORNERS],
    )
    return with_narrow(option, {"graphic": [_corner(key, key, classes) for key in CORNERS]})


def _cut_edge(quadrants: Row) -> float:
    """Where the vertical line stands: the edge of the first bin that holds frequent customers only."""
    fewest = first_frequent(quadrants)
    return max(edge for edge in quadrants["x_edges"] if edge <= fewest + 1e-9)


def _corner(key: str, name: str, classes: dict[str, Row]) -> Option:
    horizontal, vertical = CORNERS[key]
    held = (classes.get(key) or {}).get("customers", 0)
    return {
        "type": "text",
        "id": key,
        "silent": True,
        horizontal: _INSET[horizontal],
        vertical: _INSET[vertical],
        "z": 20,
        "style": {
            "text": f"{name} {numbers.count(held)}",
            "fill": "$ink",
            "fontSize": 12,
            "backgroundColor": alpha("card", 0.86),
            "padding": [2, 6],
            "borderRadius": 3,
        },
    }
