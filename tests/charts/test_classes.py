"""Pareto, RFM, quadrants, migration: what is drawn where, and for how few."""

import pytest

from regulars.charts import migration, pareto, quadrants, rfm
from regulars.charts.reader import Reader
from tests.charts.options import base, narrow, series
from tests.report import sample

READER = Reader("en", "CNY")
ABC = {
    key: {"customers": n, "amount": 2 * p, "profit": p}
    for key, n, p in (("A", 2, 70.0), ("B", 1, 20.0), ("C", 1, 10.0))
}
FEW = {
    "base": "profit",
    "customers_positive": 4,
    "customers_other": 3,
    "total": 100.0,
    "points": [[0, 0], [0.25, 0.4], [0.5, 0.7], [0.75, 0.9], [1, 1]],
    "cuts": {"A": 0.5, "B": 0.75},
}


def test_under_fifty_customers_are_bars():
    drawing = pareto.curve(FEW, ABC, READER)
    (bars,) = series(drawing.option)
    assert [round(bar["value"], 3) for bar in bars["data"]] == [0.4, 0.3, 0.2, 0.1]
    assert [bar["itemStyle"]["color"] for bar in bars["data"]] == ["$vA", "$vA", "$vB", "$vC"]
    assert [row[1] for row in drawing.table.rows] == ["A", "A", "B", "C"]


def test_the_areas_of_the_curve_meet_at_the_cuts():
    many = {**FEW, "customers_positive": 400}
    a, b, c = series(pareto.curve(many, ABC, READER).option, "line")
    assert a["data"][0] == [0.0, 0.0]
    assert a["data"][-1] == b["data"][0] == [0.5, 0.7]
    assert b["data"][-1] == c["data"][0] == pytest.approx([0.75, 0.9])
    assert c["data"][-1] == [1.0, 1.0]


def test_the_dots_say_what_the_classes_really_hold():
    dots = series(pareto.curve({**FEW, "customers_positive": 400}, ABC, READER).option, "scatter")[0]["data"]
    assert dots[0]["label"]["formatter"] == "top 50.0% bring 70%"
    assert dots[1]["label"]["position"] == "left"


def test_with_revenue_as_base_the_shares_are_of_revenue():
    revenue = {**FEW, "base": "revenue", "total": 200.0}
    assert pareto.cuts(revenue, ABC)["A"] == (0.5, 0.7)


def cell(r, f, customers, profit):
    return {"r": r, "f": f, "customers": customers, "amount": 0.0, "profit": profit}


def test_rfm_shade_is_profit_and_empty_cells_are_sunk():
    cells = [cell(r, f, 0, 0.0) for r in range(1, 6) for f in range(1, 6)]
    cells[0], cells[24] = cell(1, 1, 900, 0.0), cell(5, 5, 10, 50.0)
    data = series(rfm.grid({"grid": cells}, READER).option, "heatmap")[0]["data"]
    assert data[0]["itemStyle"]["color"] == "$mix:seq0:seq1:0.000"
    assert data[24]["itemStyle"]["color"] == "$mix:seq0:seq1:1.000"
    assert data[1]["itemStyle"]["color"] == "$sunk"
    assert data[1]["label"]["formatter"] == "–"
    assert data[24]["label"]["formatter"] == "{b|10}\n100.0%"


def test_rfm_drops_shares_where_there_is_little_room():
    option = rfm.grid(sample.good().summary["rfm"], READER).option
    assert all("\n" not in one["label"]["formatter"] for one in narrow(option)["series"][0]["data"])


def test_eight_groups_always_stand_in_their_order():
    table = rfm.groups({"HHH": {"customers": 3, "profit": 9.0}}, READER)
    assert [row[1] for row in table.rows][:2] == ["↑ ↑ ↑", "↑ ↓ ↑"]
    assert len(table.rows) == 8
    assert table.rows[0][2:] == (3, 9.0)
    assert table.rows[1][2:] == (0, None)


