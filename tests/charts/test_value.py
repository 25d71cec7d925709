"""Predicted value: concentration, calibration, chances, who holds what is at risk, P(alive), time to the second."""

from itertools import pairwise

import pytest

from regulars.charts import alive, at_risk, calibration, clv, reliability, survival
from regulars.charts.reader import Reader
from tests.charts.options import base, narrow, series
from tests.report import sample

READER = Reader("en", "CNY")


def value(**changes):
    points = [[0.0, 0.0], [0.1, 0.4], [0.2, 0.6], [1.0, 1.0]]
    held = {"points": points, "realised": [[0.0, 0.0], [0.5, 0.9], [1.0, 1.0]], "top": {"1": 0.1, "10": 0.4, "20": 0.6}}
    return {"customers": 200, "concentration": held, **changes}


def test_the_predicted_curve_is_an_area_over_the_line_of_what_was():
    predicted, realised = series(clv.concentration(value(), READER).option, "line")
    assert predicted["lineStyle"]["color"] == "$vA" and "areaStyle" in predicted
    assert realised["lineStyle"]["color"] == "$vC" and "areaStyle" not in realised
    (dots,) = series(clv.concentration(value(), READER).option, "scatter")
    assert [dot["label"]["formatter"] for dot in dots["data"]] == ["best 10% hold 40%", "best 20% hold 60%"]


def test_the_table_of_the_concentration_has_a_row_a_twentieth():
    rows = clv.concentration(value(), READER).table.rows
    assert len(rows) == 21
    assert rows[2] == (0.1, 0.4, 0.18)


def test_few_customers_or_none_with_a_value_have_no_curve():
    assert "Too few" in clv.concentration(value(customers=19), READER).empty
    nobody = value(concentration={"points": [], "realised": [], "top": {}})
    assert "Nobody" in clv.concentration(nobody, READER).empty
    assert clv.concentration(None, READER).option is None


def tenth(forecast, actual, **more):
    return {"customers": 48, "forecast": forecast, "actual": actual, **more}


def test_bars_are_what_came_and_dots_what_was_foretold():
    drawing = calibration.by_decile({"deciles": [tenth(5.4, 5.7), tenth(2.6, 2.8)]}, READER)
    (bars,), (dots,) = series(drawing.option, "bar"), series(drawing.option, "scatter")
    assert ([b["value"] for b in bars["data"]], bars["itemStyle"]["color"]) == ([5.7, 2.8], "$vC")
    assert ([d["value"] for d in dots["data"]], dots["itemStyle"]["color"]) == ([5.4, 2.6], "$vA")
    assert base(drawing.option)["yAxis"]["min"] == 0
    assert base(drawing.option)["xAxis"]["data"] == ["1\n{n|5.70}", "2\n{n|2.80}"]
    assert "MAE" not in str(drawing)


def test_the_naive_forecast_is_a_grey_tick_where_it_is_given():
    rows = [tenth(5.4, 5.7, naive=4.0), tenth(2.6, 2.8, naive=3.0)]
    drawing = calibration.by_decile({"deciles": rows}, READER)
    ticks = series(drawing.option, "scatter")[1]
    assert (ticks["data"], ticks["itemStyle"]["color"]) == ([4.0, 3.0], "$none")
    assert drawing.table.rows[0] == (1, 48, 5.4, 5.7, 4.0)


def test_without_a_hold_out_there_is_no_calibration():
    assert "hold-out" in calibration.by_decile(None, READER).empty
    assert "hold-out" in reliability.chances({"reliability": {"90": []}}, READER).empty


def chance(low, customers=100, forecast=0.5, actual=0.4):
    row = {"low": low, "high": low + 0.1, "customers": customers, "forecast": forecast, "actual": actual}
    return {**row, "actual_low": actual - 0.1, "actual_high": actual + 0.1}


