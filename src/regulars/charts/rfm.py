"""The RFM grid: recency across, frequency up, shade = profit, digits = customers and share of profit (section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.tokens import mix, on
from regulars.charts.words import RFM_GROUP

HEIGHT = 330


def grid(rfm: Row | None, reader: Reader) -> Drawing:
    """The 25 cells of ``rfm.grid``; a cell that nobody can or does occupy is sunk, with a dash."""
    columns = (
        Column("r", "R", "count"),
        Column("f", "F", "count"),
        Column("customers", reader.say("Customers"), "count"),
        Column("profit", reader.profit_title, "money"),
        Column("share", reader.say("Share of {money}", money=reader.profit), "rate"),
    )
    cells = list((rfm or {}).get("grid") or ())
    total = sum(cell["profit"] for cell in cells)
    rows = tuple((cell["r"], cell["f"], cell["customers"], cell["profit"], profit_share(cell, total)) for cell in cells)
    table = Table(columns, rows, doors={(at, 2): f"rfm:{c['r']}.{c['f']}" for at, c in enumerate(cells)})
    if not any(cell["customers"] for cell in cells):
        return nothing(reader.say("Nobody has bought yet."), table)
    return Drawing(_option(cells, total, reader), table, HEIGHT)


def profit_share(cell: Row, total: float) -> float | None:
    """The share of a cell in ``total``; None on a zero or negative total."""
    return cell["profit"] / total if total > 0 else None


def groups(classes: dict[str, Row], reader: Reader) -> Table:
    """The eight groups with their arrows, customers and profit, in the order of the definitions."""
    columns = (
        Column("group", reader.say("Group")),
        Column("rfm", "RFM"),
        Column("customers", reader.say("Customers"), "count"),
        Column("profit", reader.profit_title, "money"),
    )
    arrows = {"H": "↑", "L": "↓"}
    rows = []
    for key, name in RFM_GROUP.items():
        held = classes.get(key) or {"customers": 0, "profit": None}
        profit = held["profit"] if held["customers"] else None
        rows.append((reader.say(name), " ".join(arrows[letter] for letter in key), held["customers"], profit))
    return Table(columns, tuple(rows), doors={(at, 2): f"rfm_group:{key}" for at, key in enumerate(RFM_GROUP)})


def _option(cells: Sequence[Row], total: float, reader: Reader) -> Option:
    most = max(cell["profit"] for cell in cells)
    wide = [_cell(cell, most, total, reader, short=False) for cell in cells]
    narrow = [_cell(cell, most, total, reader, short=True) for cell in cells]
    scores = [str(score) for score in range(1, max(cell["r"] for cell in cells) + 1)]
    recency = reader.say("Recency R: 1 long ago → {most} recent", most=scores[-1])
    frequency = reader.say("Frequency F")
    option = figure(
        grid={"left": 84, "right": 4, "top": 6, "bottom": 44},
        xAxis=axis("category", data=scores, name=recency, nameLocation="middle", nameGap=26, axisLine={"show": False}),
        yAxis=axis(
            "category",
            data=scores,
            name=frequency,
            nameLocation="middle",
            nameGap=26,
            nameRotate=0,
            nameTextStyle={"align": "right"},
            axisLine={"show": False},
        ),
        series=[{"type": "heatmap", "label": {"show": True, "fontSize": 12, "lineHeight": 17}, "data": wide}],
    )
    changes = {"grid": {"left": 26}, "yAxis": {"name": "F", "nameGap": 14}, "series": [{"data": narrow}]}
    return with_narrow(option, changes)


def _cell(cell: Row, most: float, total: float, reader: Reader, *, short: bool) -> dict[str, Any]:
    inhabited = cell["customers"] > 0
    fill = mix("seq0", "seq1", sqrt(max(0.0, cell["profit"]) / most) if most > 0 else 0.0) if inhabited else "$sunk"
    ink = on(fill) if inhabited else "$ink3"
    part = profit_share(cell, total)
    made: dict[str, Any] = {
        "value": [cell["r"] - 1, cell["f"] - 1, cell["customers"]],
        "itemStyle": {"color": fill, "borderColor": "$card", "borderWidth": 2, "borderRadius": 3},
        "label": {"color": ink, "formatter": numbers.ABSENT},
    }
    if inhabited:
        size = reader.short(cell["customers"]) if short else numbers.count(cell["customers"])
        below = "" if short else f"\n{numbers.rate(part)}"
        bold = {"b": {"fontWeight": 600, "fontSize": 13, "color": ink}}
        made["label"] = {"color": ink, "formatter": f"{{b|{size}}}{below}", "rich": bold}
        made[WHO] = f"rfm:{cell['r']}.{cell['f']}"
        made["tip"] = tip(
            f"R {cell['r']} · F {cell['f']}",
            [reader.say("Customers"), numbers.count(cell["customers"])],
            [reader.profit_title, reader.money(cell["profit"]), numbers.rate(part)],
        )
    return made
