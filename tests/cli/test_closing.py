"""The closing summary: one screen of 24 lines and 80 columns whatever the shop, every figure where it belongs."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from regulars.analysis import Analysis
from regulars.cli.closing import closing_lines
from regulars.ingest import FIELDS, Mapping
from regulars.ingest.schema import note
from regulars.language import LANGUAGES


@pytest.fixture
def summary(cli, orders):
    cli("analyze", orders, "--out", "result", "--no-reports", "--currency", "CNY")
    return json.loads(Path("result/summary.json").read_text(encoding="utf-8"))


def lines(summary, lang="en", *, mapping=None, notes=(), width=80):
    analysis = Analysis(summary, None, None, None, None, mapping=mapping, notes=tuple(notes))
    return [line.plain for line in closing_lines(analysis, lang, width)]


def line_of(shown, label):
    return next(line for line in shown if line.startswith(label))


def large(summary):
    """The same shop, as large as they come."""
    grown = copy.deepcopy(summary)
    grown["title"] = "青禾茶铺（杭州西湖旗舰店） Qinghe Tea"
    grown["input"].update(rows=3 * 10**8, used_rows=2 * 10**8, rejected_rows=4 * 10**7, dropped_rows=3 * 10**7,
                          skipped_rows=3 * 10**7, orders=10**8, unattributed_orders=12_345_678)  # fmt: skip
    grown["customers"].update(total=50_000_000, active=23_456_789)
    for group in ("abc", "rhythm"):
        for row in grown["customers"][group].values():
            row.update(customers=12_345_678, profit=9.87e11)
    grown["window_totals"]["profit"] = 1.2e12
    grown["contacts"].update(total=12_345_678, profit=8.76e11)
    return grown


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("size", ["small", "large"])
@pytest.mark.parametrize("notes", [0, 1, 30])
def test_it_fits_whatever_the_shop(summary, lang, size, notes):
    mapping = Mapping({field: f"列名 {field}" for field in FIELDS if field != "order_amount"}, preset="taobao")
    told = [note("x", "{n} rows of a file were already in an earlier file and were left out: see there.", n=n)
            for n in range(notes)]  # fmt: skip
    shown = lines(large(summary) if size == "large" else summary, lang, mapping=mapping, notes=told)
    assert len(shown) <= 20
    assert max(map(cell_len, shown)) <= 80
    if notes == 30:
        assert "Data quality" in shown[-1] or "数据质量" in shown[-1]


def test_rows_orders_and_customers(summary):
    shown = lines(summary)
    assert line_of(shown, "Rows").split(None, 1)[1] == "300 = used 300 + rejected 0 + dropped 0 + skipped 0"
    assert line_of(shown, "Orders").startswith("Orders     300 from ")
    read = summary["customers"]
    assert line_of(shown, "Customers").endswith(f"{read['total']}; {read['active']} of them active")


def test_orders_without_a_customer_are_mentioned(summary):
    summary["input"]["unattributed_orders"] = 1234
    assert "; 1,234 name no customer" in line_of(lines(summary), "Orders")


def test_class_a_is_a_share_of_all(summary):
    summary["customers"]["abc"]["A"] = {"customers": 12, "amount": 1.0, "profit": 80_000.0}
    summary["window_totals"]["profit"] = 100_000.0
    summary["profit_basis"] = "cost"
    assert line_of(lines(summary), "Class A").endswith("12 bring 80% of the profit of the last 365 days: ¥80,000")
    assert line_of(lines(summary, "zh"), "A 类").endswith("12 位，带来近 365 天利润的 80%：¥8.0万")


def test_revenue_is_called_revenue(summary):
    assert summary["profit_basis"] == "revenue"
    assert "of the revenue of" in line_of(lines(summary), "Class A")


def test_who_is_late_and_who_of_them_is_worth_a_call(summary):
    states = summary["customers"]["rhythm"]
    for name, count in (("slipping", 10), ("dormant", 20), ("lost", 300)):
        states[name] = {"customers": count, "amount": 0.0, "profit": 0.0}
    summary["contacts"] = {"total": 25, "profit": 1234.0, "rule": "late_by_profit"}
    assert "330 by their own rhythm; 25 worth a call, with ¥1,234 of" in line_of(lines(summary), "Late")
    assert "330 位迟于自己的节奏；25 位值得联系" in line_of(lines(summary, "zh"), "迟到")


def test_with_models_the_value_at_risk_and_what_is_ahead(summary):
    summary["profit_basis"] = "cost"
    summary["contacts"] = {"total": 25, "profit": 1234.0, "rule": "value_at_risk", "value_at_risk": 4321.0}
    summary["value"] = {"total": 100_000.0, "total_low": 80_000.0, "total_high": 120_000.0}
    summary["clv"] = {"months": 12}
    assert line_of(lines(summary), "Late").endswith("25 worth a call, ¥4,321 at risk")
    assert line_of(lines(summary), "Ahead").endswith("¥100K of profit expected in 12 months (¥80,000–¥120K)")
    summary["value"] = None
    assert [line for line in lines(summary) if line.startswith("Ahead")] == []


@pytest.mark.parametrize("lead", ["window", "rhythm"])
def test_who_left_by_the_policy_that_leads(summary, lead):
    summary["activity"]["lead"] = lead
    summary["bridge"][lead].update(
        S=500, lost=25, absolute_churn=0.05, absolute_churn_low=0.034, absolute_churn_high=0.073
    )
    shown = line_of(lines(summary), "Left")
    assert "25 of the 500 active a year before" in shown and shown.endswith("5.0% (3.4–7.3)")
    assert ("by their rhythm" in shown) == (lead == "rhythm")


def test_a_small_base_shows_counts_and_no_interval(summary):
    summary["activity"]["lead"] = "window"
    summary["bridge"]["window"].update(S=18, lost=7, absolute_churn=7 / 18)
    assert line_of(lines(summary), "Left").endswith("7 of the 18 active a year before: 7 / 18")


def test_nobody_is_said_in_words(summary):
    for row in (*summary["customers"]["abc"].values(), *summary["customers"]["rhythm"].values()):
        row.update(customers=0, profit=0.0)
    summary["bridge"]["window"] = summary["bridge"]["rhythm"] = None
    shown = lines(summary)
    assert "nobody: there was no" in line_of(shown, "Class A")
    assert "nobody, by their own rhythm" in line_of(shown, "Late")
    assert "nobody was active a year before" in line_of(shown, "Left")


def test_without_files_there_is_no_line_of_rows(summary):
    for name in ("rows", "used_rows", "rejected_rows", "dropped_rows", "skipped_rows"):
        del summary["input"][name]
    assert [line for line in lines(summary) if line.startswith("Rows")] == []


def test_a_column_known_by_its_contents_only_says_so(summary):
    mapping = Mapping({"customer_id": "#1", "amount": "#3"}, {"customer_id": "content", "amount": "name"},
                      date_order="dmy")  # fmt: skip
    shown = " ".join(lines(summary, mapping=mapping))
    assert "customer id ← #1 (by its contents), amount ← #3; dates are dmy" in shown


def test_an_escape_sequence_in_a_column_name_is_not_obeyed(summary):
    shown = lines(summary, mapping=Mapping({"amount": "\x1b[31mpaid\x07"}))
    assert "\x1b" not in "".join(shown) and "amount ← paid" in " ".join(shown)