def test_chances_have_intervals_and_thin_ones_are_hollow():
    spans = {"30": [chance(0.1)], "90": [chance(0.4), chance(0.5, customers=19)]}
    drawing = reliability.chances({"reliability": spans}, READER)
    (reach,), (points,) = series(drawing.option, "line"), series(drawing.option, "scatter")
    assert reach["data"][:3] == [[0.5, pytest.approx(0.3)], [0.5, 0.5], [0.5, None]]
    assert [point["itemStyle"]["color"] for point in points["data"]] == ["$vA", "$card"]
    assert reach["markLine"]["data"][0][1] == {"coord": [1, 1]}
    assert [row[0] for row in drawing.table.rows] == ["30 days", "90 days", "90 days"]


def test_ninety_days_are_drawn_else_the_longest_span():
    assert reliability.span_of({"reliability": {"30": [1], "365": [1]}}) == "365"
    assert reliability.span_of({"reliability": {"30": [1], "90": [1], "365": [1]}}) == "90"
    assert reliability.span_of({}) is None


def held(customers, clv_, risk):
    return {"customers": customers, "clv": clv_, "value_at_risk": risk}


RISK = {
    "total": 100.0,
    "customers": 60,
    "by_abc": {"A": held(10, 500.0, 75.0), "B": held(20, 300.0, 20.0), "C": held(30, 200.0, 5.0)},
    "by_rhythm": {"on_rhythm": held(40, 900.0, 30.0), "lost": held(20, 100.0, 70.0)},
}


def test_value_and_risk_are_bars_of_a_hundred_by_class_and_by_state():
    drawing = at_risk.held(RISK, READER)
    segments = series(drawing.option, "bar")
    assert [one["itemStyle"]["color"] for one in segments][:4] == ["$vA", "$vB", "$vC", "$steady"]
    assert [part["value"] for part in segments[0]["data"]] == [0.5, 0.75, None, None]
    assert [part["value"] for part in segments[7]["data"]] == [None, None, 0.1, 0.7]
    assert drawing.table.rows[0] == ("A", 10, 500.0, 0.5, 75.0, 0.75)


def test_nothing_at_risk_is_said_in_words():
    nothing = {"total": 0.0, "customers": 5, "by_abc": {}, "by_rhythm": {}}
    assert "No value is at risk" in at_risk.held(nothing, READER).empty
    assert at_risk.held(None, READER).option is None


def test_edges_are_the_first_values_of_their_ranges_and_the_last_is_open():
    assert alive.spans((1, 2, 4, 10)) == ["1", "2–3", "4–9", "10+"]
    assert alive.spans(()) == []


def test_the_map_is_blue_and_thin_cells_are_sunk():
    cells = [
        {"recency": 0, "frequency": 0, "customers": 40, "p_alive": 0.8},
        {"recency": 1, "frequency": 0, "customers": 19, "p_alive": 0.2},
        {"recency": 1, "frequency": 1, "customers": 0, "p_alive": None},
    ]
    drawing = alive.alive_map({"recency_edges": [0, 30], "frequency_edges": [1, 2], "cells": cells}, READER)
    (cell, thin) = series(drawing.option, "heatmap")[0]["data"]
    assert cell["itemStyle"]["color"] == "$mix:ret0:ret1:0.800"
    assert (thin["itemStyle"]["color"], thin["label"]["color"]) == ("$sunk", "$ink3")
    assert drawing.table.rows[0] == ("1", "0–29", 40, 0.8)
    assert alive.alive_map(None, READER).option is None


def curve(points, *, customers=100, median=None, name="2026-Q1"):
    return {"name": name, "customers": customers, "events": len(points) - 1, "median_days": median, "points": points}


STEPS = [[0, 1.0, 1.0, 1.0], [30, 0.8, 0.7, 0.9], [200, 0.5, 0.4, 0.6]]


