"""Tracks: the number of customers with the bits of a movement or of a cohort cell is the number the summary names."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pytest

import regulars
from regulars.engine.calendar import Calendar, day_number, month_name, month_number
from regulars.engine.tracks import MONTHS, YEAR_BACK, YEAR_NOW

FIRST = date(2018, 1, 9)


def orders(customers: int, days: int, seed: int) -> pa.Table:
    """Customers who arrive over time and buy at their own pace, some of whom leave."""
    dice = np.random.default_rng(seed)
    rows = []
    for who in range(customers):
        day, pace = int(dice.integers(0, days)), float(dice.gamma(2, 25)) + 1
        while day < days:
            amount = round(float(dice.gamma(2, 40)), 2)
            rows.append((f"c{who}", (FIRST + timedelta(day)).isoformat(), -amount if dice.random() < 0.04 else amount))
            if dice.random() < 0.12:
                break
            day += int(dice.exponential(pace))
    names, when, amounts = zip(*rows, strict=True)
    return pa.table({"customer_id": names, "ordered_at": when, "amount": amounts})


def bits(column: pa.Array, place: int) -> np.ndarray:
    return (column.to_numpy() >> place) & 1 == 1


CASES = {
    "window": (1150, {}),
    "short window": (900, {"window": 60}),
    "by rhythm": (800, {"policy": "rhythm:3"}),
    "too young for a window": (300, {}),
    "one month": (20, {}),
    "longer than the bits reach": (2600, {"window": 120}),
}


@pytest.fixture(scope="module", params=list(CASES))
def analysis(request):
    days, rules = CASES[request.param]
    return regulars.analyze(orders(400, days, 5), tracks=True, models=False, **rules)


def months_of(summary):
    calendar = Calendar(
        day_number(date.fromisoformat(summary["input"]["first_day"])), day_number(date.fromisoformat(summary["as_of"]))
    )
    last = calendar.first_month + calendar.months_over - 1
    return calendar, last


def leading(summary, step):
    rhythm = summary["activity"]["lead"] == "rhythm"
    return (summary["retention_rhythm"] if rhythm else summary["retention"])[step]


@pytest.mark.parametrize("step", ["month", "quarter"])
def test_the_movements_of_every_period_can_be_told_from_the_bits(analysis, step):
    summary, table = analysis.summary, analysis.customers
    _calendar, last = months_of(summary)
    first = np.array([day_number(d) for d in table["first_purchase"].to_pylist()])
    active = table["track_active"]
    checked = 0
    for row in leading(summary, step):
        after = last - month_number(day_number(date.fromisoformat(row["end"])))
        before = after + (1 if step == "month" else 3)
        if before >= MONTHS:
            continue
        d0 = day_number(date.fromisoformat(row["start"])) - 1
        d1 = day_number(date.fromisoformat(row["end"]))
        was, now = bits(active, before), bits(active, after)
        new = (first > d0) & (first <= d1)
        told = {
            "S": was.sum(), "E": now.sum(), "N": (now & ~was & new).sum(), "reactivated": (now & ~was & ~new).sum(),
            "lost": (was & ~now).sum(), "new_and_lost": (new & ~now).sum(),
        }  # fmt: skip
        assert {key: int(n) for key, n in told.items()} == {key: row[key] for key in told}, row["period"]
        checked += 1
    assert checked or not leading(summary, step)


def test_the_year_and_the_places_of_the_migration(analysis):
    summary, table = analysis.summary, analysis.customers
    rows = summary["bridge"]
    row = (
        rows["rhythm"]
        if summary["activity"]["lead"] == "rhythm" or not rows["window"]["fully_observed"]
        else rows["window"]
    )
    year = table["track_year"].to_numpy()
    d0 = day_number(date.fromisoformat(row["start"])) - 1
    new = np.array([day_number(d) for d in table["first_purchase"].to_pylist()]) > d0
    was, now = year & YEAR_BACK > 0, year & YEAR_NOW > 0
    told = (
        was.sum(),
        now.sum(),
        (now & ~was & new).sum(),
        (now & ~was & ~new).sum(),
        (was & ~now).sum(),
        (new & ~now).sum(),
    )
    assert [int(n) for n in told] == [row[k] for k in ("S", "E", "N", "reactivated", "lost", "new_and_lost")]
    moved = Counter(zip(table["track_before"].to_pylist(), table["track_now"].to_pylist(), strict=True))
    assert {k: n for k, n in moved.items() if k[0]} == {
        (r["from"], r["to"]): r["customers"] for r in summary["migration"]["rows"]
    }


def test_cells_of_the_cohorts_and_of_the_quadrant_map(analysis):
    summary, table = analysis.summary, analysis.customers
    this = month_number(day_number(date.fromisoformat(summary["as_of"])))
    first = [month_name(month_number(day_number(d))) for d in table["first_purchase"].to_pylist()]
    bought = table["track_bought"].to_numpy()
    checked = 0
    for cell in summary["cohorts"]:
        year, month = map(int, cell["month"].split("-"))
        back = this - ((year - 1970) * 12 + month - 1)
        if back >= MONTHS:
            continue
        mine = np.array([name == cell["cohort"] for name in first]) & ((bought >> back) & 1 == 1)
        assert int(mine.sum()) == cell["customers"], cell
        checked += 1
    assert checked
    cells = Counter(c for c in table["track_cell"].to_pylist() if c is not None)
    assert cells == {c["x"] * 25 + c["y"]: c["customers"] for c in (summary["quadrants"] or {}).get("cells") or ()}


def test_without_being_asked_there_are_no_tracks():
    table = regulars.analyze(orders(30, 200, 1), models=False).customers
    assert not [name for name in table.column_names if name.startswith("track_")]
