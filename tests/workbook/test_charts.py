"""The charts are native, and draw exactly the cells of their tables."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from tests.workbook.reading import Series, chart_title, series_of
from tests.workbook.sample import Analysis

CHARTS = {"总览": 2, "月保持率": 4, "季保持率": 4, "客户变动": 2, "ABC 分类": 2, "RFM": 1, "象限与迁移": 2,
          "生命周期": 2, "购买节奏": 1, "价值": 8, "商品": 1, "渠道": 1, "活动": 1, "新客与老客": 1}  # fmt: skip


def found(book: openpyxl.Workbook, sheet: str, title: str) -> list[Series]:
    chart = next(chart for chart in book[sheet]._charts if title in chart_title(chart))
    return series_of(book, chart)


def test_every_sheet_has_its_charts(zh_book: openpyxl.Workbook) -> None:
    assert {sheet.title: len(sheet._charts) for sheet in zh_book if sheet._charts} == CHARTS


def test_the_pareto_chart_is_columns_under_a_cumulative_line_with_two_cuts(
    sample: Analysis, zh_book: openpyxl.Workbook
) -> None:
    columns, curve, low, high = found(zh_book, "ABC 分类", "帕累托")
    assert [s.kind for s in (columns, curve, low, high)] == ["BarChart", "LineChart", "LineChart", "LineChart"]
    assert (columns.name, curve.name, low.name) == ("利润占比", "利润累计占比", "80% 分界")
    assert sum(columns.values) == pytest.approx(1)
    assert curve.values[-1] == pytest.approx(1)
    assert curve.values == sorted(curve.values)
    assert columns.values == sorted(columns.values, reverse=True)
    assert set(low.values) == {0.8}
    assert set(high.values) == {0.9}
    assert curve.categories == pytest.approx([i / 20 for i in range(1, 21)])


def test_the_lines_of_retention_draw_the_observed_months_only(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    rows = [row for row in sample.summary["retention"]["month"] if row["fully_observed"]]
    retention, strict, low, high = found(zh_book, "月保持率", "客户保持率")
    assert retention.categories == [row["period"] for row in rows]
    assert retention.values == pytest.approx([row["retention_rate"] for row in rows])
    assert strict.values == pytest.approx([row["strict_retention_rate"] for row in rows])
    assert low.values == pytest.approx([row["strict_retention_low"] for row in rows])
    assert high.values == pytest.approx([row["strict_retention_high"] for row in rows])


def test_the_lines_of_churn_draw_both_churns_and_the_interval(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    rows = [row for row in sample.summary["retention"]["month"] if row["fully_observed"]]
    names = [series.name for series in found(zh_book, "月保持率", "绝对流失率")]
    assert names == ["绝对流失率", "相对流失率", "流失，下限", "流失，上限"]
    assert found(zh_book, "月保持率", "绝对流失率")[1].values == pytest.approx([row["relative_churn"] for row in rows])


def test_the_waterfall_stands_on_invisible_columns(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    row = sample.summary["bridge"]["window"]
    base, height, top = found(zh_book, "客户变动", "谁来了")
    assert base.categories == ["期初活跃 S", "流失 L", "留下", "回流 Ra", "新客 N", "期末活跃 E"]
    assert height.values == [row["S"], row["lost"], row["S"] - row["lost"], row["reactivated"], row["N"], row["E"]]
    assert [b + h for b, h in zip(base.values, height.values, strict=True)] == top.values
    chart: Any = zh_book["客户变动"]._charts[0]
    assert chart.series[0].spPr.noFill
    assert chart.grouping == "stacked"


def test_the_tops_of_the_waterfall_carry_the_signed_counts(sample: Analysis, zh_path: Path) -> None:
    row = sample.summary["bridge"]["window"]
    archive = ZipFile(zh_path)
    charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    labels = next(re.findall(r"<c:dLbl>.*?<a:t>(.*?)</a:t>", xml) for xml in charts if "谁来了" in xml)
    assert labels[:2] == [f"{row['S']:,}", f"−{row['lost']:,}"]
    assert len(labels) == 6


def test_the_rhythm_bars_split_customers_and_profit_into_five_states(
    sample: Analysis, zh_book: openpyxl.Workbook
) -> None:
    parts = found(zh_book, "购买节奏", "哪种状态")
    assert [part.name for part in parts] == ["按节奏", "该来了", "放缓", "休眠", "已失"]
    assert parts[0].categories == ["客户数", "利润"]
    assert sum(part.values[0] for part in parts) == pytest.approx(1)
    people = sample.summary["customers"]["rhythm"]["on_rhythm"]["customers"]
    assert parts[0].values[0] == pytest.approx(people / sample.summary["customers"]["total"])


def test_the_course_of_the_stages_draws_every_month_end(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    stages = found(zh_book, "生命周期", "各月末")
    history = sample.summary["lifecycle_history"]
    assert [stage.name for stage in stages] == ["提升期", "成熟期", "衰退期", "流失"]
    assert stages[0].categories == [row["month"] for row in history]
    assert stages[3].values == [row["churned"] for row in history]


def test_the_charts_of_the_first_sheet_draw_the_tables_of_the_others(zh_book: openpyxl.Workbook) -> None:
    for title in ("谁来了", "帕累托"):
        sheet = "客户变动" if title == "谁来了" else "ABC 分类"
        assert found(zh_book, "总览", title) == found(zh_book, sheet, title)


def test_predicted_value_is_drawn_over_the_profit_that_was(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    predicted, realised = found(zh_book, "价值", "预测价值的集中度")
    held = sample.summary["value"]["concentration"]
    assert (predicted.name, realised.name) == ("预测价值累计占比", "窗口内利润累计占比")
    assert predicted.values[0] == 0 and predicted.values[-1] == pytest.approx(1)
    assert predicted.values[2] == pytest.approx(held["top"]["10"], abs=0.02)


def test_value_and_value_at_risk_are_bars_of_a_hundred(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    risk = sample.summary["value"]["at_risk"]
    a, b, c = found(zh_book, "价值", "各类客户的价值与风险价值")
    assert a.categories == ["预测价值", "风险价值"]
    assert a.values[1] == pytest.approx(risk["by_abc"]["A"]["value_at_risk"] / risk["total"])
    assert a.values[0] + b.values[0] + c.values[0] == pytest.approx(1)
    assert len(found(zh_book, "价值", "各节奏状态的价值与风险价值")) == 5


def test_the_calibration_is_columns_of_what_came_under_dots_of_what_was_foretold(
    sample: Analysis, zh_book: openpyxl.Workbook
) -> None:
    tenths = sample.summary["clv"]["backtest"]["deciles"]
    drawn = [chart for chart in zh_book["价值"]._charts if type(chart).__name__ != "ScatterChart"]
    charts = [series_of(zh_book, chart) for chart in drawn]
    actual, predicted = next(one for one in charts if [s.kind for s in one] == ["BarChart", "LineChart"])
    assert (actual.name, predicted.name) == ("实际", "预测")
    assert actual.values == pytest.approx([row["actual"] for row in tenths])
    assert predicted.values == pytest.approx([row["forecast"] for row in tenths])


def test_the_curves_of_return_rise_to_what_came_back(sample: Analysis, zh_book: openpyxl.Workbook) -> None:
    share, low, high = found(zh_book, "价值", "天内再来")
    assert share.name == "已再来"
    assert share.values == sorted(share.values)
    assert all(a <= s <= b for a, s, b in zip(low.values, share.values, high.values, strict=True))
    assert len(found(zh_book, "价值", "按首购季度")) == 6


def test_chances_are_dots_between_the_ends_of_their_intervals(sample: Analysis, zh_path: Path) -> None:
    archive = ZipFile(zh_path)
    charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    (scatter,) = [xml for xml in charts if "<c:scatterChart>" in xml and "说几成来几成" in xml]
    assert scatter.count("<c:ser>") == 4
    rows = sample.summary["clv"]["backtest"]["reliability"]["90"]
    first, last = re.findall(r"<c:xVal>.*?\$(\d+):\$\w+\$(\d+)</c:f>", scatter)[0]
    assert int(last) - int(first) + 1 == len(rows)


def test_cohort_cells_are_coloured_by_a_scale(zh_book: openpyxl.Workbook) -> None:
    rules = [rule for area in zh_book["同期群"].conditional_formatting for rule in area.rules]
    assert [rule.type for rule in rules] == ["colorScale"] * 3


def test_products_carry_a_line_of_their_twelve_months(zh_path: Path) -> None:
    xml = ZipFile(zh_path).read("xl/worksheets/sheet12.xml").decode()
    assert xml.count("<x14:sparkline>") == 8
