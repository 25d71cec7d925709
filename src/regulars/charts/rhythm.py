"""Who is on rhythm and who is late: two bars of 100 %, customers over profit (definitions, section 6)."""

from __future__ import annotations

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, text_width, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.tokens import on
from regulars.charts.words import LATE, RHYTHM, RHYTHM_COLOUR

HEIGHT = 104
_WIDE_LABEL, _NARROW_LABEL = 0.055, 0.11


def states(classes: dict[str, Row], gap: float | None, reader: Reader) -> Drawing:
    """``customers.rhythm`` as shares of customers and of profit; nothing while there is no completed gap."""
    held = {key: classes.get(key) or {"customers": 0, "profit": 0.0} for key in RHYTHM}
    columns = (
        Column("rhythm", reader.say("State")),
        Column("customers", reader.say("Customers"), "count"),
        Column("share_customers", reader.say("Share"), "rate"),
        Column("profit", reader.profit_title, "money"),
        Column("share_profit", reader.say("Share"), "rate"),
    )
    people, money = _shares(held, "customers"), _shares(held, "profit")
    rows = tuple(
        (reader.say(RHYTHM[key]), held[key]["customers"], people[key], held[key]["profit"], money[key])
        for key in RHYTHM
    )
    table = Table(columns, rows, doors={(at, 1): f"rhythm:{key}" for at, key in enumerate(RHYTHM)})
    if gap is None or not any(held[key]["customers"] for key in RHYTHM):
        return nothing(reader.say("Nobody has bought a second time yet, so nobody has a rhythm."), table)
    return Drawing(_option(held, people, money, reader), table, HEIGHT)


def late_share(classes: dict[str, Row], of: str) -> float | None:
    """The share of ``customers`` or ``profit`` that is with the slipping, dormant and lost."""
    held = {key: classes.get(key) or {"customers": 0, "profit": 0.0} for key in RHYTHM}
    shares = _shares(held, of)
    return None if shares["due"] is None else sum(shares[key] or 0.0 for key in LATE)


def _shares(held: dict[str, Row], of: str) -> dict[str, float | None]:
    """Shares of a whole; None where the whole is not positive or a part is negative and makes no share."""
    total = sum(row[of] for row in held.values())
    sensible = total > 0 and all(row[of] >= 0 for row in held.values())
    return {key: row[of] / total if sensible else None for key, row in held.items()}


def _option(
    held: dict[str, Row], people: dict[str, float | None], money: dict[str, float | None], reader: Reader
) -> Option:
    bars = [(reader.say("Customers"), people)]
    if money["due"] is not None:
        bars.append((reader.say("{money}, window", money=reader.profit_title), money))
    series, narrow = [], []
    for key, name in RHYTHM.items():
        shares = [shares_of[key] or 0.0 for _, shares_of in bars]
        hover = tip(
            reader.say(name),
            [reader.say("Customers"), numbers.count(held[key]["customers"]), numbers.rate(people[key])],
            [reader.profit_title, reader.money(held[key]["profit"]), numbers.rate(money[key])],
        )
        series.append(_segment(key, shares, hover, _WIDE_LABEL))
        narrow.append({"data": _segment(key, shares, hover, _NARROW_LABEL)["data"]})
    names = [name for name, _ in bars]
    option = figure(
        grid={"left": round(max(text_width(name) for name in names)) + 14, "right": 4, "top": 6, "bottom": 4},
        xAxis={"type": "value", "show": False, "min": 0, "max": 1},
        yAxis=axis("category", inverse=True, data=names, axisLine={"show": False}, axisLabel={"color": "$ink2"}),
        series=series,
    )
    return with_narrow(option, {"series": narrow})


def _segment(key: str, shares: list[float], hover: Row, least: float) -> Option:
    colour = RHYTHM_COLOUR[key]
    data = [
        {
            "value": share,
            "tip": hover,
            WHO: f"rhythm:{key}",
            "label": {"show": share >= least, "formatter": numbers.rate(share, decimals=0)},
        }
        for share in shares
    ]
    return {
        "type": "bar",
        "stack": "states",
        "barWidth": 34,
        "itemStyle": {"color": f"${colour}", "borderColor": "$card", "borderWidth": 1},
        "label": {"show": True, "color": on(colour), "fontSize": 12},
        "data": data,
    }
