"""Where customers of one year ago are now: quadrants then and now as a Sankey (section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from regulars.charts import numbers
from regulars.charts.axes import FONT, figure, text_width, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.words import QUADRANT_COLOUR, quadrant

HEIGHT = 320
ORDER = ("e", "d", "c", "b", "dormant")
FEWEST_FOR_FLOWS = 30
Measure = Literal["customers", "profit"]


def sankey(migration: Row | None, reader: Reader) -> Drawing:
    """Flows between the quadrants of both days; who first bought since and who stayed quiet are left to words."""
    rows = list((migration or {}).get("rows") or ())
    table = _twin(rows, reader)
    flows = moves(rows)
    if not rows:
        return nothing(reader.say("The data do not reach back far enough to compare with a year ago."), table)
    if sum(flow["customers"] for flow in flows) < FEWEST_FOR_FLOWS:
        return nothing(reader.say("Too few customers moved to draw flows: the table has them all."), table)
    return Drawing(_option(flows, reader), table, HEIGHT)


def moves(rows: Sequence[Row]) -> list[Row]:
    """The flows that are drawn: of customers who had bought a year ago and bought then or since."""
    return [
        row for row in rows if row["customers"] and row["from"] in ORDER and not (row["from"] == row["to"] == "dormant")
    ]


def _twin(rows: Sequence[Row], reader: Reader) -> Table:
    columns = (
        Column("from", reader.say("A year ago")),
        Column("to", reader.say("Now")),
        Column("customers", reader.say("Customers"), "count"),
        Column("profit", reader.profit_title, "money"),
    )
    named = [(quadrant(reader, row["from"]), quadrant(reader, row["to"]), row) for row in rows]
    doors = {(at, 2): f"moved:{row['from']}.{row['to']}" for at, row in enumerate(rows)}
    return Table(columns, tuple((a, b, row["customers"], row["profit"]) for a, b, row in named), doors=doors)


def _option(flows: Sequence[Row], reader: Reader) -> Option:
    wide = [_node(end, key, flows, reader, short=False) for end, key in _ends(flows)]
    narrow = [_node(end, key, flows, reader, short=True) for end, key in _ends(flows)]
    series = {
        "type": "sankey",
        "top": 8,
        "bottom": 10,
        "nodeWidth": 10,
        "nodeGap": 18,
        "layoutIterations": 0,
        "draggable": False,
        "emphasis": {"focus": "adjacency"},
        "label": {"color": "$ink2", "fontSize": FONT},
        "links": [_link(flow, reader) for flow in flows],
    }
    small = {"data": narrow, "left": _room(narrow, "left"), "right": _room(narrow, "right")}
    full = {**series, "data": wide, "left": _room(wide, "left"), "right": _room(wide, "right")}
    return with_narrow(figure(series=[full]), {"series": [small]})


def _room(nodes: Sequence[Row], side: str) -> int:
    """Pixels that the names at one side take."""
    names = [node["label"]["formatter"] for node in nodes if node["label"]["position"] == side]
    return 18 + round(max(text_width(name.replace("{b|", "").replace("}", "")) for name in names))


def _ends(flows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(end, key) for end in ("from", "to") for key in ORDER if any(flow[end] == key for flow in flows)]


def _held(flows: Sequence[Row], end: str, key: str) -> str:
    return numbers.count(sum(flow["customers"] for flow in flows if flow[end] == key))


def _node(end: str, key: str, flows: Sequence[Row], reader: Reader, *, short: bool) -> dict[str, Any]:
    name = quadrant(reader, key) if not short or (key == "dormant" and end == "to") else key
    if short and key == "dormant" and end == "from":
        name = ""
    held = _held(flows, end, key)
    day = reader.say("A year ago") if end == "from" else reader.say("Now")
    return {
        "name": f"{end}-{key}",
        "itemStyle": {"color": f"${QUADRANT_COLOUR[key]}", "borderWidth": 0},
        "label": {
            "position": "left" if end == "from" else "right",
            "formatter": f"{name} {{b|{held}}}".strip(),
            "rich": {"b": {"fontWeight": 600, "fontSize": FONT, "color": "$ink"}},
        },
        "tip": tip(f"{day}: {quadrant(reader, key)}", [reader.say("Customers"), held]),
        WHO: f"moved_{end}:{key}",
    }


def _link(flow: Row, reader: Reader) -> dict[str, Any]:
    into = flow["to"]
    colour = {"dormant": "dorm", "e": "vA"}.get(into, "none")
    opacity = 0.13 if flow["from"] == into else {"dormant": 0.34, "e": 0.38}.get(into, 0.2)
    return {
        "source": f"from-{flow['from']}",
        "target": f"to-{into}",
        "value": flow["customers"],
        "lineStyle": {"color": f"${colour}", "opacity": opacity, "curveness": 0.5},
        "tip": tip(
            f"{quadrant(reader, flow['from'])} → {quadrant(reader, into)}",
            [reader.say("Customers"), numbers.count(flow["customers"])],
            [reader.profit_title, reader.money(flow["profit"])],
        ),
        WHO: f"moved:{flow['from']}.{into}",
    }
