"""The movement of the last 365 days as a waterfall, under both activity policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from regulars.errors import ReconciliationError
from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Bar, bar_chart
from regulars.report.workbook.page import Block, Column, Page, Shown
from regulars.report.workbook.style import DUE, FONTS, GROW, INK2, LOST, NONE, STEADY
from regulars.report.workbook.terms import Translate, policy_name


def write_bridge(book: Book) -> Block | None:
    """The sheet; returns the steps of the leading policy for the overview, if there are any."""
    _ = book.translate
    page = Page(book, _("Movement bridge"), _("Who came, who left and who came back within a year"))
    page.title(
        _("Movement bridge of the last 365 days"),
        _("Counted customer by customer, never by subtracting totals: E = S + N + Ra − L holds exactly."),
    )
    leading = None
    lead = book.summary["activity"]["lead"]
    for policy in sorted(("window", "rhythm"), key=lambda name: name != lead):
        block = _one_policy(page, policy, (book.summary.get("bridge") or {}).get(policy), first=policy == lead)
        leading = block if policy == lead else leading
    page.close()
    return leading


def _one_policy(page: Page, policy: str, row: Mapping[str, Any] | None, *, first: bool) -> Block | None:
    book, _ = page.book, page.book.translate
    head = page.row
    page.section(policy_name(policy, book.summary["parameters"], _))
    if row is None or not row["S"]:
        page.say(_("There were no active customers at the start."))
        return None
    if not row["fully_observed"]:
        page.say(_("Not fully observed: the window at the start begins before the first day of the data."))
    steps = bridge_steps(row, _)
    block = page.table(_columns(_), steps, main=first)
    page.say(reconciled(row, _))
    _rates(page, row)
    if row["fully_observed"]:
        page.beside(waterfall(book, block, steps), at=head)
    page.clear_charts()
    return block


def _columns(_: Translate) -> list[Column]:
    return [
        Column("step", _("Step")),
        Column("customers", _("Customers"), "int"),
        Column("base", _("Bar begins at"), "int"),
        Column("height", _("Height of the bar"), "int"),
        Column("top", _("Bar ends at"), "int"),
    ]


def bridge_steps(row: Mapping[str, Any], _: Translate) -> list[dict[str, Any]]:
    """The bars from left to right; ``base`` is the invisible part under a bar."""
    stayed = row["S"] - row["lost"]
    steps = [
        (_("Active at start S"), row["S"], 0),
        (_("Lost L"), -row["lost"], stayed),
        (_("Stayed"), stayed, 0),
        (_("Reactivated Ra"), row["reactivated"], stayed),
        (_("New N"), row["N"], stayed + row["reactivated"]),
        (_("Active at end E"), row["E"], 0),
    ]
    return [
        {"step": name, "customers": n, "base": base, "height": abs(n), "top": base + abs(n)} for name, n, base in steps
    ]


def waterfall(book: Book, block: Block, steps: Sequence[Mapping[str, Any]]) -> Any:
    """Stacked columns: an invisible base, and the bar on it in the colour of what it counts."""
    _ = book.translate
    bars = [Bar("base"), Bar("height", colours=(NONE, LOST, STEADY, DUE, GROW, NONE))]
    chart = bar_chart(book, _("Who came, who left: customers"), block, "step", bars, subtype="stacked", gap=40)
    chart.combine(_labels_on_top(book, block, steps))
    chart.set_legend({"none": True})
    return chart


def _labels_on_top(book: Book, block: Block, steps: Sequence[Mapping[str, Any]]) -> Any:
    """An invisible line along the tops that carries the signed numbers: stacked columns have no label outside."""
    texts = [{"value": f"{step['customers']:,}".replace("-", "−")} for step in steps]
    font = {"name": FONTS[book.lang], "size": 9, "color": INK2}
    line = book.workbook.add_chart({"type": "line"})
    line.add_series(
        {
            "name": block.name("top"),
            "categories": block.ref("step"),
            "values": block.ref("top"),
            "line": {"none": True},
            "marker": {"type": "none"},
            "data_labels": {"value": True, "position": "above", "custom": texts, "font": font},
        }
    )
    return line


def reconciled(row: Mapping[str, Any], _: Translate) -> str:
    """The equation in digits. Raises ReconciliationError when it does not hold."""
    if row["E"] != row["S"] + row["N"] + row["reactivated"] - row["lost"]:
        raise ReconciliationError(
            "bridge_does_not_reconcile",
            "The movement bridge to {day} does not reconcile: {S} + {N} + {Ra} − {L} is not {E}.",
            "This is a defect of Regulars: please report it with the file's shape.",
            day=row["end"], S=row["S"], N=row["N"], Ra=row["reactivated"], L=row["lost"], E=row["E"],
        )  # fmt: skip
    text = _("{S} − {lost} + {reactivated} + {N} = {E}; difference 0.")
    return text.format(**{key: f"{row[key]:,}" for key in ("S", "lost", "reactivated", "N", "E")})


def _rates(page: Page, row: Mapping[str, Any]) -> None:
    _ = page.book.translate
    rates = [
        (_("Retention (E − N) / S"), row["retention_rate"], None, None),
        (_("Strict retention (S − L) / S"), row["strict_retention_rate"], row["strict_retention_low"],
         row["strict_retention_high"]),
        (_("Absolute churn L / S"), row["absolute_churn"], row["absolute_churn_low"], row["absolute_churn_high"]),
        (_("Relative churn: the share of S's spend that left"), row["relative_churn"], None, None),
        (_("New and lost again within the period"), Shown(row["new_and_lost"], "int"), None, None),
        (_("Spend of S before the start"), Shown(row["spend_start"], "money"), None, None),
        (_("Spend of the lost before the start"), Shown(row["spend_lost"], "money"), None, None),
    ]  # fmt: skip
    columns = [
        Column("name", _("Figure"), "text"),
        Column("value", _("Value"), "percent"),
        Column("low", _("95% interval, low"), "percent"),
        Column("high", _("95% interval, high"), "percent"),
    ]
    page.table(columns, [dict(zip(("name", "value", "low", "high"), rate, strict=True)) for rate in rates])
