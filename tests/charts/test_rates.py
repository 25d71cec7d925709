"""Retention and churn over months: bands, hatches, dots, rings."""

import pytest

from regulars.charts import retention
from regulars.charts.reader import Reader
from tests.charts.options import base, series

READER = Reader("en")


def row(index, *, start=400, lost=20, observed=True, alarm=None):
    churn = lost / start
    return {
        "period": f"{2024 + index // 12}-{index % 12 + 1:02d}",
        "S": start,
        "E": start,
        "N": lost - 4,
        "reactivated": 4,
        "lost": lost,
        "retention_rate": 1 - churn + 4 / start,
        "strict_retention_rate": 1 - churn,
        "strict_retention_low": 1 - churn - 0.02,
        "strict_retention_high": 1 - churn + 0.02,
        "absolute_churn": churn,
        "absolute_churn_low": max(0.0, churn - 0.02),
        "absolute_churn_high": churn + 0.02,
        "relative_churn": churn / 2,
        "fully_observed": observed,
        "alarm": alarm,
    }


ALARM = {"usual": 0.97, "usual_low": 0.965, "usual_high": 0.975, "seasonal": True, "direction": "worse"}


def line_of(drawing, place):
    return [one for one in series(drawing.option, "line") if one.get("z") == 5][place]


def test_retention_has_no_band_and_strict_retention_has():
    lines = series(retention.retention([row(i) for i in range(12)], READER).option, "line")
    assert [one.get("stack") for one in lines] == ["strict_retention_rate-band"] * 2 + [None, None]


def test_churn_starts_at_zero_and_retention_may_not():
    rows = [row(i) for i in range(12)]
    assert base(retention.churn(rows, READER).option)["yAxis"]["min"] == 0
    assert base(retention.retention(rows, READER).option)["yAxis"]["min"] >= 0.9


def test_months_not_observed_are_hatched_and_not_joined():
    rows = [row(i, observed=i > 3) for i in range(12)]
    drawing = retention.churn(rows, READER)
    (hatch,) = series(drawing.option, "bar")
    assert [bar["value"] is not None for bar in hatch["data"]] == [True] * 4 + [False] * 8
    assert [point["value"] is None for point in line_of(drawing, 0)["data"]] == [True] * 4 + [False] * 8
    assert drawing.table.hatched == frozenset(range(4))


def test_a_policy_without_a_window_is_drawn_over_the_hatch():
    rows = [{**row(i, observed=False), "drawn": True} for i in range(8)]
    drawing = retention.churn(rows, READER)
    assert len(series(drawing.option, "bar")) == 1
    assert all(point["value"] is not None for point in line_of(drawing, 0)["data"])


def test_without_any_observed_month_there_is_a_sentence():
    drawing = retention.retention([row(i, observed=False) for i in range(8)], READER)
    assert drawing.option is None
    assert "fully observed" in drawing.empty
    assert len(drawing.table.rows) == 8


@pytest.mark.parametrize(("months", "width"), [(5, 0), (6, 2)])
def test_few_points_are_dots(months, width):
    line = line_of(retention.churn([row(i) for i in range(months)], READER), 0)
    assert line["lineStyle"]["width"] == width
    assert (line["data"][0]["symbolSize"] > 0) == (width == 0)


def test_thin_points_are_hollow_and_counted_at_the_end():
    line = line_of(retention.churn([row(i, start=18, lost=7) for i in range(8)], READER), 0)
    assert line["data"][0]["itemStyle"]["color"] == "$card"
    assert "7 / 18" in line["endLabel"]["formatter"]


def test_alarms_are_ringed_and_named_where_there_are_few():
    rows = [row(i, lost=40 if i == 7 else 20, alarm=ALARM if i == 7 else None) for i in range(12)]
    churn, stayed = retention.churn(rows, READER), retention.retention(rows, READER)
    ring = line_of(churn, 0)["data"][7]
    assert ring["symbolSize"] == 9
    assert ring["label"]["formatter"] == "10.0%"
    assert "label" not in line_of(stayed, 1)["data"][7]
    assert line_of(churn, 1)["data"][7]["symbolSize"] == 0
    assert line_of(churn, 0)["data"][6]["symbolSize"] == 0


def test_many_alarms_are_ringed_without_words():
    rows = [row(i, alarm=ALARM if i < 4 else None) for i in range(12)]
    points = line_of(retention.churn(rows, READER), 0)["data"]
    assert [point["symbolSize"] for point in points[:4]] == [9] * 4
    assert not any("label" in point for point in points)


def test_an_alarm_in_words_speaks_of_churn():
    assert retention.alarm(row(3, lost=40, alarm=ALARM), READER) == "Churn 10.0%, usually 2.5–3.5%."
    assert retention.alarm(row(3, lost=40, alarm=ALARM), Reader("zh")) == "流失 10.0%，往常 2.5–3.5%。"


def test_words_at_the_ends_do_not_meet():
    rows = [{**row(i), "relative_churn": row(i)["absolute_churn"] + 0.0001} for i in range(12)]
    ends = [one["endLabel"]["offset"][1] for one in series(retention.churn(rows, READER).option, "line")[2:]]
    assert abs(ends[0] - ends[1]) >= 16


def test_only_the_last_two_years_are_drawn():
    drawing = retention.churn([row(i) for i in range(40)], READER)
    assert len(drawing.table.rows) == 24
    assert drawing.table.rows[-1][0] == "2027-04"


def test_the_table_of_periods_has_the_latest_first():
    table = retention.periods([row(i, observed=i > 0) for i in range(3)], "month", READER)
    assert [line[0] for line in table.rows] == ["2024-03", "2024-02", "2024-01"]
    assert table.hatched == frozenset({2})
