"""The waterfall: what its bars stand on, and when there is none."""

import pytest

from regulars.charts.movement import reconciles, waterfall
from regulars.charts.reader import Reader
from tests.charts.options import narrow, series

ROW = {"S": 500, "E": 520, "N": 40, "reactivated": 5, "lost": 25, "new_and_lost": 3, "fully_observed": True}
READER = Reader("en")


def bars(row):
    floor, shown = series(waterfall(row, READER).option, "bar")
    return list(zip(floor["data"], [bar["value"] for bar in shown["data"]], strict=True))


def test_each_bar_starts_where_the_one_before_ends():
    assert bars(ROW) == [(0, 500), (475, 25), (0, 475), (475, 5), (480, 40), (0, 520)]


def test_signs_stand_on_the_labels():
    labels = [bar["label"]["formatter"] for bar in series(waterfall(ROW, READER).option, "bar")[1]["data"]]
    assert labels == ["500", "−25", "475", "+5", "+40", "520"]


def test_narrow_bars_have_short_counts():
    row = {**ROW, "S": 461_448, "lost": 231_062, "reactivated": 8_122, "N": 348_811, "E": 587_319}
    data = narrow(waterfall(row, Reader("zh")).option)["series"][1]["data"]
    assert [bar["label"]["formatter"] for bar in data] == ["46.1万", "−23.1万", "23.0万", "+8,122", "+34.9万", "58.7万"]


def test_what_does_not_reconcile_is_not_drawn():
    assert reconciles(ROW)
    broken = {**ROW, "E": 521}
    assert not reconciles(broken)
    drawing = waterfall(broken, READER)
    assert drawing.option is None
    assert "do not reconcile" in drawing.empty
    assert dict(drawing.table.rows)["At end"] == 521


def test_nobody_at_the_start_is_said_in_words():
    drawing = waterfall({**ROW, "S": 0, "lost": 0, "reactivated": 0, "N": 520}, READER)
    assert drawing.option is None
    assert "nobody could stay or leave" in drawing.empty


@pytest.mark.parametrize("observed", [True, False])
def test_hatched_where_not_fully_observed(observed):
    shown = series(waterfall({**ROW, "fully_observed": observed}, READER).option, "bar")[1]["data"]
    assert all(("decal" in bar["itemStyle"]) != observed for bar in shown)


def test_colours_mean_the_same_everywhere():
    shown = series(waterfall(ROW, READER).option, "bar")[1]["data"]
    assert [bar["itemStyle"]["color"] for bar in shown] == ["$none", "$lost", "$steady", "$due", "$grow", "$none"]


def test_the_table_says_what_the_bars_say():
    drawing = waterfall(ROW, READER)
    shown = series(drawing.option, "bar")[1]["data"]
    assert [count for _, count in drawing.table.rows] == [bar["value"] for bar in shown]