CUTS = {
    "frequency_cut": 4.13,
    "value_cut": 120.0,
    "x_edges": [0.5, 1.5, 2.5, 4.5, 8.5],
    "y_edges": [10.0, 120.0, 900.0],
}


def test_a_mean_of_four_orders_and_a_bit_means_five():
    assert quadrants.first_frequent(CUTS) == 5
    assert quadrants.quadrant_of(CUTS, 4, 500) == "d"
    assert quadrants.quadrant_of(CUTS, 5, 500) == "e"
    assert quadrants.quadrant_of(CUTS, 5, 119.9) == "c"
    assert quadrants.quadrant_of({**CUTS, "frequency_cut": 4.0}, 4, 10) == "c"


def test_bins_have_the_colour_of_their_quadrant_and_the_cut_is_an_edge():
    cells = [{"x": 0, "y": 0, "customers": 4}, {"x": 3, "y": 1, "customers": 1}]
    option = quadrants.quadrant_map({**CUTS, "cells": cells, "points": None}, {}, READER).option
    (bins,) = series(option, "custom")
    assert [one["itemStyle"]["color"] for one in bins["data"]] == ["$none", "$vA"]
    assert bins["data"][1]["tip"] == ["e frequent, large", "5–8", "¥120–¥900", "1"]
    assert bins["data"][0]["tip"][1] == "1"
    assert round(10 ** bins["markLine"]["data"][0]["xAxis"], 3) == 4.5


def test_two_thousand_customers_or_fewer_are_points():
    cells = [{"x": 0, "y": 0, "customers": 2}]
    points = [[1, 40.0, "b"], [6, 300.0, "e"]]
    option = quadrants.quadrant_map({**CUTS, "cells": cells, "points": points}, {}, READER).option
    held = {one["tipTitle"][0]: (one["itemStyle"]["color"], one["data"]) for one in series(option, "scatter")}
    assert held["b"] == ("$none", [{"value": [0.0, 1.6021], "tip": ["1", "¥40.00"], "who": "point:1.4000"}])
    assert held["e"][0] == "$vA"
    assert held["c"][1] == held["d"][1] == []


def test_corners_are_named_and_only_lettered_on_phones():
    held = {key: {"customers": n} for key, n in (("b", 5), ("c", 6), ("d", 7), ("e", 8))}
    option = quadrants.quadrant_map(sample.good().summary["quadrants"], held, READER).option
    assert {one["style"]["text"] for one in base(option)["graphic"]} >= {"e frequent, large 8", "b rare, small 5"}
    assert {one["style"]["text"] for one in narrow(option)["graphic"]} == {"b 5", "c 6", "d 7", "e 8"}


def move(a, b, customers):
    return {"from": a, "to": b, "customers": customers, "profit": 10.0 * customers}


MOVES = [
    move("a", "e", 50),
    move("e", "e", 20),
    move("e", "dormant", 9),
    move("b", "e", 4),
    move("dormant", "dormant", 80),
]


def test_flows_leave_out_the_new_and_those_who_stayed_quiet():
    drawing = migration.sankey({"rows": MOVES}, READER)
    (flow,) = series(drawing.option, "sankey")
    assert [(link["source"], link["target"], link["value"]) for link in flow["links"]] == [
        ("from-e", "to-e", 20),
        ("from-e", "to-dormant", 9),
        ("from-b", "to-e", 4),
    ]
    assert [link["lineStyle"]["color"] for link in flow["links"]] == ["$vA", "$dorm", "$vA"]
    assert [node["name"] for node in flow["data"]] == ["from-e", "from-b", "to-e", "to-dormant"]
    assert len(drawing.table.rows) == len(MOVES)


@pytest.mark.parametrize(("stayed", "drawn"), [(16, False), (17, True)])
def test_under_thirty_moves_are_a_table(stayed, drawn):
    rows = [move("e", "e", stayed), move("e", "dormant", 13)]
    drawing = migration.sankey({"rows": rows}, READER)
    assert (drawing.option is not None) == drawn
    assert len(drawing.table.rows) == 2
