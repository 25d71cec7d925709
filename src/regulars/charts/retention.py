"""Retention and both churns, month by month and as tables (definitions, section 2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from regulars.charts import numbers
from regulars.charts.drawing import Column, Drawing, Row, Table, Tip, nothing, tip
from regulars.charts.lines import Series, is_drawn, rate_lines
from regulars.charts.reader import Reader

HEIGHT = 230
MONTHS_SHOWN = 24
Step = Literal["month", "quarter"]


def retention(rows: Sequence[Row], reader: Reader) -> Drawing:
    """(E − N) / S as a line without a band, strict retention beside it with its Wilson band."""
    series = (
        Series("retention_rate", reader.say("Retention"), "steady", "t-steady"),
        Series(
            "strict_retention_rate",
            reader.say("Strict"),
            "none",
            "ink2",
            "strict_retention_low",
            "strict_retention_high",
            ringed=True,
        ),
    )
    return _drawing(rows, series, reader, from_zero=False, opens="stayed")


def churn(rows: Sequence[Row], reader: Reader) -> Drawing:
    """Absolute churn with its Wilson band; relative churn, dashed, without one."""
    absolute = Series(
        "absolute_churn",
        reader.say("Absolute"),
        "lost",
        "t-lost",
        "absolute_churn_low",
        "absolute_churn_high",
        ringed=True,
        labelled=True,
    )
    relative = Series("relative_churn", reader.say("Relative"), "dorm", "t-dorm", dash=(5, 3), of_people=False)
    return _drawing(rows, (absolute, relative), reader, from_zero=True, opens="lost")


def _drawing(
    rows: Sequence[Row], series: tuple[Series, ...], reader: Reader, *, from_zero: bool, opens: str
) -> Drawing:
    shown = rows[-MONTHS_SHOWN:]
    table = _twin(shown, series, reader)
    if not shown:
        return nothing(reader.say("The data do not yet cover a whole month after the first."), table)
    if not any(is_drawn(row) and row.get(series[0].key) is not None for row in shown):
        return nothing(reader.say("No month is fully observed yet: every one is in the table, marked."), table)
    tips = [_tip(row, series, reader) for row in shown]
    return Drawing(rate_lines(shown, series, tips, reader, from_zero=from_zero, opens=opens), table, HEIGHT)


def _tip(row: Row, series: Sequence[Series], reader: Reader) -> Tip:
    sentence = "" if row["fully_observed"] else reader.say("not fully observed")
    if row.get("alarm"):
        sentence = alarm(row, reader)
    rows: list[list[str]] = []
    for line in series:
        between = numbers.rate_interval(row.get(line.low), row.get(line.high), row["S"]) if line.low else ""
        rows.append([line.name, line.written(row), between])
    rows.append([reader.say("Lost / at start"), numbers.fraction(row["lost"], row["S"])])
    return tip(reader.period(row["period"]), *rows, sentence=sentence)


def alarm(row: Row, reader: Reader) -> str:
    """The alarm of a row in words: churn 4.6%, usually 3.7–4.1%."""
    usual = row["alarm"]
    between = numbers.interval(_complement(usual.get("usual_high")), _complement(usual.get("usual_low")))
    if not between:
        between = numbers.rate(_complement(usual.get("usual")))
    else:
        between += "%"
    return reader.say("Churn {rate}, usually {usual}.", rate=numbers.rate(row["absolute_churn"]), usual=between)


def _complement(value: float | None) -> float | None:
    return None if value is None else 1 - value


def _twin(rows: Sequence[Row], series: Sequence[Series], reader: Reader) -> Table:
    columns = [Column("period", reader.say("Month"), "period")]
    keys = ["period"]
    for line in series:
        columns.append(Column(line.key, line.name, "rate"))
        keys.append(line.key)
        if line.low:
            columns += [
                Column(line.low, reader.say("from (95%)"), "rate"),
                Column(line.high, reader.say("to (95%)"), "rate"),
            ]
            keys += [line.low, line.high]
    columns += [Column("lost", reader.say("Lost"), "count"), Column("S", reader.say("At start"), "count")]
    keys += ["lost", "S"]
    return Table(
        tuple(columns),
        tuple(tuple(row.get(key) for key in keys) for row in rows),
        frozenset(index for index, row in enumerate(rows) if not row["fully_observed"]),
        doors(rows, keys, "month"),
    )


MOVES = {"S": "start", "N": "new", "reactivated": "reactivated", "lost": "lost", "E": "end"}


def doors(rows: Sequence[Row], keys: Sequence[str], step: str) -> dict[tuple[int, int], str]:
    """Whom the counts of a table of periods stand for."""
    return {
        (at, place): f"move:{step}.{row['period']}.{MOVES[key]}"
        for at, row in enumerate(rows)
        for place, key in enumerate(keys)
        if key in MOVES
    }


_PERIOD_COLUMNS: tuple[tuple[str, Any], ...] = (
    ("S", "count"),
    ("N", "count"),
    ("reactivated", "count"),
    ("lost", "count"),
    ("E", "count"),
    ("retention_rate", "rate"),
    ("absolute_churn", "rate"),
    ("absolute_churn_low", "rate"),
    ("absolute_churn_high", "rate"),
    ("relative_churn", "rate"),
    ("revenue_retention", "rate"),
    ("net_revenue_retention", "rate"),
    ("gross_revenue_retention", "rate"),
)


def periods(rows: Sequence[Row], step: Step, reader: Reader) -> Table:
    """Every period, latest first, with counts, rates and intervals; rows not fully observed are hatched."""
    named = {
        "S": reader.say("Start S"),
        "N": reader.say("New N"),
        "reactivated": reader.say("Back Ra"),
        "lost": reader.say("Lost L"),
        "E": reader.say("End E"),
        "retention_rate": reader.say("Retention"),
        "absolute_churn": reader.say("Absolute churn"),
        "absolute_churn_low": reader.say("from (95%)"),
        "absolute_churn_high": reader.say("to (95%)"),
        "relative_churn": reader.say("Relative churn"),
        "revenue_retention": reader.say("Revenue ret."),
        "net_revenue_retention": reader.say("Net"),
        "gross_revenue_retention": reader.say("Gross"),
    }
    head = Column("period", reader.say("Month") if step == "month" else reader.say("Quarter"), "period")
    columns = (head, *(Column(key, named[key], kind) for key, kind in _PERIOD_COLUMNS))
    latest = list(reversed(rows))
    return Table(
        columns,
        tuple(tuple(row.get(column.key) for column in columns) for row in latest),
        frozenset(index for index, row in enumerate(latest) if not row["fully_observed"]),
        doors(latest, [column.key for column in columns], step),
    )
