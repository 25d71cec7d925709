"""Retention and churn by month and by quarter: the tables with their intervals, and the lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.report.workbook.book import Book, iso_date
from regulars.report.workbook.figures import Line, line_chart
from regulars.report.workbook.page import Column, Page, present
from regulars.report.workbook.style import DORMANT, LOST, NONE, STEADY
from regulars.report.workbook.terms import Translate, policy_name

Row = Mapping[str, Any]


def write_retention(book: Book, span: str) -> None:
    """The sheet of one ``span``: "month" or "quarter"."""
    _ = book.translate
    month = span == "month"
    page = Page(
        book,
        _("Retention by month") if month else _("Retention by quarter"),
        _("Customer, revenue and profit retention and both churns, month by month")
        if month
        else _("The same by calendar quarter"),
    )
    lead, other = _by_policy(book, span)
    page.title(
        _("Retention and churn by month") if month else _("Retention and churn by quarter"),
        _("{policy}. S active at the start, E at the end, N new, Ra reactivated, L lost: E = S + N + Ra − L.").format(
            policy=policy_name(book.summary["activity"]["lead"], book.summary["parameters"], _)
        ),
        _("Retention (E − N) / S; strict retention (S − L) / S; churn L / S with 95% Wilson intervals. "
          "Striped rows are not fully observed: their window begins before the first day of the data."),
    )  # fmt: skip
    _retention_block(page, lead, main=True)
    if other is not None:
        name, rows = other
        page.section(_("The same under the other policy"), policy_name(name, book.summary["parameters"], _))
        _retention_block(page, rows, main=False)
    page.close()


def _by_policy(book: Book, span: str) -> tuple[Sequence[Row], tuple[str, Sequence[Row]] | None]:
    """Rows of the leading policy, and name and rows of the other one."""
    activity, summary = book.summary["activity"], book.summary
    by_policy, by_rhythm = summary["retention"][span], summary["retention_rhythm"][span]
    if activity["policy"] == "rhythm":
        return by_policy, None
    if activity["lead"] == "rhythm":
        return by_rhythm, ("window", by_policy)
    return by_policy, ("rhythm", by_rhythm)


def _retention_block(page: Page, rows: Sequence[Row], *, main: bool) -> None:
    _ = page.book.translate
    if not rows:
        page.say(_("No period is over yet: there is nothing to compare."))
        return
    block = page.table(
        retention_columns(_),
        [_shown(row, _) for row in rows],
        main=main,
        hatched=lambda row: not row["fully_observed"],
    )
    skip = sum(1 for row in rows if not row["fully_observed"])
    seen = rows[skip:] if _unobserved_first(rows, skip) else rows
    skip = len(rows) - len(seen)
    seen = [row for row in seen if row["S"]]
    if not seen:
        page.say(_("Churn is not observable yet: every period begins before a whole window of data."))
    else:
        page.below(*_charts(page.book, block, seen, skip))
    page.section(_("Revenue and profit retention"))
    page.table(money_columns(_), [_shown(row, _) for row in rows])


def _unobserved_first(rows: Sequence[Row], count: int) -> bool:
    """Whether exactly the first ``count`` rows are the ones not fully observed."""
    return all(not row["fully_observed"] for row in rows[:count])


def _charts(book: Book, block: Any, rows: Sequence[Row], skip: int) -> tuple[Any, Any]:
    _ = book.translate
    few = len(rows) < 6
    kept = present(rows, "retention_rate") + [v for k in _BOUNDS_KEPT for v in present(rows, k)]
    left = [v for k in ("absolute_churn", "relative_churn", *_BOUNDS_LOST) for v in present(rows, k)]
    retention = line_chart(
        book,
        _("Retention, and strict retention with its 95% interval"),
        block,
        "period",
        [
            Line("retention_rate", STEADY, dots=few),
            Line("strict_retention_rate", NONE, dots=few),
            *(Line(key, NONE, bound=True) for key in _BOUNDS_KEPT),
        ],
        kept,
        skip=skip,
    )
    churn = line_chart(
        book,
        _("Absolute churn with its 95% interval, and relative churn"),
        block,
        "period",
        [
            Line("absolute_churn", LOST, dots=few),
            Line("relative_churn", DORMANT, dash="dash", dots=few),
            *(Line(key, LOST, bound=True) for key in _BOUNDS_LOST),
        ],
        left,
        skip=skip,
    )
    return retention, churn


_BOUNDS_KEPT = ("strict_retention_low", "strict_retention_high")
_BOUNDS_LOST = ("absolute_churn_low", "absolute_churn_high")


def retention_columns(_: Translate) -> list[Column]:
    rate = "percent"
    return [
        Column("period", _("Period")),
        Column("S", _("Active at start S"), "int"),
        Column("N", _("New N"), "int"),
        Column("reactivated", _("Reactivated Ra"), "int"),
        Column("lost", _("Lost L"), "int"),
        Column("E", _("Active at end E"), "int"),
        Column("new_and_lost", _("New and lost again"), "int"),
        Column("retention_rate", _("Retention"), rate),
        Column("strict_retention_rate", _("Strict retention"), rate),
        Column("strict_retention_low", _("Strict, low"), rate),
        Column("strict_retention_high", _("Strict, high"), rate),
        Column("absolute_churn", _("Absolute churn"), rate),
        Column("absolute_churn_low", _("Churn, low"), rate),
        Column("absolute_churn_high", _("Churn, high"), rate),
        Column("relative_churn", _("Relative churn"), rate),
        Column("note", _("Note"), "wrap"),
    ]


def money_columns(_: Translate) -> list[Column]:
    rate = "percent"
    return [
        Column("period", _("Period")),
        Column("start", _("From"), "date"),
        Column("end", _("To"), "date"),
        Column("spend_start", _("Spend of S"), "money"),
        Column("spend_lost", _("Spend of the lost"), "money"),
        Column("value", _("Revenue"), "money"),
        Column("revenue_retention", _("Revenue retention"), rate),
        Column("net_revenue_retention", _("Net revenue retention"), rate),
        Column("gross_revenue_retention", _("Gross revenue retention"), rate),
        Column("profit_value", _("Profit"), "money"),
        Column("profit_retention", _("Profit retention"), rate),
        Column("net_profit_retention", _("Net profit retention"), rate),
        Column("gross_profit_retention", _("Gross profit retention"), rate),
    ]


def _shown(row: Row, _: Translate) -> dict[str, Any]:
    note = "" if row["fully_observed"] else _("not fully observed")
    alarm = row.get("alarm")
    if alarm:
        text = _("Outside the usual range of strict retention, {low:.1%}–{high:.1%}.")
        note = (note + " " + text.format(low=alarm["usual_low"], high=alarm["usual_high"])).strip()
    return {**row, "start": iso_date(row["start"]), "end": iso_date(row["end"]), "note": note or None}
