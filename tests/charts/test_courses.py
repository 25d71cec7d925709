"""Lifecycle, rhythm, cohorts, sparks."""

import pytest

from regulars.charts import cohorts, lifecycle, rhythm, sparks
from regulars.charts.reader import Reader
from regulars.charts.words import STAGE
from tests.charts.options import base, series
from tests.report import sample

READER = Reader("en", "CNY")


def test_both_views_show_the_same_people():
    rows = sample.good().summary["lifecycle_flow"]
    (flow,) = series(lifecycle.flow(rows, READER).option, "sankey")
    total = sum(row["customers"] for row in rows)
    assert sum(link["value"] for link in flow["links"]) == total
    assert [node["name"] for node in flow["data"]][:4] == [f"a-{stage}" for stage in STAGE]


def test_months_add_up_to_the_whole():
    stages = series(lifecycle.history(sample.good().summary["lifecycle_history"], READER).option, "line")
    for shares in zip(*([point["value"] for point in stage["data"]] for stage in stages), strict=True):
        assert sum(shares) == pytest.approx(1)


def test_two_month_ends_are_no_course():
    months = sample.good().summary["lifecycle_history"][:2]
    assert lifecycle.history(months, READER).option is None


def test_names_of_thin_bands_keep_apart():
    row = {"month": "2026-10", "growth": 1, "maturity": 1, "decline": 1, "churned": 997}
    months = [{**row, "month": f"2026-{m:02d}"} for m in range(1, 11)]
    names = series(lifecycle.history(months, READER).option, "scatter")[0]["data"]
    heights = [point["value"][1] for point in names]
    assert heights == sorted(heights)
    assert [point["label"]["formatter"] for point in names][-1] == "Churned 100%"


STATES = {
    "on_rhythm": {"customers": 50, "amount": 0.0, "profit": 500.0},
    "due": {"customers": 20, "amount": 0.0, "profit": 300.0},
    "slipping": {"customers": 20, "amount": 0.0, "profit": 150.0},
    "dormant": {"customers": 8, "amount": 0.0, "profit": 50.0},
    "lost": {"customers": 2, "amount": 0.0, "profit": 0.0},
}


def test_two_bars_of_shares_in_the_same_order():
    drawing = rhythm.states(STATES, 30.0, READER)
    bars = series(drawing.option, "bar")
    assert [[round(point["value"], 3) for point in bar["data"]] for bar in bars] == [
        [0.5, 0.5],
        [0.2, 0.3],
        [0.2, 0.15],
        [0.08, 0.05],
        [0.02, 0.0],
    ]
    assert [bar["data"][0]["label"]["show"] for bar in bars] == [True, True, True, True, False]
    assert rhythm.late_share(STATES, "profit") == pytest.approx(0.2)


def test_a_negative_part_makes_no_share_of_profit():
    loss = {**STATES, "lost": {"customers": 2, "amount": 0.0, "profit": -10.0}}
    drawing = rhythm.states(loss, 30.0, READER)
    assert base(drawing.option)["yAxis"]["data"] == ["Customers"]
    assert rhythm.late_share(loss, "profit") is None
    assert drawing.table.rows[-1][3] == -10.0


def test_without_a_completed_gap_there_is_no_rhythm():
    assert "second time" in rhythm.states(STATES, None, READER).empty


def cell(cohort, offset, size, bought, *, complete=True):
    share = bought / size if size else None
    return {
        "cohort": cohort,
        "month": "2026-01",
        "offset": offset,
        "cohort_size": size,
        "customers": bought,
        "share": share,
        "amount": 10.0 * bought,
        "complete": complete,
    }


CELLS = [
    cell("2026-01", 0, 100, 100),
    cell("2026-01", 1, 100, 30),
    cell("2026-01", 2, 100, 20, complete=False),
    cell("2026-02", 0, 10, 10),
    cell("2026-02", 1, 10, 1, complete=False),
]


def test_cells_not_over_are_hatched_and_offset_zero_is_left_out():
    drawing = cohorts.heat_map(CELLS, READER)
    data = series(drawing.option, "heatmap")[0]["data"]
    drawn = {tuple(point["value"][:2]): point for point in data}
    assert set(drawn) == {(0, 0), (1, 0), (0, 1), (0, 2)}
    assert "decal" not in drawn[(0, 0)]["itemStyle"]
    assert "decal" in drawn[(1, 0)]["itemStyle"]
    assert drawn[(0, 0)]["label"]["formatter"] == "30"
    assert drawing.table.hatched == frozenset({1, 2})


def test_small_cohorts_have_grey_digits():
    cells = [*CELLS[:2], cell("2026-02", 1, 10, 1)]
    data = series(cohorts.heat_map(cells, READER).option, "heatmap")[0]["data"]
    assert data[1]["label"]["color"] == "$ink3"
    assert data[0]["label"]["color"].startswith("$on:")


def test_the_mean_weighs_cohorts_by_their_size():
    cells = [cell("2026-01", 1, 100, 30), cell("2026-02", 1, 300, 30), cell("2026-03", 1, 50, 50, complete=False)]
    assert cohorts.mean_at(cells, 1) == (60, 400)
    data = series(cohorts.heat_map(cells, READER).option, "heatmap")[0]["data"]
    assert data[-1]["label"]["formatter"] == "15"


def test_before_a_whole_month_there_is_a_sentence():
    assert cohorts.heat_map([cell("2026-01", 1, 9, 1, complete=False)], READER).option is None


def test_a_spark_is_named_and_escaped():
    assert sparks.spark([1.0], "one") == ""
    drawn = sparks.spark([1.0, 3.0, 2.0], 'from "<1>"')
    assert "&lt;1&gt;" in drawn
    assert drawn.count(",") == 3
