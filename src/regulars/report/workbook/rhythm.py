"""Purchase rhythm: the five states, over customers and over profit."""

from __future__ import annotations

from regulars.report.workbook.book import Book
from regulars.report.workbook.figures import stacked_shares
from regulars.report.workbook.page import Block, Column, Page, Shown
from regulars.report.workbook.terms import RHYTHM, class_names


def write_rhythm(book: Book) -> None:
    _ = book.translate
    page = Page(book, _("Rhythm"), _("Who is late by the own rhythm"))
    found = book.summary["rhythm"]
    page.title(
        _("Purchase rhythm"),
        _(
            "Lateness = days since the last purchase ÷ typical gap: on rhythm up to {cuts[0]:g}, due {cuts[1]:g}, "
            "slipping {cuts[2]:g}, dormant {cuts[3]:g}, lost above."
        ).format(cuts=[float(cut) for cut in book.rule("rhythm_cuts")]),
    )
    if not found["gaps"]:
        page.say(_("Nobody has bought a second time yet: there is no rhythm."))
        page.close()
        return
    head = page.row
    _states(page)
    parts = _shares(page)
    _figures(page)
    page.beside(
        stacked_shares(
            book, _("In which state are the customers, and the profit?"), parts, "what", list(RHYTHM.items())
        ),
        at=head,
    )
    page.close()


def _states(page: Page) -> None:
    _ = page.book.translate
    names, sums = class_names(_)["rhythm"], page.book.summary["customers"]["rhythm"]
    people = sum(row["customers"] for row in sums.values())
    columns = [
        Column("class", _("State")),
        Column("customers", _("Customers"), "int"),
        Column("share", _("Share of customers"), "percent"),
        Column("amount", _("Amount in the window"), "money"),
        Column("profit", _("Profit in the window"), "money"),
    ]
    rows = [
        {"class": names[key], **sums[key], "share": sums[key]["customers"] / people if people else None}
        for key in RHYTHM
        if key in sums
    ]
    page.table(columns, rows, main=True)


def _shares(page: Page) -> Block:
    _ = page.book.translate
    names, sums = class_names(_)["rhythm"], page.book.summary["customers"]["rhythm"]
    rows = []
    for key, title in (("customers", _("Customers")), ("profit", _("Profit"))):
        values = {name: max(0.0, sums.get(name, {}).get(key, 0)) for name in RHYTHM}
        whole = sum(values.values())
        rows.append({"what": title, **{name: value / whole if whole else None for name, value in values.items()}})
    return page.table([Column("what", _("Share of")), *(Column(name, names[name], "percent") for name in RHYTHM)], rows)


def _figures(page: Page) -> None:
    _ = page.book.translate
    found = page.book.summary["rhythm"]
    late = found["late_valuable"]
    rows = [
        (_("Population gap g₀, days"), Shown(found["population_gap"], "tenth")),
        (_("Completed gaps"), Shown(found["gaps"], "int")),
        (_("Gap ÷ typical gap, first quartile"), Shown(found["ratio_q1"], "decimal")),
        (_("Gap ÷ typical gap, median"), Shown(found["ratio_median"], "decimal")),
        (_("Gap ÷ typical gap, third quartile"), Shown(found["ratio_q3"], "decimal")),
        (_("Late and valuable (slipping or later, class A): customers"), Shown(late["customers"], "int")),
        (_("Late and valuable: profit in the window"), Shown(late["profit"], "money")),
    ]
    columns = [Column("name", _("Figure"), "text"), Column("value", _("Value"), "decimal")]
    page.table(columns, [{"name": name, "value": value} for name, value in rows])
