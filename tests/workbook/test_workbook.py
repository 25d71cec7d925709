"""The tables of the workbook say what the summary says, to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from regulars.errors import OutputError, ReconciliationError
from regulars.report.workbook import write_workbook
from tests.workbook.reading import rows_under, texts
from tests.workbook.sample import Analysis, empty_analysis, make_analysis

SHEETS_ZH = [
    "总览",
    "月保持率",
    "季保持率",
    "客户变动",
    "ABC_分类",
    "RFM",
    "象限与迁移",
    "生命周期",
    "购买节奏",
    "同期群",
    "价值",
    "商品",
    "渠道",
    "活动",
    "新客与老客",
    "值得联系",
    "客户明细",
    "数据质量",
    "参数与口径",
]
SHEETS_ZH = [name.replace("_", " ") for name in SHEETS_ZH]
Book = openpyxl.Workbook


def test_the_sheets_have_chinese_names_under_zh(zh_book: Book) -> None:
    assert zh_book.sheetnames == SHEETS_ZH


def test_the_sheets_have_english_names_under_en(sample: Analysis, tmp_path: Path) -> None:
    write_workbook(sample, tmp_path / "en.xlsx", lang="en")
    book = openpyxl.load_workbook(tmp_path / "en.xlsx", read_only=True)
    assert book.sheetnames[:4] == ["Overview", "Retention by month", "Retention by quarter", "Movement bridge"]
    han = [c.value for sheet in book for row in sheet.iter_rows() for c in row if isinstance(c.value, str)
           and c.value.startswith("活跃")]  # fmt: skip
    assert han == []


def test_the_bridge_steps_carry_the_counts_and_reconcile(sample: Analysis, zh_book: Book) -> None:
    row = sample.summary["bridge"]["window"]
    steps = rows_under(zh_book["客户变动"], "步骤", "客户数")
    assert [step["客户数"] for step in steps] == [
        row["S"], -row["lost"], row["S"] - row["lost"], row["reactivated"], row["N"], row["E"]
    ]  # fmt: skip
    assert steps[-2]["柱顶"] == row["E"]
    assert "相差 0 人" in texts(zh_book["客户变动"])


def test_a_bridge_that_does_not_reconcile_is_an_error(sample: Analysis, tmp_path: Path) -> None:
    broken = {**sample.summary["bridge"]["window"], "E": 1}
    summary = {**sample.summary, "bridge": {**sample.summary["bridge"], "window": broken}}
    with pytest.raises(ReconciliationError):
        write_workbook(replace(sample, summary=summary), tmp_path / "broken.xlsx")


def test_retention_rows_equal_the_summary_and_mark_the_unobserved(sample: Analysis, zh_book: Book) -> None:
    rows = rows_under(zh_book["月保持率"], "时段", "客户保持率", "相对流失率")
    expected = sample.summary["retention"]["month"]
    assert [row["时段"] for row in rows] == [row["period"] for row in expected]
    for row, want in zip(rows, expected, strict=True):
        assert [row["期初活跃 S"], row["新客 N"], row["流失 L"], row["期末活跃 E"]] == [
            want["S"], want["N"], want["lost"], want["E"]
        ]  # fmt: skip
        assert row["绝对流失率"] == pytest.approx(want["absolute_churn"], abs=1e-12)
        assert row["流失，上限"] == pytest.approx(want["absolute_churn_high"], abs=1e-12)
        assert ("未满观察期" in (row["说明"] or "")) is not want["fully_observed"]
    sheet = zh_book["月保持率"]
    first = next(
        cell for column in sheet.iter_cols(max_col=1) for cell in column if cell.value == expected[0]["period"]
    )
    assert first.fill.fill_type == "lightUp"


def test_classes_equal_the_summary_to_the_cent(sample: Analysis, zh_book: Book) -> None:
    rows = rows_under(zh_book["ABC 分类"], "类别", "窗口内利润")
    sums = sample.summary["customers"]["abc"]
    assert [row["类别"] for row in rows] == ["A 关键", "B 主要", "C 普通", "合计"]
    for row, key in zip(rows, "ABC", strict=False):
        assert (row["客户数"], row["窗口内金额"], row["窗口内利润"]) == (
            sums[key]["customers"], sums[key]["amount"], sums[key]["profit"]
        )  # fmt: skip
    assert rows[-1]["窗口内利润"] == pytest.approx(sum(s["profit"] for s in sums.values()), abs=0.005)


def test_the_eight_groups_are_all_there_in_order(zh_book: Book) -> None:
    names = [row["组"] for row in rows_under(zh_book["RFM"], "组", "R F M")]
    assert names == ["重要价值", "重要发展", "重要保持", "重要挽留", "一般价值", "一般发展", "一般保持", "一般挽留"]


def test_cohort_shares_stand_at_their_month_and_offset(sample: Analysis, zh_book: Book) -> None:
    rows = {row["首购月份"]: row for row in rows_under(zh_book["同期群"], "首购月份", "+1")}
    for cell in sample.summary["cohorts"]:
        if cell["offset"]:
            assert rows[cell["cohort"]][f"+{cell['offset']}"] == pytest.approx(cell["share"], abs=1e-12)
    assert rows["合计（已过完的月份）"]["+1"] == pytest.approx(mean_share(sample, 1), abs=1e-12)


def mean_share(sample: Analysis, offset: int) -> float:
    cells = [c for c in sample.summary["cohorts"] if c["offset"] == offset and c["complete"]]
    return sum(c["customers"] for c in cells) / sum(c["cohort_size"] for c in cells)


def test_the_migration_matrix_holds_every_move(sample: Analysis, zh_book: Book) -> None:
    rows = rows_under(zh_book["象限与迁移"], "原象限", "现象限")
    assert sorted(row["客户数"] for row in rows) == sorted(r["customers"] for r in sample.summary["migration"]["rows"])
    matrix = rows_under(zh_book["象限与迁移"], "客户数（从行到列）")
    total = sum(value for row in matrix for name, value in row.items() if isinstance(value, int))
    assert total == sum(r["customers"] for r in sample.summary["migration"]["rows"])


def test_every_contact_has_a_reason_from_the_own_rhythm(sample: Analysis, zh_book: Book) -> None:
    rows = rows_under(zh_book["值得联系"], "客户编号", "缘由")
    first = sample.contacts.to_pylist()[0]
    assert len(rows) == sample.contacts.num_rows
    assert rows[0]["缘由"].startswith(
        f"平常 {round(first['typical_gap'])} 天来一次，这次已 {first['recency_days']} 天，晚过 "
    )
    assert rows[0]["窗口内利润"] == first["profit_window"]


def test_contacts_stand_by_value_at_risk_where_there_are_forecasts(sample: Analysis, zh_book: Book) -> None:
    sheet = zh_book["值得联系"]
    assert "他们的风险价值为 3,120.75" in texts(sheet)
    (first, *_rest) = rows_under(sheet, "客户编号", "风险价值")
    assert (first["风险价值"], first["存活概率"], first["12 个月终身价值"]) == (96.5, 0.62, 480.25)


def test_the_sheet_of_value_equals_the_summary(sample: Analysis, zh_book: Book) -> None:
    sheet, found = zh_book["价值"], sample.summary["value"]
    totals = {row["指标"]: row for row in rows_under(sheet, "指标", "80% 区间下限")}
    assert totals["全部客户的价值（折现）"]["数值"] == pytest.approx(found["total"])
    assert totals["全部客户的价值（折现）"]["80% 区间下限"] == pytest.approx(found["total_low"])
    assert totals["给出价值的客户"]["数值"] == found["customers"]
    assert totals["不给价值的客户"]["数值"] == found["notes"]["new"] + found["notes"]["no_spend"]
    held = {row["类别或状态"]: row for row in rows_under(sheet, "类别或状态", "风险价值")}
    assert held["A"]["风险价值"] == pytest.approx(found["at_risk"]["by_abc"]["A"]["value_at_risk"])
    assert held["休眠"]["客户"] == found["at_risk"]["by_rhythm"]["dormant"]["customers"]
    models = rows_under(sheet, "模型", "人均对数概率")
    assert [row["模型"] for row in models] == ["Pareto/NBD", "MBG/NBD", "BG/NBD", "MBG/CNBD-2"]
    matches = rows_under(sheet, "新客户", "相似的老客户")
    assert len(matches) == sum(len(row["matches"]) for row in found["lookalikes"]["rows"])
    words = texts(sheet)
    assert "模型只知道购买日和金额" in words and "MAE" not in words


@pytest.mark.parametrize("reason", ["abstain", "no_repeats", None])
def test_without_a_forecast_the_sheet_says_why_and_has_no_chart(
    sample: Analysis, reason: str | None, tmp_path: Path
) -> None:
    clv = None if reason is None else {**sample.summary["clv"], "published": False, "reason": reason}
    summary = {**sample.summary, "clv": clv, "value": None}
    write_workbook(replace(sample, summary=summary), tmp_path / "none.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "none.xlsx")["价值"]
    assert not sheet._charts
    words = {"abstain": "都比“照旧”猜得准", "no_repeats": "购买太少，不给预测。", None: "没有跑概率模型"}
    assert words[reason] in texts(sheet)
    assert ("照旧（x ÷ T）" in texts(sheet)) == (reason == "abstain")


def test_the_customer_list_holds_every_customer_with_every_column(sample: Analysis, zh_book: Book) -> None:
    sheet = zh_book["客户明细"]
    assert (sheet.max_row, sheet.max_column) == (sample.customers.num_rows + 1, sample.customers.num_columns)
    header = {cell.value: cell.column for cell in sheet[1]}
    for row, want in zip(sheet.iter_rows(min_row=2), sample.customers.to_pylist(), strict=True):
        assert row[0].value == want["customer_id"]
        assert row[header["窗口内利润"] - 1].value == want["profit_window"]
        assert row[header["最近购买"] - 1].value.date() == want["last_purchase"]
        assert row[header["活跃"] - 1].value == ("是" if want["active"] else "否")


def test_what_does_not_fit_into_excel_is_counted_and_the_file_named(sample: Analysis, tmp_path: Path) -> None:
    write_workbook(sample, tmp_path / "cut.xlsx", most_rows=100)
    book = openpyxl.load_workbook(tmp_path / "cut.xlsx")
    assert book["客户明细"].max_row == 101
    assert "另有 500 位" in texts(book["总览"])
    assert "customers.parquet" in texts(book["总览"])


def test_no_cell_of_any_sheet_is_a_formula_whatever_the_names(sample: Analysis, tmp_path: Path) -> None:
    evil = "=cmd|'/C calc'!A0"
    table = sample.customers.set_column(0, "customer_id", pa.array([evil] * sample.customers.num_rows))
    contacts = sample.contacts.set_column(
        sample.contacts.column_names.index("name"), "name", pa.array(["＝1+1"] * sample.contacts.num_rows)
    )
    summary = {
        **sample.summary,
        "sources": [evil],
        "products": {
            "total": 1,
            "rows": [{**sample.summary["products"]["rows"][0], "product": evil, "category": "@x"}],
        },
        "channels": {"rows": [{**sample.summary["channels"]["rows"][0], "name": "\t=1"}]},
    }
    path = tmp_path / "evil.xlsx"
    write_workbook(replace(sample, summary=summary, customers=table, contacts=contacts), path, title="=1+1")
    book = openpyxl.load_workbook(path)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    found = [cell for cell in next(book["客户明细"].iter_cols(min_row=2, max_col=1)) if cell.value == evil]
    assert len(found) == table.num_rows
    assert all(cell.quotePrefix for cell in found)


def test_without_a_currency_no_amount_has_a_symbol(sample: Analysis, tmp_path: Path) -> None:
    summary = {**sample.summary, "input": {**sample.summary["input"], "currency": None}}
    write_workbook(replace(sample, summary=summary), tmp_path / "none.xlsx")
    book = openpyxl.load_workbook(tmp_path / "none.xlsx")
    formats = {cell.number_format for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not any("¥" in name or "$" in name for name in formats)


def test_amounts_carry_the_currency_of_the_analysis(zh_book: Book) -> None:
    cell = zh_book["ABC 分类"]["E7"]
    assert cell.number_format.startswith('"¥"#,##0.00')


def test_headers_are_frozen_filtered_and_repeated_on_paper(zh_book: Book) -> None:
    customers = zh_book["客户明细"]
    assert (customers.freeze_panes, customers.auto_filter.ref) == ("B2", "A1:AD601")
    assert customers.print_title_rows == "$1:$1"
    for sheet in zh_book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.page_setup.fitToHeight == 0
    for name in ("月保持率", "商品", "值得联系"):
        assert zh_book[name].freeze_panes is not None
        assert zh_book[name].auto_filter.ref is not None


def test_every_sheet_is_linked_from_the_first(zh_book: Book) -> None:
    links = {cell.hyperlink.location for row in zh_book["总览"].iter_rows() for cell in row if cell.hyperlink}
    assert links == {f"'{name}'!A1" for name in SHEETS_ZH[1:]}


def test_the_document_says_what_it_is(zh_book: Book) -> None:
    properties = zh_book.properties
    assert (properties.title, properties.creator) == ("青禾茶铺的客户", "回头客")
    assert properties.created.date() == date(2025, 10, 31)


def test_the_same_analysis_gives_the_same_bytes(sample: Analysis, zh_path: Path, tmp_path: Path) -> None:
    write_workbook(sample, tmp_path / "again.xlsx", lang="zh")
    assert (tmp_path / "again.xlsx").read_bytes() == zh_path.read_bytes()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_data_too_thin_for_a_figure_get_a_sentence_and_no_chart(lang: str, tmp_path: Path) -> None:
    write_workbook(empty_analysis(), tmp_path / "empty.xlsx", lang=lang)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(tmp_path / "empty.xlsx")
    assert sum(len(sheet._charts) for sheet in book) == 0
    assert all(texts(sheet) for sheet in book)
    if lang == "zh":
        assert "还没有人买过第二次" in texts(book["购买节奏"])
        assert "2026-10-31 之前看不到按窗口的流失" in texts(book["总览"])


def test_an_analysis_with_hardly_fifty_customers_shows_every_one_in_the_pareto_chart(tmp_path: Path) -> None:
    small = make_analysis(60, 5)
    write_workbook(small, tmp_path / "small.xlsx")
    rows = rows_under(openpyxl.load_workbook(tmp_path / "small.xlsx")["ABC 分类"], "客户累计占比", "80% 分界")
    assert len(rows) == small.summary["pareto"]["customers_positive"] <= 50
    assert sum(row["利润占比"] for row in rows) == pytest.approx(1)


def test_a_folder_that_does_not_exist_is_an_error_with_a_hint(sample: Analysis, tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        write_workbook(sample, tmp_path / "nowhere" / "report.xlsx")
    assert caught.value.hint
