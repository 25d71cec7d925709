"""Each rule of the titles, on both sides of its margin."""

import pytest

from regulars.report import titles
from tests.report.stories import plain, told, year


def title(rule, changes, **where):
    return plain(rule(told(changes, **where)))


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (year(), "500 new customers, more than the 400 lost"),
        (year(N=300, lost=400), "400 customers lost, more than the 300 new"),
        (year(N=410, lost=400), "Customers over one year"),
        (year(fully_observed=False), "Customers over one year"),
        (year(S=0), "Customers over one year"),
        (year(N=100, reactivated=500, lost=400), "600 came new or back, more than the 400 lost"),
        (year(N=50, reactivated=100, lost=400), "400 customers lost, more than the 150 who came new or back"),
    ],
)
def test_movement(row, expected):
    assert title(titles.movement, {"bridge": {"window": row, "rhythm": None}}) == expected


def month(index, **changes):
    row = {
        "period": f"2026-{index + 1:02d}",
        "S": 500,
        "lost": 20,
        "retention_rate": 1.02,
        "strict_retention_rate": 0.95 + index * 0.004,
        "relative_churn": 0.02,
        "absolute_churn": 0.04,
        "absolute_churn_low": 0.03,
        "absolute_churn_high": 0.05,
        "fully_observed": True,
        "alarm": None,
    }
    return {**row, **changes}


def months(count=8, **changes):
    return {"retention": {"month": [month(i, **changes) for i in range(count)], "quarter": []}}


def test_the_range_of_those_who_stay_is_strict_and_never_above_all():
    assert title(titles.monthly_retention, months()) == "95–98% stay each month"


@pytest.mark.parametrize("thin", [months(count=5), months(S=99), months(fully_observed=False), {"retention": None}])
def test_thin_months_have_a_neutral_title(thin):
    assert title(titles.monthly_retention, thin) == "Monthly retention"


def test_an_alarm_of_the_last_month_is_the_title():
    rows = [*months()["retention"]["month"][:-1], month(7, alarm={"direction": "worse", "usual": 0.97})]
    changes = {"retention": {"month": rows, "quarter": []}}
    assert title(titles.monthly_retention, changes) == "Fewer stayed in Aug 2026 than usual"
    assert plain(titles.monthly_retention(told(changes, lang="zh"))) == "2026年8月留下的比往常少"


def test_money_and_people():
    assert title(titles.monthly_churn, months()) == "Less money leaves than people, every month"
    assert title(titles.monthly_churn, months(relative_churn=0.035)) == "Monthly churn"
    assert title(titles.monthly_churn, months(relative_churn=0.06)) == "More money leaves than people in most months"
    assert title(titles.monthly_churn, months(count=5)) == "Monthly churn"
    mixed = [month(i, relative_churn=0.035 if i == 0 else 0.02) for i in range(8)]
    assert (
        title(titles.monthly_churn, {"retention": {"month": mixed}}) == "Less money leaves than people in most months"
    )


def test_concentration_needs_fifty_customers_and_a_concentration():
    assert title(titles.concentration, {}) == "34% of customers bring 80% of profit"
    assert title(titles.concentration, {"pareto.customers_positive": 49}) == "How profit is spread"
    assert title(titles.concentration, {"pareto.cuts": {"A": 0.7, "B": 0.8}}) == "How profit is spread"
    assert title(titles.concentration, {"pareto": None}) == "How profit is spread"


def cells(*largest):
    made = [{"r": r, "f": f, "customers": 100, "amount": 0.0, "profit": 10.0} for r in range(1, 6) for f in range(1, 6)]
    for r, f, profit in largest:
        made[(r - 1) * 5 + f - 1]["profit"] = profit
    return {"rfm": {"grid": made, "means": {}}}


def test_one_cell_of_rfm_must_lead_by_half():
    assert title(titles.rfm_grid, cells((5, 5, 240.0))) == "The 100 in the top right cell earn 50% of profit"
    assert title(titles.rfm_grid, cells((3, 4, 240.0))) == "The 100 in cell R 3, F 4 earn 50% of profit"
    assert title(titles.rfm_grid, cells((5, 5, 240.0), (4, 5, 200.0))) == "Recency and frequency"
    assert title(titles.rfm_grid, cells()) == "Recency and frequency"


def test_the_best_quadrant_must_hold_more_than_its_people():
    held = {"e": {"customers": 100, "amount": 0.0, "profit": 500.0}}
    base = {"customers.quadrant": held, "window_totals": {"customers": 1000, "profit": 1000.0}}
    assert title(titles.quadrants, base) == "10% of buyers are frequent and large, with 50% of profit"
    poor = {**base, "window_totals": {"customers": 1000, "profit": 4000.0}}
    assert title(titles.quadrants, poor) == "Customers by frequency and order value"
    few = {**base, "window_totals": {"customers": 49, "profit": 1000.0}}
    assert title(titles.quadrants, few) == "Customers by frequency and order value"


def moves(rare_quiet, frequent_quiet, of=200):
    rows = [("b", "dormant", rare_quiet), ("b", "b", of - rare_quiet)]
    rows += [("e", "dormant", frequent_quiet), ("e", "e", of - frequent_quiet)]
    return {"migration": {"rows": [{"from": a, "to": b, "customers": n, "profit": 0.0} for a, b, n in rows]}}


