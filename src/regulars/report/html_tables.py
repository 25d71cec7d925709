"""Tables as HTML: right-aligned numbers, hatched rows, raw values beside the written ones for the CSV download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Column, Table, written
from regulars.charts.reader import Reader
from regulars.report.cells import guarded
from regulars.report.rich import trusted

# the columns whose cells name their row
ROW_HEADS = frozenset(
    {
        "a",
        "abc_name",
        "cohort",
        "from",
        "group",
        "kind",
        "month",
        "name",
        "orders_from",
        "period",
        "product",
        "r",
        "rank",
        "reason",
        "rhythm",
        "share_customers",
        "step",
        "tenure",
    }
)


LARGE_AMOUNT = 1000


@dataclass(frozen=True)
class Shown:
    """A cell with its own look; ``values`` are what the CSV download holds: its column's label and ``more``.

    ``look`` names how the first of them is shown in the workbook where that is not the way of its column.
    """

    html: Markup
    values: tuple[Any, ...]
    look: str = ""


def rate_with_interval(rate: float | None, low: float | None, high: float | None, base: int | None) -> Shown:
    """51.2% 49.1–53.3, the interval in grey and in a column of its own so that the rates line up."""
    between = numbers.rate_interval(low, high, base) if rate is not None else ""
    html = Markup('{}<span class="ci">{}</span>').format(numbers.rate(rate, base), between)
    return Shown(html, (rate, low, high, base))


def letter(abc: str) -> Shown:
    """The class A, B or C as its square."""
    return Shown(Markup('<span class="abc {0}">{0}</span>').format(abc), (abc,))


def table_html(
    table: Table, reader: Reader, *, caption: str, first: int | None = None, unobserved: str = "", total: bool = False,
    address: Callable[[str], str | None] | None = None,
) -> Markup:  # fmt: skip
    """``table`` as a ``<table>``; rows beyond ``first`` wait behind a button, hatched ones say ``unobserved``.

    ``address`` gives the address of the customers a count stands for; such a number is a door.
    """
    head = Markup("").join(_heading(column) for column in table.columns)
    exact = [_is_small(table, place) for place in range(len(table.columns))]
    rows = []
    for index, row in enumerate(table.rows):
        hatched = index in table.hatched
        cells = [_cell(*cell, reader) for cell in zip(row, table.columns, exact, strict=True)]
        if address is not None:
            cells = [_opened(cell, table.doors.get((index, place)), address) for place, cell in enumerate(cells)]
        if hatched and unobserved:
            cells[0] = cells[0].replace("</th>", Markup(' <span class="chip no">{}</span></th>').format(unobserved))
        attributes = Markup(' class="nf"') if hatched else Markup("")
        if first is not None and index >= first:
            attributes += Markup(" hidden data-more")
        rows.append(Markup("<tr{}>{}</tr>").format(attributes, Markup("").join(cells)))
    return Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{0}"><table class="tb{1}"><caption class="vh">{0}'
        "</caption><thead><tr>{2}</tr></thead><tbody>{3}</tbody></table></div>"
    ).format(caption, " sum" if total else "", head, Markup("").join(rows))


def _opened(cell: Markup, who: str | None, address: Callable[[str], str | None]) -> Markup:
    """A cell whose number is a door, where somebody is behind it."""
    where = address(who) if who else None
    begin, end = cell.find(">") + 1, cell.rfind("<")
    if where is None or cell[begin:end] in ("0", numbers.ABSENT, ""):
        return cell
    opened = Markup('<a class="n" href="{}">').format(where)
    return trusted(f"{cell[:begin]}{opened}{cell[begin:end]}</a>{cell[end:]}")


def _is_small(table: Table, place: int) -> bool:
    """Whether a column of amounts per head holds small ones only: then all have two places, so that they line up."""
    if table.columns[place].kind != "each":
        return False
    amounts = [abs(row[place]) for row in table.rows if isinstance(row[place], int | float)]
    return bool(amounts) and max(amounts) < LARGE_AMOUNT


def _heading(column: Column) -> Markup:
    labels = "\t".join((column.label, *column.more))
    raw = Markup(' data-h="{}"').format(labels) if column.more else Markup("")
    side = Markup(' class="r"') if column.numeric else Markup("")
    return Markup('<th scope="col"{}{}>{}</th>').format(side, raw, column.label)


def _cell(value: Any, column: Column, exact: bool, reader: Reader) -> Markup:
    side = trusted(' class="r"' if column.numeric else "")
    name = trusted("th" if column.key in ROW_HEADS else "td")
    scope = trusted(' scope="row"' if name == "th" else "")
    if isinstance(value, Shown):
        raw = "\t".join(_raw(part) for part in value.values)
        return Markup('<{0}{1}{2} data-v="{3}">{4}</{0}>').format(name, scope, side, raw, value.html)
    shown, raw = written(value, column.kind, reader, exact=exact), _raw(value)
    data = Markup(' data-v="{}"').format(raw) if raw != shown else Markup("")
    return Markup("<{0}{1}{2}{3}>{4}</{0}>").format(name, scope, side, data, shown)


def _raw(value: Any) -> str:
    """What CSV holds: plain numbers, ISO days, nothing for what is absent, texts that are no formulas."""
    if value is None:
        return ""
    if isinstance(value, float):
        return repr(round(value, 6)) if not value.is_integer() else str(int(value))
    return guarded(str(value))


def labelled_rows(pairs: Sequence[tuple[str, str]]) -> Markup:
    """A definition list of names and values."""
    items = Markup("").join(Markup("<dt>{}</dt><dd>{}</dd>").format(name, value) for name, value in pairs)
    return Markup('<dl class="pairs">{}</dl>').format(items)
