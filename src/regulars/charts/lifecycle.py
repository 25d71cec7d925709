"""The lifecycle in both views and over time (definitions, section 4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import FONT, figure, label, month_axis, spread, text_width, value_axis, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.words import LOYALTY, STAGE, STAGE_COLOUR

FLOW_HEIGHT = 240
HISTORY_HEIGHT = 250
FEWEST_MONTHS = 3
_QUARTERS = [0.0, 0.25, 0.5, 0.75, 1.0]


def flow(rows: Sequence[Row] | None, reader: Reader) -> Drawing:
    """View A at the left, view B at the right, the same people."""
    present = [row for row in rows or () if row["customers"]]
    columns = (
        Column("a", reader.say("Stage (view A)")),
        Column("b", reader.say("Purchases (view B)")),
        Column("customers", reader.say("Customers"), "count"),
        Column("profit", reader.profit_title, "money"),
    )
    twin = tuple(
        (reader.say(STAGE[row["a"]]), reader.say(LOYALTY[row["b"]]), row["customers"], row.get("profit"))
        for row in present
    )
    table = Table(columns, twin, doors={(at, 2): f"cycle:{row['a']}.{row['b']}" for at, row in enumerate(present)})
    if not present:
        return nothing(reader.say("Nobody has bought yet."), table)
    return Drawing(_flow_option(present, reader), table, FLOW_HEIGHT)


def _flow_option(rows: Sequence[Row], reader: Reader) -> Option:
    series = {
        "type": "sankey",
        "top": 8,
        "bottom": 10,
        "nodeWidth": 10,
        "nodeGap": 16,
        "layoutIterations": 0,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "label": {"color": "$ink2", "fontSize": FONT, "lineHeight": 15},
        "links": [_link(row, reader) for row in rows],
        **_nodes(rows, reader, " "),
    }
    small = {"nodeGap": 30, "top": 16, "bottom": 18, **_nodes(rows, reader, "\n")}
    return with_narrow(figure(series=[series]), {"series": [small]})


def _nodes(rows: Sequence[Row], reader: Reader, between: str) -> Option:
    """The nodes of both sides and the room their names take; ``between`` stands between name and count."""
    sides = (("a", STAGE, STAGE_COLOUR), ("b", LOYALTY, dict.fromkeys(LOYALTY, "ink3")))
    data, widths = [], {"a": 0.0, "b": 0.0}
    for view, names, colours in sides:
        for key, name in names.items():
            held = _sum(rows, view, key)
            if held:
                data.append(_node(view, key, reader.say(name), colours[key], held, between, reader))
                parts = f"{reader.say(name)}{between}{numbers.count(held)}".split("\n")
                widths[view] = max(widths[view], *(text_width(part) for part in parts))
    return {"data": data, "left": round(widths["a"]) + 18, "right": round(widths["b"]) + 18}


def _sum(rows: Sequence[Row], view: str, key: str) -> int:
    return sum(row["customers"] for row in rows if row[view] == key)


def _node(view: str, key: str, name: str, colour: str, held: int, between: str, reader: Reader) -> dict[str, Any]:
    return {
        "name": f"{view}-{key}",
        "itemStyle": {"color": f"${colour}", "borderWidth": 0},
        "label": {
            "position": "left" if view == "a" else "right",
            "formatter": f"{name}{between}{{b|{numbers.count(held)}}}",
            "rich": {"b": {"fontWeight": 600, "fontSize": FONT, "color": "$ink"}},
        },
        "tip": tip(name, [reader.say("Customers"), numbers.count(held)]),
        WHO: f"{'stage' if view == 'a' else 'step'}:{key}",
    }


def _link(row: Row, reader: Reader) -> dict[str, Any]:
    return {
        "source": f"a-{row['a']}",
        "target": f"b-{row['b']}",
        "value": row["customers"],
        "lineStyle": {"color": f"${STAGE_COLOUR[row['a']]}", "opacity": 0.26, "curveness": 0.5},
        "tip": tip(
            f"{reader.say(STAGE[row['a']])} → {reader.say(LOYALTY[row['b']])}",
            [reader.say("Customers"), numbers.count(row["customers"])],
            [reader.profit_title, reader.money(row.get("profit"))],
        ),
        WHO: f"cycle:{row['a']}.{row['b']}",
    }


def history(rows: Sequence[Row] | None, reader: Reader) -> Drawing:
    """Stages at each month end as then known, a 100 % stacked area in the order of the stages."""
    months = [row for row in rows or () if sum(row[key] for key in STAGE)]
    columns = (
        Column("month", reader.say("Month end"), "period"),
        *(Column(key, reader.say(name), "count") for key, name in STAGE.items()),
    )
    table = Table(columns, tuple((row["month"], *(row[key] for key in STAGE)) for row in months))
    if len(months) < FEWEST_MONTHS:
        return nothing(reader.say("Fewer than three month ends so far: too few to show a course."), table)
    return Drawing(_history_option(months, reader), table, HISTORY_HEIGHT)


def _history_option(months: Sequence[Row], reader: Reader) -> Option:
    totals = [sum(row[key] for key in STAGE) for row in months]
    series: list[Option] = []
    for key in STAGE:
        data = [
            {"value": row[key] / total, **({"tip": _history_tip(row, total, reader)} if key == "growth" else {})}
            for row, total in zip(months, totals, strict=True)
        ]
        series.append(
            {
                "type": "line",
                "stack": "stages",
                "symbol": "none",
                "lineStyle": {"width": 1, "color": "$card"},
                "areaStyle": {"color": f"${STAGE_COLOUR[key]}", "opacity": 0.85},
                "data": data,
            }
        )
    names = _band_names(months[-1], totals[-1], len(months) - 1, reader)
    axes = month_axis([row["month"] for row in months], reader.lang, boundaryGap=False)
    option = figure(
        grid={"left": 46, "right": names.pop("room"), "top": 12, "bottom": 26},
        tooltip={"trigger": "axis", "confine": True, "axisPointer": {"type": "line", "lineStyle": {"color": "$ink"}}},
        xAxis=axes[0],
        yAxis=value_axis(_QUARTERS, ["0%", "25%", "50%", "75%", "100%"], axisLine={"show": False}),
        series=[*series, names],
    )
    return with_narrow(option, {"xAxis": axes[1]})


def _band_names(row: Row, total: int, last: int, reader: Reader) -> Option:
    """The name and share of each band at its right end, moved apart where bands are thin."""
    middles, below = [], 0.0
    for key in STAGE:
        middles.append(below + row[key] / total / 2)
        below += row[key] / total
    texts = [f"{reader.say(name)} {numbers.rate(row[key] / total, decimals=0)}" for key, name in STAGE.items()]
    data = [
        {"value": [last, min(1.0, max(0.0, place))], "label": {"formatter": text}}
        for place, text in zip(spread(middles, 0.09), texts, strict=True)
    ]
    return {
        "type": "scatter",
        "symbolSize": 1,
        "silent": True,
        "clip": False,
        "itemStyle": {"color": "transparent"},
        "label": label(position="right", color="$ink2", distance=6),
        "data": data,
        "room": round(max(text_width(text) for text in texts)) + 14,
    }


def _history_tip(row: Row, total: int, reader: Reader) -> dict[str, Any]:
    shares = [
        [reader.say(name), numbers.rate(row[key] / total), numbers.count(row[key])] for key, name in STAGE.items()
    ]
    return tip(reader.period(row["month"]), *shares)
