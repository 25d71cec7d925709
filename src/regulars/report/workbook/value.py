"""Predicted value: what customers should bring, who holds it, how soon they return, and how far to trust it."""

from __future__ import annotations

from datetime import date
from typing import Any

from regulars.charts import alive, at_risk, clv, survival
from regulars.report import value_titles as titles
from regulars.report.cautions import cautions
from regulars.report.chapters import look_alikes, proof, unpublished
from regulars.report.chapters import value as chapter
from regulars.report.rich import plain
from regulars.report.view import View
from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import Line, axis, line_chart, stacked_shares
from regulars.report.workbook.page import Block, Column, Page, Shown
from regulars.report.workbook.style import COHORT_FULL, COHORT_PALE, DUE, INK3, NONE, STEADY, WORTH_A, WORTH_C
from regulars.report.workbook.terms import ABC, RHYTHM, Translate, class_names, yes_no
from regulars.report.workbook.twins import put_twin, view_of
from regulars.report.workbook.value_proof import write_calibration, write_chances

WIDEST = 9
GROUP_LINES = (NONE, INK3, DUE, DUE, STEADY, STEADY)
GROUP_DASHES = ("square_dot", "dash", "square_dot", "dash", "dash", "solid")


def write_value(book: Book) -> None:
    _ = book.translate
    view = view_of(book)
    page = Page(book, chapter.name(view), _("What customers should bring, who holds it, and how far to trust it"))
    if view.worth is None:
        _no_forecast(page, view)
        return
    page.title(plain(titles.total(view)), *_notes(view))
    page.right = WIDEST  # charts stand beside the widest table, all in one column
    head = page.row
    _totals(page, view)
    by_class, by_state = _at_risk(page, view)
    points = put_twin(page, clv.concentration(view.worth, view.reader).table)
    if view.worth["at_risk"]["total"] > 0:
        page.beside(_shares_chart(book, _("Value and value at risk by class"), by_class, ABC), at=head, height=230)
        title = _("Value and value at risk by rhythm")
        page.beside(_shares_chart(book, title, by_state, RHYTHM), at=head, height=230)
    if points.last >= points.first:
        page.beside(_concentration_chart(book, points), at=head)
    page.clear_charts()
    _proof(page, view)
    _alive(page, view)
    _survival(page, view)
    _look_alikes(page, view)
    page.close()


def _no_forecast(page: Page, view: View) -> None:
    """The reason in place of everything; the accuracy that was reached where a model was tried and lost."""
    _ = page.book.translate
    page.title(_("No forecast of value"))
    page.say(unpublished.sentence(view))
    if unpublished.was_tried(view):
        put_twin(page, proof.accuracy_table(view), main=True)
    page.close()


def _notes(view: View) -> list[str]:
    card = proof.model(view)
    return [f"{plain(card.title)} · {plain(proof.margin(view))} · {plain(proof.hold_out(view))}"]


def _totals(page: Page, view: View) -> None:
    _, worth = page.book.translate, view.worth or {}
    soon, risk = worth["expected_purchases_90"], worth["at_risk"]
    columns = [
        Column("name", _("Figure")),
        Column("value", _("Value"), "int"),
        Column("low", _("80% range, low"), "int"),
        Column("high", _("80% range, high"), "int"),
    ]
    total, low, high = (Shown(worth[key], "money") for key in ("total", "total_low", "total_high"))
    rows = [
        (_("Value of all customers, discounted"), total, low, high),
        (_("Expected purchase days, 90 days"), round(soon["total"]), _whole(soon["low"]), _whole(soon["high"])),
        (_("Value at risk"), Shown(risk["total"], "money"), None, None),
        (_("Customers with a value"), worth["customers"], None, None),
        (_("of these bought on one day only"), (worth["notes"] or {}).get("no_repeat"), None, None),
        (_("Customers without a value"), proof.without(view), None, None),
    ]  # fmt: skip
    keys = [column.key for column in columns]
    page.table(columns, [dict(zip(keys, row, strict=True)) for row in rows], main=True)


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _at_risk(page: Page, view: View) -> tuple[Block, Block]:
    """The table of classes and states, and the shares behind the two charts."""
    _, found = page.book.translate, (view.worth or {})["at_risk"]
    page.section(plain(titles.at_risk(view)))
    put_twin(page, at_risk.held(found, view.reader).table)
    by_class = _shares(page, found["by_abc"], ABC, class_names(_)["abc"])
    return by_class, _shares(page, found["by_rhythm"], RHYTHM, class_names(_)["rhythm"])


def _shares(page: Page, held: dict[str, Any], order: dict[str, str], names: dict[str, str]) -> Block:
    _ = page.book.translate
    rows = []
    for key, title in (("clv", _("Predicted value")), ("value_at_risk", _("Value at risk"))):
        values = {name: max(0.0, (held.get(name) or {}).get(key, 0.0)) for name in order}
        whole = sum(values.values())
        rows.append({"what": title, **{name: value / whole if whole else None for name, value in values.items()}})
    columns = [Column("what", _("Share of")), *(Column(name, names[name], "percent") for name in order)]
    return page.table(columns, rows)


def _shares_chart(book: Book, title: str, block: Block, order: dict[str, str]) -> Any:
    return stacked_shares(book, title, block, "what", list(order.items()))


def _concentration_chart(book: Book, block: Block) -> Any:
    """The predicted value over the profit of the window, both cumulative."""
    _ = book.translate
    lines = [Line("share_clv", WORTH_A), Line("share_profit", WORTH_C)]
    title = _("How concentrated the predicted value is, over the profit of the window")
    chart = line_chart(book, title, block, "share_customers", lines, [0.0, 1.0])
    chart.set_y_axis(axis(book, number="0%", grid=True, min=0, max=1, major_unit=0.2))
    chart.set_x_axis(axis(book, _("Customers, best first, cumulative share"), number="0%", interval_unit=4))
    return chart