def test_going_quiet_is_compared_by_rate():
    assert title(titles.moved, moves(120, 60)) == "Of rare buyers 60% went quiet, of frequent ones 30%"
    assert title(titles.moved, moves(60, 120)) == "Of frequent buyers 60% went quiet, of rare ones 30%"
    assert title(titles.moved, moves(105, 100)) == "A year ago and now"
    assert title(titles.moved, moves(12, 3, of=18)) == "A year ago and now"


def test_decline_must_hold_a_fifth():
    stages = {"decline": {"customers": 50, "amount": 0.0, "profit": 300.0}}
    base = {"customers.lifecycle": stages, "window_totals": {"customers": 100, "profit": 1000.0}}
    assert title(titles.lifecycle, base) == "The 50 in decline still hold 30% of profit"
    base["window_totals"] = {"customers": 100, "profit": 2000.0}
    assert title(titles.lifecycle, base) == "Two views of the lifecycle, the same people"


def history(first, last, start=2025):
    rows = [
        {"month": f"{start}-{m:02d}", "growth": 300, "maturity": 700 - first, "decline": first, "churned": 9}
        for m in range(1, 9)
    ]
    return {"lifecycle_history": [*rows, {**rows[-1], "month": f"{start}-09", "maturity": 700 - last, "decline": last}]}


def test_a_course_must_move_beyond_chance():
    assert title(titles.stage_history, history(200, 300)) == "Decline rose from 20% of the active in Jan 2025 to 30%"
    assert title(titles.stage_history, history(300, 200)) == "Decline fell from 30% of the active in Jan 2025 to 20%"
    assert title(titles.stage_history, history(200, 215)) == "Stages at each month end"


def test_months_before_a_whole_window_are_no_start_of_a_course():
    assert title(titles.stage_history, history(200, 300, start=2024)) == "Stages at each month end"


def test_late_profit_needs_people():
    assert title(titles.late, {}).endswith("of profit is with customers slipping or later")
    held = {
        key: {"customers": 6, "amount": 0.0, "profit": 9.0}
        for key in ("on_rhythm", "due", "slipping", "dormant", "lost")
    }
    assert title(titles.late, {"customers.rhythm": held}) == "On rhythm and late"


def cohort(offset, size, bought):
    return {"cohort": "2025-01", "offset": offset, "cohort_size": size, "customers": bought, "complete": True}


def test_cohorts_speak_from_a_hundred_customers_on():
    assert title(titles.cohort_map, {"cohorts": [cohort(1, 200, 50), cohort(12, 200, 30)]}) == (
        "25% buy again in the next month, 15% in the twelfth"
    )
    assert (
        title(titles.cohort_map, {"cohorts": [cohort(1, 200, 50), cohort(12, 99, 30)]})
        == "25% buy again in the next month"
    )
    assert title(titles.cohort_map, {"cohorts": [cohort(1, 99, 50)]}) == "Cohorts by month of first purchase"


def offer(name, rate, base=500):
    return {"name": name, "second_purchase_rate": rate, "second_purchase_base": base}


def test_the_best_start_stands_out_or_is_not_named():
    found = titles.best_start([offer("shop", 0.6), offer("web", 0.4), offer("fair", 0.42)])
    assert (found[0]["name"], round(found[1], 2)) == ("shop", 0.41)
    assert titles.best_start([offer("shop", 0.43), offer("web", 0.4)]) is None
    assert titles.best_start([offer("shop", None), offer("web", 0.4)]) is None
    view = told({})
    rows = [offer("<b>shop</b>", 0.6), offer("web", 0.4)]
    assert str(titles.offers(view, rows, "name", "Channels")).startswith("Those who start with &lt;b&gt;shop&lt;/b&gt;")


def margin(new, old, orders=50_000):
    return {
        "tenure_margin": {
            key: {"orders": orders, "profit_per_order": each} for key, each in (("new", new), ("old", old))
        }
    }


def test_tenure_needs_many_orders_and_a_tenth():
    assert title(titles.tenure, margin(38.0, 45.0)) == "Old customers bring more profit an order: ¥45.00 against ¥38.00"
    assert title(titles.tenure, margin(45.0, 38.0)) == "New customers bring more profit an order: ¥45.00 against ¥38.00"
    assert title(titles.tenure, margin(38.0, 45.0, orders=200)) == "New and old customers, per order"
    assert title(titles.tenure, margin(None, 45.0)) == "New and old customers, per order"


def test_revenue_is_called_revenue():
    assert title(titles.concentration, {"profit_basis": "revenue"}) == "34% of customers bring 80% of revenue"


ALL = (
    titles.movement,
    titles.monthly_retention,
    titles.monthly_churn,
    titles.concentration,
    titles.rfm_grid,
    titles.quadrants,
    titles.moved,
    titles.lifecycle,
    titles.stage_history,
    titles.late,
    titles.cohort_map,
    titles.tenure,
)
NEUTRAL = {
    "Customers over one year",
    "Monthly retention",
    "Monthly churn",
    "How revenue is spread",
    "Recency and frequency",
    "Customers by frequency and order value",
    "A year ago and now",
    "Two views of the lifecycle, the same people",
    "Stages at each month end",
    "On rhythm and late",
    "Cohorts by month of first purchase",
    "New and old customers, per order",
}


@pytest.mark.parametrize("name", ["tiny", "bare"])
def test_a_handful_of_customers_yields_no_finding(name):
    view = told({}, of=name)
    assert {plain(rule(view)) for rule in ALL} == NEUTRAL
