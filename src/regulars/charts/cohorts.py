"""Cohorts as a heat map: row = month of first purchase, column = months since, digits = % (definitions, section 7)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from regulars.charts import numbers
from regulars.charts.axes import HATCH, axis, figure, with_narrow
from regulars.charts.drawing import WHO, Column, Drawing, Option, Row, Table, nothing, tip
from regulars.charts.reader import Reader
from regulars.charts.tokens import mix, on

COHORTS_SHOWN, MONTHS_SHOWN = 18, 18
NARROW_MONTHS = 8
THIN_COHORT = 20
ROW_HEIGHT, HEAD = 27, 26
_FULL_SHADE_AT_LEAST = 0.30


def heat_map(cells: Sequence[Row] | None, reader: Reader) -> Drawing:
    """The last cohorts of ``summary.cohorts``; months that are not over are hatched, offset 0 is left out."""
    since = [cell for cell in cells or () if cell["offset"] > 0]
    cohorts = sorted({cell["cohort"] for cell in since if cell["cohort_size"]})[-COHORTS_SHOWN:]
    shown = [cell for cell in since if cell["cohort"] in cohorts and cell["offset"] <= MONTHS_SHOWN]
    table = _twin(shown, reader)
    if not any(cell["complete"] for cell in since):
        return nothing(reader.say("No cohort has a whole month behind it yet."), table)
    return Drawing(_option(cohorts, shown, reader), table, HEAD + ROW_HEIGHT * (len(cohorts) + 1) + 4)


def mean_at(cells: Iterable[Row], offset: int) -> tuple[int, int]:
    """Customers who bought in month ``offset`` and the size of their cohorts, over complete cells."""
    at = [cell for cell in cells if cell["offset"] == offset and cell["complete"]]
    return sum(cell["customers"] for cell in at), sum(cell["cohort_size"] for cell in at)


def _twin(cells: Sequence[Row], reader: Reader) -> Table:
    columns = (
        Column("cohort", reader.say("First purchase"), "period"),
        Column("offset", reader.say("Months since"), "count"),
        Column("cohort_size", reader.say("Cohort"), "count"),
        Column("customers", reader.say("Customers"), "count"),
        Column("share", reader.say("Share"), "rate"),
        Column("amount", reader.say("Amount"), "money"),
    )
    keys = [column.key for column in columns]
    hatched = frozenset(index for index, cell in enumerate(cells) if not cell["complete"])
    return Table(columns, tuple(tuple(cell.get(key) for key in keys) for cell in cells), hatched, _doors(cells))


def _doors(cells: Sequence[Row]) -> dict[tuple[int, int], str]:
    whole = {(at, 2): f"cohort:{cell['cohort']}" for at, cell in enumerate(cells)}
    return whole | {(at, 3): f"cohort:{cell['cohort']}.{cell['offset']}" for at, cell in enumerate(cells)}


def _option(cohorts: list[str], cells: list[Row], reader: Reader) -> Option:
    widest = max(cell["offset"] for cell in cells)
    most = max([_FULL_SHADE_AT_LEAST, *(cell["share"] or 0.0 for cell in cells)])
    sizes = {cell["cohort"]: cell["cohort_size"] for cell in cells}
    data = [_cell(cell, cohorts.index(cell["cohort"]), most, reader) for cell in cells]
    data += _means(cells, len(cohorts), widest, reader)
    mean = reader.say("Mean")
    wide = [f"{cohort}  {{n|{numbers.count(sizes[cohort])}}}" for cohort in cohorts] + [mean]
    months = min(NARROW_MONTHS, widest)
    columns = [reader.say("+1 mo"), *(f"+{offset}" for offset in range(2, widest + 1))]
    rows = axis("category", inverse=True, data=wide, axisLine={"show": False})
    rows["axisLabel"]["rich"] = {"n": {"color": "$ink", "fontSize": 12, "width": 40, "align": "right"}}
    option = figure(
        grid={"left": 112, "right": 2, "top": HEAD, "bottom": 2},
        xAxis=axis("category", position="top", data=columns, axisLine={"show": False}, axisLabel={"interval": 0}),
        yAxis=rows,
        series=[{"type": "heatmap", "label": {"show": True, "fontSize": 12}, "data": data}],
    )
    changes = {
        "grid": {"left": 60},
        "xAxis": {"max": months - 1},
        "yAxis": {"data": [*cohorts, mean]},
    }
    return with_narrow(option, changes)


def _cell(cell: Row, row: int, most: float, reader: Reader) -> dict[str, Any]:
    share = cell["share"] or 0.0
    fill = mix("ret0", "ret1", share / most)
    ink = "$ink3" if cell["cohort_size"] < THIN_COHORT else on(fill)
    style: dict[str, Any] = {"color": fill, "borderColor": "$card", "borderWidth": 1.5, "borderRadius": 2}
    if cell["cohort_size"] < THIN_COHORT:
        style["color"] = "$sunk"
    if not cell["complete"]:
        style |= {"color": "$card", "decal": HATCH}
        ink = "$ink3"
    sentence = "" if cell["complete"] else reader.say("This month is not over.")
    return {
        "value": [cell["offset"] - 1, row, share],
        "itemStyle": style,
        "label": {"color": ink, "formatter": numbers.percent(share, 0)},
        "tip": tip(
            reader.say("First bought {month}, month +{n}", month=reader.period(cell["cohort"]), n=cell["offset"]),
            [reader.say("Bought"), numbers.fraction(cell["customers"], cell["cohort_size"]), numbers.rate(share)],
            [reader.say("Amount"), reader.money(cell["amount"])],
            sentence=sentence,
        ),
        WHO: f"cohort:{cell['cohort']}.{cell['offset']}",
    }


def _means(cells: list[Row], row: int, widest: int, reader: Reader) -> list[dict[str, Any]]:
    made = []
    for offset in range(1, widest + 1):
        bought, base = mean_at(cells, offset)
        if base:
            made.append(
                {
                    "value": [offset - 1, row, bought / base],
                    "itemStyle": {"color": "$card"},
                    "label": {"color": "$ink", "fontWeight": 600, "formatter": numbers.percent(bought / base, 0)},
                    "tip": tip(
                        reader.say("Mean of complete months, month +{n}", n=offset),
                        [reader.say("Bought"), numbers.fraction(bought, base), numbers.rate(bought / base)],
                    ),
                }
            )
    return made