def _proof(page: Page, view: View) -> None:
    """How the forecast did on earlier days, which model it is, and when not to trust it."""
    _ = page.book.translate
    head = page.row
    write_calibration(page, view, head)
    write_chances(page, view, head)
    page.clear_charts()
    page.section(plain(titles.backtest(view)), plain(proof.hold_out(view)))
    put_twin(page, proof.accuracy_table(view))
    page.section(_("One earlier day at a time"))
    put_twin(page, proof.origins_table(view))
    page.section(plain(proof.model(view).title))
    if proof.candidates(view):
        page.say(plain(proof.why(view)))
        put_twin(page, proof.candidates_table(view))
    page.section(_("When not to trust it"), *(plain(text) for text in cautions(view)))
    page.row += 1


def _alive(page: Page, view: View) -> None:
    """Mean P(alive) as a matrix, shaded."""
    _, found = page.book.translate, (view.worth or {})["alive"]
    page.section(
        _("P(alive): purchase days down, days since the last purchase across"),
        _("Grey: fewer than {n} customers. Nobody can check it on a customer.").format(n=alive.THIN_CELL),
    )
    cells = {(cell["frequency"], cell["recency"]): cell for cell in found["cells"]}
    across, down = alive.spans(found["recency_edges"]), alive.spans(found["frequency_edges"])
    head = page.row
    page.keep_together(len(down) + 1)
    for column, text in enumerate((_("Purchase days"), *across)):
        page.grid(head, column, text, "header", right=column > 0)
    for line, text in enumerate(down):
        page.grid(head + 1 + line, 0, text, "text")
        for column in range(len(across)):
            cell = cells.get((line, column))
            thin = cell is not None and cell["customers"] < alive.THIN_CELL
            page.grid(head + 1 + line, column + 1, cell and cell["p_alive"], "whole_percent", grey=thin)
    if down and across:
        scale = {"type": "2_color_scale", "min_color": COHORT_PALE, "max_color": COHORT_FULL}
        page.sheet.conditional_format(head + 1, 1, head + len(down), len(across), scale)
    page.row = head + len(down) + 2


def _survival(page: Page, view: View) -> None:
    """Share that came back a second time, by day since the first purchase."""
    _, curves = page.book.translate, view.survival
    page.section(plain(titles.second_purchase(view)))
    drawing = survival.overall(curves.get("overall"), view.reader)
    if drawing.option is None:
        page.say(drawing.empty)
        return
    head = page.row
    block = put_twin(page, drawing.table)
    lines = [Line("share", STEADY), Line("low", STEADY, bound=True), Line("high", STEADY, bound=True)]
    _beside(page, block, lines, plain(titles.second_purchase(view)), head)
    cohorts, products = curves.get("by_cohort") or [], curves.get("by_product") or []
    quarters = [view.reader.period(curve["name"]) for curve in cohorts]
    _groups(page, view, cohorts, quarters, plain(titles.by_quarter(view)), head)
    if products:
        _groups(page, view, products, [str(one["name"]) for one in products], plain(titles.by_product(view)), head)
    page.clear_charts()


def _groups(page: Page, view: View, curves: list[Any], names: list[str], title: str, head: int) -> None:
    drawing = survival.groups(curves, names, view.reader)
    if drawing.option is None:
        return
    page.section(title)
    block = put_twin(page, drawing.table)
    count = len(block.columns) - 1
    lines = [
        Line(f"group_{place}", GROUP_LINES[place - count], dash=GROUP_DASHES[place - count]) for place in range(count)
    ]
    _beside(page, block, lines, title, head)


def _beside(page: Page, block: Block, lines: list[Line], title: str, head: int) -> None:
    book, _ = page.book, page.book.translate
    chart = line_chart(book, title, block, "day", lines, [0.0, 1.0])
    chart.set_y_axis(axis(book, number="0%", grid=True, min=0))
    chart.set_x_axis(axis(book, _("Days since the first purchase")))
    page.beside(chart, at=head, height=300)


def _look_alikes(page: Page, view: View) -> None:
    """New customers with the old ones they resemble, one row a match."""
    _, found = page.book.translate, (view.worth or {}).get("lookalikes") or {}
    if not found.get("rows"):
        return
    (card,) = look_alikes.cards(view)
    page.section(plain(card.title), plain(card.foot))
    columns = [
        Column("customer_id", _("New customer")),
        Column("first_day", _("First purchase date"), "date"),
        Column("first_amount", _("Amount"), "money"),
        Column("foretold_12m", _("Foretold, 12 months"), "money"),
        Column("like", _("Similar old customer"), "wrap"),
        Column("similarity", _("Similarity"), "decimal"),
        Column("profit_12m", _("Profit of its first 12 months"), "money"),
        Column("purchase_days", _("Purchase days"), "int"),
        Column("active", _("Still buying"), "wrap"),
    ]
    rows = [_look_alike(row, match, _) for row in found["rows"] for match in row["matches"]]
    page.table(columns, rows)


def _look_alike(row: dict[str, Any], match: dict[str, Any], _: Translate) -> dict[str, Any]:
    return {
        **row,
        "customer_id": _who(row),
        "first_day": date.fromisoformat(row["first_day"]),
        "like": _who(match),
        **{key: match.get(key) for key in ("similarity", "profit_12m", "purchase_days")},
        "active": yes_no(match["still_active"], _),
    }


def _who(row: dict[str, Any]) -> str:
    return f"{row['name']} {row['customer_id']}" if row.get("name") else str(row["customer_id"])
