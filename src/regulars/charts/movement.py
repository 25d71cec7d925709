"""The movement bridge as a waterfall: who was active, who left, came back, came new (definitions, section 2)."""

from __future__ import annotations

from regulars.charts import numbers
from regulars.charts.axes import HATCH, axis, figure, label, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader, mark

HEIGHT = 270
STEPS = (
    ("S", mark("At start"), "none", ""),
    ("L", mark("Lost"), "lost", numbers.MINUS),
    ("stayed", mark("Stayed"), "steady", ""),
    ("Ra", mark("Came back"), "due", "+"),
    ("N", mark("New"), "grow", "+"),
    ("E", mark("At end"), "none", ""),
)


def reconciles(row: Row) -> bool:
    """Whether E = S + N + Ra − L holds in ``row``."""
    return int(row["E"]) == int(row["S"]) + int(row["N"]) + int(row["reactivated"]) - int(row["lost"])


MOVES = {"S": "start", "L": "lost", "stayed": "stayed", "Ra": "reactivated", "N": "new", "E": "end"}


def waterfall(row: Row | None, reader: Reader, span: str = "year") -> Drawing:
    """The bridge of one period (a row of ``bridge`` or ``retention``); hatched where it is not fully observed.

    ``span`` names the period for those who open a bar: ``year``, ``month.2026-03``, ``quarter.2026-Q1``.
    """
    if row is None or not (row["S"] or row["E"]):
        return nothing(reader.say("Nobody was active on either day."), Table(_columns(reader), ()))
    sizes = _sizes(row)
    doors = {(place, 1): f"move:{span}.{MOVES[key]}" for place, (key, _, _, _) in enumerate(STEPS)}
    rows = tuple((reader.say(name), sizes[key][1]) for key, name, _, _ in STEPS)
    table = Table(_columns(reader), rows, doors=doors)
    if not reconciles(row):
        return nothing(reader.say("These counts do not reconcile, so they are not drawn."), table)
    if not row["S"]:
        return nothing(reader.say("No customer was active at the start, so nobody could stay or leave."), table)
    return Drawing(_option(row, sizes, reader, span), table, HEIGHT)


def _columns(reader: Reader) -> tuple[Column, ...]:
    return Column("step", reader.say("Step")), Column("customers", reader.say("Customers"), "count")


def _sizes(row: Row) -> dict[str, tuple[int, int]]:
    """Of every bar: where it starts, and its height."""
    start, lost, back, new = row["S"], row["lost"], row["reactivated"], row["N"]
    stayed = start - lost
    return {
        "S": (0, start),
        "L": (stayed, lost),
        "stayed": (0, stayed),
        "Ra": (stayed, back),
        "N": (stayed + back, new),
        "E": (0, row["E"]),
    }


def _option(row: Row, sizes: dict[str, tuple[int, int]], reader: Reader, span: str) -> Option:
    names = [reader.say(name) for _, name, _, _ in STEPS]
    wide = [_bar(row, reader, step, sizes, span, short=False) for step in STEPS]
    narrow = [_bar(row, reader, step, sizes, span, short=True) for step in STEPS]
    top = max(base + height for base, height in sizes.values())
    axis_label = {"color": "$ink2", "interval": 0, "width": 150, "overflow": "break", "lineHeight": 16}
    bars = {
        "type": "bar",
        "stack": "bridge",
        "barCategoryGap": "34%",
        "data": wide,
        "label": label(position="top", fontWeight=600, fontSize=13),
        "markLine": _connectors(sizes),
    }
    floor = {
        "type": "bar",
        "stack": "bridge",
        "silent": True,
        "itemStyle": {"color": "transparent"},
        "data": [sizes[key][0] for key, _, _, _ in STEPS],
    }
    option = figure(
        grid={"left": 4, "right": 4, "top": 26, "bottom": 28, "containLabel": False},
        xAxis=axis("category", data=names, axisLabel=axis_label),
        yAxis={"type": "value", "show": False, "min": 0, "max": top * 1.08},
        series=[floor, bars],
    )
    changes = {
        "grid": {"bottom": 42},
        "xAxis": {"axisLabel": {"width": 50}},
        "series": [{}, {"data": narrow, "barCategoryGap": "22%", "label": {"fontSize": 12}}],
    }
    return with_narrow(option, changes)


def _bar(
    row: Row, reader: Reader, step: tuple[str, str, str, str], sizes: dict[str, tuple[int, int]], span: str, *,
    short: bool,
) -> Row:  # fmt: skip
    key, name, colour, sign = step
    height = sizes[key][1]
    style: Row = {"color": f"${colour}", "borderRadius": 2}
    if not row.get("fully_observed", True):
        style["decal"] = {**HATCH, "color": "$card"}
    share = numbers.rate(height / row["S"], row["S"]) if row["S"] else ""
    said = [reader.say("Customers"), numbers.count(height)]
    rows = [said] if key in ("S", "N", "E") else [said, [reader.say("of those at the start"), share]]
    return {
        "value": height,
        "itemStyle": style,
        "label": {"formatter": sign + (reader.short(height) if short else numbers.count(height))},
        "tip": tip(reader.say(name), *rows),
        WHO: f"move:{span}.{MOVES[key]}",
    }


def _connectors(sizes: dict[str, tuple[int, int]]) -> Option:
    start, stayed = sizes["S"][1], sizes["stayed"][1]
    with_back, end = stayed + sizes["Ra"][1], sizes["E"][1]
    pairs = ((0, start, 1), (1, stayed, 3), (3, with_back, 4), (4, end, 5))
    return {
        "symbol": "none",
        "silent": True,
        "label": {"show": False},
        "lineStyle": {"color": "$line2", "type": "solid", "width": 1},
        "data": [[{"coord": [left, level]}, {"coord": [right, level]}] for left, level, right in pairs],
    }
