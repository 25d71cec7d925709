"""Concentration of profit: the Pareto chart with the ABC cuts, and the three classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from regulars.report.workbook.book import Book, percent
from regulars.report.workbook.figures import Bar, axis, bar_chart, hide_in_legend, stacked_shares
from regulars.report.workbook.page import Block, Column, Page
from regulars.report.workbook.style import INK3, WORTH_A
from regulars.report.workbook.terms import ABC, Translate, class_names, profit_name

FEW = 50  # customers up to whom every one is a bar
STEPS = 20


def write_concentration(book: Book) -> Block | None:
    """The sheet; returns the table behind the Pareto chart for the overview, if there is one."""
    _ = book.translate
    page = Page(book, _("ABC"), _("How few customers carry the profit: Pareto chart and classes A, B, C"))
    pareto = book.summary["pareto"]
    page.title(_("ABC by contribution"), *_notes(book, pareto))
    head = page.row
    parts = _share_table(page) if _class_table(page) is not None else None
    bins = _bins_table(page, pareto)
    if bins is not None:
        page.beside(pareto_chart(book, bins, pareto), at=head)
    if parts is not None:
        chart = stacked_shares(book, _("Customers and profit by class"), parts, "what", list(ABC.items()))
        page.beside(chart, at=head, height=240)
    page.clear_charts()
    if bins is not None:
        page.print_to_here()
        _points_table(page, pareto)
    page.close()
    return bins


def _notes(book: Book, pareto: Mapping[str, Any]) -> list[str]:
    _ = book.translate
    a, b = (percent(cut) for cut in book.rule("abc_cuts"))
    base = base_name(pareto["base"], _)
    notes = [
        _(
            "Customers sorted by {base} in the last {days} days: A while less than {a} of it is reached, B while less "
            "than {b}, else C; equal values share a class, none or negative is C. {basis}."
        ).format(base=base, days=book.window(), a=a, b=b, basis=profit_name(str(book.summary["profit_basis"]), _))
    ]
    cuts = pareto["cuts"]
    if cuts.get("A") is not None:
        text = _(
            "The first {x:.1%} of the customers with a positive {base} bring {a} of it, "
            "the first {y:.1%} bring {b} (n {n})."
        )

        notes.append(text.format(x=cuts["A"], y=cuts["B"], a=a, b=b, base=base, n=f"{pareto['customers_positive']:,}"))
    return notes


def base_name(base: str, _: Translate) -> str:
    return _("profit") if base == "profit" else _("revenue")


def _class_table(page: Page) -> Block | None:
    _ = page.book.translate
    sums = page.book.summary["customers"]["abc"]
    names = class_names(_)["abc"]
    total = {key: sum(row[key] for row in sums.values()) for key in ("customers", "amount", "profit")}
    if not total["customers"]:
        page.say(_("No customer is in a class yet."))
        return None
    rows = [
        {"class": names[key], **sums[key], "customer_share": _ratio(sums[key]["customers"], total["customers"]),
         "profit_share": _ratio(sums[key]["profit"], total["profit"]),
         "each": _ratio(sums[key]["profit"], sums[key]["customers"])}
        for key in ABC if key in sums
    ]  # fmt: skip
    rows.append({"class": _("Total"), **total, "each": _ratio(total["profit"], total["customers"])})
    columns = [
        Column("class", _("Class")),
        Column("customers", _("Customers"), "int"),
        Column("customer_share", _("Share of customers"), "percent"),
        Column("amount", _("Amount in the window"), "money"),
        Column("profit", _("Profit in the window"), "money"),
        Column("profit_share", _("Share of profit"), "percent"),
        Column("each", _("Profit per customer"), "money"),
    ]
    return page.table(columns, rows, main=True, strong=lambda row: row is rows[-1])


def _share_table(page: Page) -> Block:
    """Two rows for the two bars: customers and (positive) profit by class."""
    _ = page.book.translate
    sums = page.book.summary["customers"]["abc"]
    rows = []
    for key, title in (("customers", _("Customers")), ("profit", _("Profit"))):
        values = {name: max(0.0, sums.get(name, {}).get(key, 0)) for name in ABC}
        whole = sum(values.values())
        rows.append({"what": title, **{name: _ratio(value, whole) for name, value in values.items()}})
    names = class_names(_)["abc"]
    columns = [Column("what", _("Share of")), *(Column(name, names[name], "percent") for name in ABC)]
    return page.table(columns, rows)


def _bins_table(page: Page, pareto: Mapping[str, Any]) -> Block | None:
    _ = page.book.translate
    points, base, few = pareto["points"], base_name(pareto["base"], _), pareto["customers_positive"] <= FEW
    if not pareto["customers_positive"] or len(points) < 2:
        page.say(_("Nobody has a positive {base} in the window: there is no curve.").format(base=base))
        return None
    step = _("Every customer, the best first") if few else _("Every 5% of the customers, the best first")
    page.section(step)
    columns = [
        Column("customers", _("Share of customers, cumulative"), "percent"),
        Column("share", _("Share of {base}").format(base=base), "percent"),
        Column("cumulative", _("Share of {base}, cumulative").format(base=base), "percent"),
        *(
            Column(f"cut_{number}", _("{cut} cut").format(cut=percent(cut)), "percent")
            for number, cut in enumerate(page.book.rule("abc_cuts"))
        ),
    ]
    cuts = {f"cut_{number}": float(cut) for number, cut in enumerate(page.book.rule("abc_cuts"))}
    return page.table(columns, [{**row, **cuts} for row in pareto_bins(pareto)])


def pareto_bins(pareto: Mapping[str, Any]) -> list[dict[str, float]]:
    """Columns and line of the Pareto chart: every customer when they are few, else steps of 5 % of the customers."""
    curve, people = np.asarray(pareto["points"], dtype=float), int(pareto["customers_positive"])
    steps = people if people <= FEW else STEPS
    ends = np.arange(1, steps + 1) / steps
    cumulative = np.interp(ends, curve[:, 0], curve[:, 1])
    parts = np.diff(cumulative, prepend=0.0)
    return [
        {"customers": float(x), "share": float(part), "cumulative": float(y)}
        for x, part, y in zip(ends, parts, cumulative, strict=True)
    ]


def pareto_chart(book: Book, block: Block, pareto: Mapping[str, Any]) -> Any:
    """Columns in the colour of their class under the cumulative line, with the cuts at 80 and 90 %."""
    _ = book.translate
    bins = pareto_bins(pareto)
    colours = tuple(_bin_colour(row, pareto["cuts"], 0.5 / len(bins)) for row in bins)
    title = _("Pareto: share of {base}, best customers first").format(base=base_name(pareto["base"], _))
    chart = bar_chart(book, title, block, "customers", [Bar("share", colours=colours)], number="0%", gap=15)
    lines = book.workbook.add_chart({"type": "line"})
    for key, colour, dash, width in (
        ("cumulative", WORTH_A, "solid", 2.25), ("cut_0", INK3, "dash", 1.0), ("cut_1", INK3, "square_dot", 1.0)
    ):  # fmt: skip
        lines.add_series(
            {"name": block.name(key), "categories": block.ref("customers"), "values": block.ref(key),
             "line": {"color": colour, "dash_type": dash, "width": width}, "marker": {"type": "none"}}
        )  # fmt: skip
    chart.combine(lines)
    hide_in_legend(chart, book, [])
    _percent_axes(chart, book, max(1, len(bins) // 10))
    return chart


def _percent_axes(chart: Any, book: Book, interval: int) -> None:
    _ = book.translate
    chart.set_y_axis(axis(book, number="0%", grid=True, min=0, max=1, major_unit=0.2))
    chart.set_x_axis(axis(book, _("Customers, best first, cumulative share"), number="0%", interval_unit=interval))


def _bin_colour(row: Mapping[str, float], cuts: Mapping[str, Any], half: float) -> str:
    """A column belongs to the class of its middle."""
    for name in ("A", "B"):
        if cuts.get(name) is not None and row["customers"] <= cuts[name] + half:
            return ABC[name]
    return ABC["C"]


def _points_table(page: Page, pareto: Mapping[str, Any]) -> None:
    _ = page.book.translate
    page.section(_("Points of the curve"))
    columns = [
        Column("x", _("Share of customers, cumulative"), "percent"),
        Column("y", _("Share of {base}, cumulative").format(base=base_name(pareto["base"], _)), "percent"),
    ]
    page.table(columns, [{"x": x, "y": y} for x, y in pareto["points"]])


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
