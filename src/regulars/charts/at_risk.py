"""Who holds the predicted value and who the value at risk: bars of 100 % by class and by rhythm."""

from __future__ import annotations

from dataclasses import dataclass

from regulars.charts import numbers
from regulars.charts.axes import axis, figure, text_width
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.tokens import on
from regulars.charts.words import ABC_COLOUR, RHYTHM, RHYTHM_COLOUR

HEIGHT = 188
MONEY = ("clv", "value_at_risk")
LEAST_LABELLED = 0.12
_NONE: Row = {"customers": 0, "value_at_risk": 0.0, "clv": 0.0}


@dataclass(frozen=True)
class Part:
    """A class or a state: its name, colour, sums, and the bars it is a part of (first of the pair)."""

    name: str
    colour: str
    sums: Row
    bar: int
    key: str

    @property
    def who(self) -> str:
        return f"{'worth_rhythm' if self.bar else 'worth_abc'}:{self.key}"


def held(at_risk: Row | None, reader: Reader) -> Drawing:
    """``value.at_risk`` by ABC class and by state of the rhythm, each over the predicted value of the same people."""
    parts = _parts(at_risk or {}, reader)
    whole = {(bar, key): sum(max(0.0, p.sums[key]) for p in parts if p.bar == bar) for bar in (0, 2) for key in MONEY}
    columns = (
        Column("group", reader.say("Class or state")),
        Column("customers", reader.say("Customers"), "count"),
        Column("clv", reader.say("Value, 12 months"), "money"),
        Column("share_clv", reader.say("Share"), "rate"),
        Column("value_at_risk", reader.say("Value at risk"), "money"),
        Column("share_at_risk", reader.say("Share"), "rate"),
    )
    rows = tuple(
        (p.name, p.sums["customers"], p.sums["clv"], _share(p, "clv", whole), p.sums["value_at_risk"],
         _share(p, "value_at_risk", whole))
        for p in parts
    )  # fmt: skip
    table = Table(columns, rows, doors={(at, 1): p.who for at, p in enumerate(parts)})
    if not at_risk or whole[0, "value_at_risk"] <= 0:
        return nothing(reader.say("No value is at risk: nobody is later than before."), table)
    return Drawing(_option(parts, whole, reader), table, HEIGHT)


def _parts(at_risk: Row, reader: Reader) -> list[Part]:
    by_abc, by_rhythm = at_risk.get("by_abc") or {}, at_risk.get("by_rhythm") or {}
    classes = [Part(key, ABC_COLOUR[key], by_abc.get(key) or _NONE, 0, key) for key in ABC_COLOUR]
    states = [Part(reader.say(RHYTHM[key]), RHYTHM_COLOUR[key], by_rhythm.get(key) or _NONE, 2, key) for key in RHYTHM]
    return classes + states


def _share(part: Part, key: str, whole: dict[tuple[int, str], float]) -> float | None:
    total = whole[part.bar, key]
    return max(0.0, part.sums[key]) / total if total > 0 else None


def _option(parts: list[Part], whole: dict[tuple[int, str], float], reader: Reader) -> Option:
    names = [
        reader.say("Class, value"),
        reader.say("Class, at risk"),
        reader.say("Rhythm, value"),
        reader.say("Rhythm, at risk"),
    ]
    return figure(
        grid={"left": round(max(text_width(name) for name in names)) + 14, "right": 4, "top": 6, "bottom": 4},
        xAxis={"type": "value", "show": False, "min": 0, "max": 1},
        yAxis=axis("category", inverse=True, data=names, axisLine={"show": False}, axisLabel={"color": "$ink2"}),
        series=[_segment(part, whole, reader) for part in parts],
    )


def _segment(part: Part, whole: dict[tuple[int, str], float], reader: Reader) -> Option:
    shares = {key: _share(part, key, whole) for key in MONEY}
    hover = tip(
        part.name,
        [reader.say("Customers"), numbers.count(part.sums["customers"])],
        [reader.say("Value, 12 months"), reader.money(part.sums["clv"]), numbers.rate(shares["clv"])],
        [reader.say("Value at risk"), reader.money(part.sums["value_at_risk"]), numbers.rate(shares["value_at_risk"])],
    )
    data: list[Option] = [{"value": None} for _ in range(4)]
    for place, key in enumerate(MONEY):
        share = shares[key] or 0.0
        text = {"show": share >= LEAST_LABELLED, "formatter": numbers.rate(share, decimals=0)}
        data[part.bar + place] = {"value": share, "tip": hover, "label": text, WHO: part.who}
    return {
        "type": "bar",
        "stack": "held",
        "barWidth": 30,
        "itemStyle": {"color": f"${part.colour}", "borderColor": "$card", "borderWidth": 1},
        "label": {"show": True, "color": on(part.colour), "fontSize": 12},
        "data": data,
    }
