"""The first sheet: key figures with interval and definition, the two main charts, and the way to every sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from regulars.engine.intervals import wilson
from regulars.report.cells import put
from regulars.report.workbook.book import Book, percent
from regulars.report.workbook.bridge import bridge_steps, waterfall
from regulars.report.workbook.concentration import base_name, pareto_chart
from regulars.report.workbook.customers import left_out
from regulars.report.workbook.page import Block, Column, Page, Shown
from regulars.report.workbook.terms import Translate, policy_name, profit_name

Figure = tuple[str, Any, Any, Any, Any, str]


def open_overview(book: Book) -> Page:
    """The sheet itself, first in the workbook; `fill_overview` writes it when the others stand."""
    _ = book.translate
    return Page(book, _("Overview"), _("Key figures"))


def fill_overview(page: Page, steps: Block | None, pareto: Block | None) -> None:
    book, _ = page.book, page.book.translate
    summary = book.summary
    page.title(book.title, *_notes(book))
    rest = left_out(book)
    if rest:
        page.say(rest)
    columns = [
        Column("name", _("Figure"), "text"),
        Column("value", _("Value"), "int"),
        Column("low", _("95% interval, low"), "percent"),
        Column("high", _("95% interval, high"), "percent"),
        Column("n", _("n"), "int"),
        Column("meaning", _("Meaning"), "wrap"),
    ]
    figures = [*_size(summary, book, _), *_movement(book, _), *_value(summary, book, _)]
    keys = [column.key for column in columns]
    page.table(columns, [dict(zip(keys, figure, strict=True)) for figure in figures], main=True)
    charts = []
    row = (summary.get("bridge") or {}).get(summary["activity"]["lead"])
    if steps is not None and row and row["fully_observed"]:
        charts.append(waterfall(book, steps, bridge_steps(row, _)))
    if pareto is not None:
        charts.append(pareto_chart(book, pareto, summary["pareto"]))
    if charts:
        page.below(*charts)
    _contents(page)
    page.close()


def _notes(book: Book) -> list[str]:
    _, summary = book.translate, book.summary
    read = summary["input"]
    notes = [
        _("As of {day}. {customers} customers, {orders} orders, {first} to {last}. {basis}. From {sources}.").format(
            day=summary["as_of"], customers=f"{summary['customers']['total']:,}", orders=f"{read['orders']:,}",
            first=read["first_day"], last=read["last_day"], basis=profit_name(str(summary["profit_basis"]), _),
            sources=", ".join(summary["sources"]),
        )
    ]  # fmt: skip
    activity = summary["activity"]
    if not activity["observable"]:
        text = _(
            "Window churn cannot be seen before {day}: the data are too young. Until then the rhythm policy leads."
        )
        notes.append(text.format(day=activity["observable_from"]))
    return notes


def _size(summary: Mapping[str, Any], book: Book, _: Translate) -> list[Figure]:
    totals, people = summary["window_totals"], summary["customers"]
    days = book.window()
    window = _("Dated in the last {days} days").format(days=days)
    return [
        (_("Customers"), people["total"], None, None, None, _("With a purchase up to the as-of day")),
        (_("Active customers"), people["active"], None, None, people["total"],
         policy_name(summary["activity"]["policy"], summary["parameters"], _)),
        (_("Customers in the window"), totals["customers"], None, None, None, window),
        (_("Orders in the window"), totals["orders"], None, None, None, window),
        (_("Amount in the window"), Shown(totals["amount"], "money"), None, None, None, _("Purchases minus returns")),
        (_("Profit in the window"), Shown(totals["profit"], "money"), None, None, None,
         profit_name(str(summary["profit_basis"]), _)),
        (_("Orders without a customer"), summary["input"]["unattributed_orders"], None, None,
         summary["input"]["orders"], _("In totals only, in no figure of a customer")),
    ]  # fmt: skip


def _movement(book: Book, _: Translate) -> list[Figure]:
    lead = book.summary["activity"]["lead"]
    row = (book.summary.get("bridge") or {}).get(lead)
    if row is None or not row["S"]:
        return []
    figures = [
        (_("Retention, one year"), "retention_rate", None, "(E − N) / S"),
        (_("Strict retention, one year"), "strict_retention_rate", "strict_retention", "(S − L) / S"),
        (_("Absolute churn, one year"), "absolute_churn", "absolute_churn", "L / S"),
        (_("Relative churn, one year"), "relative_churn", None, _("The lost customers' share of the spend of S")),
    ]
    if not row["fully_observed"]:
        reason = _("Not observable yet: the window at the start begins before the data")
        return [(name, None, None, None, row["S"], reason) for name, *_rest in figures]
    policy = policy_name(lead, book.summary["parameters"], _)
    return [
        (name, Shown(row[key], "percent"), row.get(f"{bounds}_low"), row.get(f"{bounds}_high"), row["S"],
         f"{meaning}; {policy}")
        for name, key, bounds, meaning in figures
    ]  # fmt: skip


def _value(summary: Mapping[str, Any], book: Book, _: Translate) -> list[Figure]:
    return [*_concentration(book, _), *_again(summary["repurchase"], _), *_rhythm(summary["rhythm"], _)]


def _concentration(book: Book, _: Translate) -> list[Figure]:
    pareto = book.summary["pareto"]
    name = _("Customers that bring {a} of the {base}").format(
        a=percent(book.rule("abc_cuts")[0]), base=base_name(pareto["base"], _)
    )
    meaning = _("Share of the customers with a positive one in the window")
    return [(name, Shown(pareto["cuts"].get("A"), "percent"), None, None, pareto["customers_positive"], meaning)]


def _again(again: Mapping[str, Any], _: Translate) -> list[Figure]:
    second = _("A second purchase day within {days} days of the first").format(days=again["second_purchase_days"])
    rates = [
        (_("Second purchase rate"), "second_purchase", second),
        (_("Repurchase rate"), "repurchase", _("Two or more purchase days in the window")),
    ]
    return [
        (name, Shown(again[f"{key}_rate"], "percent"), *_interval(again[f"{key}_rate"], again[f"{key}_base"]),
         again[f"{key}_base"], meaning)
        for name, key, meaning in rates
    ]  # fmt: skip


def _rhythm(rhythm: Mapping[str, Any], _: Translate) -> list[Figure]:
    late = rhythm["late_valuable"]
    return [
        (_("Population gap g₀, days"), Shown(rhythm["population_gap"], "tenth"), None, None, rhythm["gaps"],
         _("Median of the customers' mean gaps; n: completed gaps")),
        (_("Late and valuable customers"), late["customers"], None, None, None,
         _("Class A, slipping or later by their own rhythm")),
        (_("Their profit in the window"), Shown(late["profit"], "money"), None, None, None,
         _("What the late and valuable brought")),
    ]  # fmt: skip


def _interval(rate: float | None, base: int) -> tuple[float | None, float | None]:
    """Wilson's interval of a share of ``base`` customers."""
    found = wilson(round(rate * base), base) if rate is not None else None
    return found or (None, None)


def _contents(page: Page) -> None:
    book, _ = page.book, page.book.translate
    page.section(_("Sheets"))
    link = book.styles.get("link")
    for name, shows in book.contents[1:]:
        page.sheet.write_url(page.row, 0, f"internal:'{name}'!A1", link, name)
        put(page.sheet, page.row, 1, shows, book.styles.get("aside"), book.styles.get("aside"))
        page.row += 1