def test_returned_is_one_minus_waiting_and_unknown_after_the_last_return():
    one = curve(STEPS)
    assert survival.returned(one, 0) == (0.0, 0.0, 0.0)
    assert survival.returned(one, 29) == (0.0, 0.0, 0.0)
    assert survival.returned(one, 30) == (0.2, 0.1, 0.3)
    assert survival.returned(one, 200) == (0.5, 0.4, 0.6)
    assert survival.returned(one, 201) is None


@pytest.mark.parametrize(
    ("last", "median", "span"), [(80, None, 90), (200, 190, 360), (900, 116, 360), (900, None, 720), (900, 400, 720)]
)
def test_the_axis_is_as_long_as_the_curve_needs(last, median, span):
    assert survival.span_of([curve([*STEPS[:2], [last, 0.5, 0.4, 0.6]], median=median)]) == span


def test_the_overall_curve_has_a_band_and_its_table_twelve_steps():
    drawing = survival.overall(curve(STEPS), READER)
    low, depth, line = series(drawing.option, "line")
    assert low["stack"] == depth["stack"] and "stack" not in line
    at = [point["value"] for point in line["data"]]
    assert at[0] == 0.0 and max(value for value in at if value is not None) == 0.5
    assert at[-1] is None and drawing.table.rows[-1] == (210, 0.5, 0.4, 0.6)
    assert [row[0] for row in drawing.table.rows] == list(range(0, 211, 30))
    assert survival.overall(None, READER).empty


def test_at_most_six_groups_of_twenty_are_drawn_with_their_names():
    curves = [curve(STEPS, name=f"2025-Q{n}", customers=19 if n == 2 else 40) for n in range(1, 9)]
    names = [f"Q{n} 2025" for n in range(1, 9)]
    drawing = survival.groups(curves, names, READER)
    lines = [one for one in series(drawing.option, "line") if "endLabel" in one]
    assert [one["endLabel"]["formatter"] for one in lines] == [f"2025-Q{n}" for n in (3, 4, 5, 6, 7, 8)]
    assert lines[-1]["lineStyle"]["type"] == "solid"
    assert len({str(one["lineStyle"]["type"]) for one in lines}) == 6
    assert [column.label for column in drawing.table.columns][1:] == names[2:]
    assert survival.groups([curve(STEPS, customers=19)], ["Q1 2025"], READER).option is None
    assert survival.groups(None, [], READER).empty


def test_long_names_are_shortened_at_the_line_and_whole_in_the_table():
    name = "凤凰单丛蜜兰香大份量礼盒装 500g"
    drawing = survival.groups([curve(STEPS, name=name)], [name], READER)
    label = series(drawing.option, "line")[0]["endLabel"]["formatter"]
    assert label.endswith("…") and name.startswith(label[:-1])
    assert len(narrow(drawing.option)["series"][0]["endLabel"]["formatter"]) < len(label)
    assert drawing.table.columns[1].label == name


def test_words_at_the_ends_of_groups_do_not_meet():
    curves = [curve([*STEPS[:2], [200, 0.5 - n / 1000, 0.4, 0.6]], name=str(n)) for n in range(6)]
    drawing = survival.groups(curves, [str(n) for n in range(6)], READER)
    lines = [one for one in series(drawing.option, "line") if "endLabel" in one]
    scale = (survival.HEIGHT - 60) / max(v for one in lines for v in one["data"] if v is not None)
    places = [-[v for v in one["data"] if v is not None][-1] * scale + one["endLabel"]["offset"][1] for one in lines]
    ordered = sorted(places)
    assert all(b - a >= 14 for a, b in pairwise(ordered))


def test_the_sample_draws_every_figure_of_value():
    summary = sample.good().summary
    found, proof = summary["value"], summary["clv"]["backtest"]
    assert clv.concentration(found, READER).option
    assert calibration.by_decile(proof, READER).option
    assert reliability.chances(proof, READER).option
    assert alive.alive_map(found["alive"], READER).option
