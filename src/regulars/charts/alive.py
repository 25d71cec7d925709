"""P(alive) as a heat map: column = days since the last purchase, row = purchase days, digits = mean in %."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from regulars.charts import numbers
from regulars.charts.axes import axis, figure
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, with_tips
from regulars.charts.reader import Reader
from regulars.charts.tokens import mix, on

ROW_HEIGHT, FOOT = 34, 46
THIN_CELL = 20


def alive_map(alive: Row | None, reader: Reader) -> Drawing:
    """``value.alive``; an edge is the first value of its range, the last range is open."""
    found = alive or {}
    cells = [cell for cell in found.get("cells") or () if cell["customers"]]
    recency, frequency = spans(found.get("recency_edges") or ()), spans(found.get("frequency_edges") or ())
    columns = (
        Column("frequency", reader.say("Purchase days")),
        Column("recency", reader.say("Days since the last purchase")),
        Column("customers", reader.say("Customers"), "count"),
        Column("p_alive", reader.say("P(alive), mean"), "rate"),
    )
    rows = tuple(
        (frequency[cell["frequency"]], recency[cell["recency"]], cell["customers"], cell["p_alive"]) for cell in cells
    )
    doors = {(at, 2): f"alive:{cell['recency']}.{cell['frequency']}" for at, cell in enumerate(cells)}
    table = Table(columns, rows, doors=doors)
    if not cells:
        return nothing(reader.say("Nobody has bought yet."), table)
    return Drawing(_option(cells, recency, frequency, reader), table, ROW_HEIGHT * len(frequency) + FOOT)


def spans(edges: Sequence[float]) -> list[str]:
    """The ranges of whole numbers between edges in words: 0–29, 30–59, 60+."""
    whole = [int(edge) for edge in edges]
    closed = [f"{low}" if high - low == 1 else f"{low}–{high - 1}" for low, high in pairwise(whole)]
    return [*closed, f"{whole[-1]}+"] if whole else []


def _option(cells: Sequence[Row], recency: list[str], frequency: list[str], reader: Reader) -> Option:
    below = axis(
        "category", data=recency, name=reader.say("Days since the last purchase"), nameLocation="middle", nameGap=26,
        axisLine={"show": False}, axisLabel={"interval": 0},
    )  # fmt: skip
    return figure(
        grid={"left": 44, "right": 2, "top": 4, "bottom": 44},
        xAxis=below,
        yAxis=axis("category", data=frequency, axisLine={"show": False}),
        series=[
            {
                "type": "heatmap",
                "label": {"show": True, "fontSize": 12},
                "itemStyle": {"borderColor": "$card", "borderWidth": 1.5, "borderRadius": 2},
                **with_tips(
                    [reader.say("P(alive), mean"), reader.say("Customers")],
                    [_cell(cell, recency, frequency, reader) for cell in cells],
                ),
            }
        ],
    )


def _cell(cell: Row, recency: list[str], frequency: list[str], reader: Reader) -> Option:
    chance, thin = float(cell["p_alive"]), cell["customers"] < THIN_CELL
    fill = "$sunk" if thin else mix("ret0", "ret1", chance)
    title = reader.say(
        "purchase days {frequency}, last one {recency} days ago",
        frequency=frequency[cell["frequency"]],
        recency=recency[cell["recency"]],
    )
    return {
        "value": [cell["recency"], cell["frequency"], round(chance, 4)],
        "itemStyle": {"color": fill},
        "label": {"color": "$ink3" if thin else on(fill), "formatter": numbers.percent(chance, 0)},
        "tip": [title, numbers.rate(chance), numbers.count(cell["customers"])],
        WHO: f"alive:{cell['recency']}.{cell['frequency']}",
    }
