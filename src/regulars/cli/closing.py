"""The closing summary of an analysis: what was read, what it says and where the results lie, on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from regulars.analysis import Analysis
from regulars.charts import numbers
from regulars.charts.reader import Reader
from regulars.cli.wrapping import hanging, harmless, wrap
from regulars.language import Language, translator

WIDEST, SCREEN = 80, 24  # columns and lines of the smallest usual terminal
RESERVED = 4  # lines for what follows: the paths and the prompt
MAPPING = 5  # lines for the columns
GAP = 2
LATE = ("slipping", "dormant", "lost")


def print_closing(
    analysis: Analysis, out: Path, lang: Language, console: Console | None = None, *, files: bool = True
) -> None:
    """Print the summary; without ``files`` where the results lie is left to the caller."""
    console = console or Console(highlight=False)
    width = min(console.width, WIDEST)
    for line in closing_lines(analysis, lang, width):
        console.print(line, soft_wrap=True)
    if files:
        for line in _places(out, lang, width):
            console.print(line, soft_wrap=True)
    else:
        console.print()


def closing_lines(analysis: Analysis, lang: Language, width: int) -> list[Text]:
    """Head, columns, figures and as many notes as fit one screen."""
    _ = translator("cli", lang)
    summary = analysis.summary
    shop, day = summary["title"], numbers.day(summary["as_of"], lang)
    head = _("{shop}, as of {day}").format(shop=shop, day=day) if shop else _("As of {day}").format(day=day)
    rows = _figures(summary, lang)
    if analysis.mapping is not None:
        rows.insert(0, (_("Columns"), ""))
    indent = GAP + max(cell_len(label) for label, _remark in rows)
    if analysis.mapping is not None:
        rows[0] = (rows[0][0], _columns(analysis.mapping, lang, width - indent))
    lines = [Text(harmless(head), style="bold")]
    for label, remark in rows:
        first, *more = hanging(label, remark, indent, width)
        lines.append(Text.assemble((first[: len(label)], "dim"), first[len(label) :]))
        lines += [Text(line) for line in more]
    return [*lines, *_notes(analysis.notes, lang, width, SCREEN - RESERVED - len(lines))]


def _notes(notes: tuple[Any, ...], lang: Language, width: int, room: int) -> list[Text]:
    """Notes of the ingest, each whole, at least one, as many as there is room for; then how many are left."""
    _ = translator("cli", lang)
    shown: list[Text] = []
    for number, note in enumerate(notes):
        lines = hanging("! ", note.localized(lang), 2, width)
        if shown and len(shown) + len(lines) + 1 > room:
            more = _("{n} more notes: in the report under Data quality.").format(n=len(notes) - number)
            return [*shown, Text("! " + more, style="yellow")]
        shown += [Text(line, style="yellow") for line in lines]
    return shown


def _columns(mapping: Any, lang: Language, width: int) -> str:
    """Which column was read as what, in one short paragraph; a guess from the contents says so."""
    from regulars.ingest import FIELD_NAMES, FIELDS

    _, field_name = translator("cli", lang), translator("ingest", lang)
    found = []
    for field in FIELDS:
        if field in mapping.columns:
            guess = mapping.how.get(field) == "content"
            template = _("{field} ← {column} (by its contents)") if guess else "{field} ← {column}"
            found.append(template.format(field=field_name(FIELD_NAMES[field]), column=mapping.columns[field]))
    template = "{columns}"
    if mapping.preset:
        template = _("layout {preset}: {columns}").replace("{preset}", mapping.preset)
    if mapping.date_order:
        template += _("; dates are {order}").format(order=mapping.date_order)
    text = ""
    for left_out in range(len(found)):
        columns = _(", ").join(found[: len(found) - left_out])
        if left_out:
            columns += _(" and {n} more (--save-mapping lists them)").format(n=left_out)
        text = template.replace("{columns}", columns)
        if len(wrap(text, width)) <= MAPPING:
            break
    return text


def _figures(s: Any, lang: Language) -> list[tuple[str, str]]:
    _ = translator("cli", lang)
    read, people, reader = s["input"], s["customers"], Reader.of(s, lang)
    count = numbers.count
    rows = []
    if "rows" in read:
        text = _("{rows} = used {used} + rejected {rejected} + dropped {dropped} + skipped {skipped}")
        kinds = ("used", "rejected", "dropped", "skipped")
        parts = {kind: count(read[f"{kind}_rows"]) for kind in kinds}
        rows.append((_("Rows"), text.format(rows=count(read["rows"]), **parts)))
    span = _("{n} from {first} to {last}").format(
        n=count(read["orders"]), first=numbers.day(read["first_day"], lang), last=numbers.day(read["last_day"], lang)
    )
    if read["unattributed_orders"]:
        span += _("; {n} name no customer").format(n=count(read["unattributed_orders"]))
    rows.append((_("Orders"), span))
    active = _("{n}; {active} of them active").format(n=count(people["total"]), active=count(people["active"]))
    rows.append((_("Customers"), active))
    rows.append((_("Class A"), _class_a(s, reader)))
    rows.append((_("Late"), _late(s, reader)))
    rows.append((_("Left"), _left(s, lang)))
    if s.get("value"):
        rows.append((_("Ahead"), _ahead(s, reader)))
    return rows


def _class_a(s: Any, reader: Reader) -> str:
    _ = translator("cli", reader.lang)
    held, total = s["customers"]["abc"]["A"], s["window_totals"]["profit"]
    words = {
        "n": numbers.count(held["customers"]),
        "money": reader.money(held["profit"]),
        "profit": reader.profit,
        "days": numbers.days(s["parameters"]["window"], reader.lang),
    }
    if not held["customers"] or total <= 0:
        return _("nobody: there was no {profit} in the last {days}").format(**words)
    text = _("{n} bring {share} of the {profit} of the last {days}: {money}")
    return text.format(share=numbers.share(held["profit"] / total), **words)


def _late(s: Any, reader: Reader) -> str:
    """Who is late by their own rhythm, and what those worth a call brought."""
    _ = translator("cli", reader.lang)
    states, listed = s["customers"]["rhythm"], s["contacts"]
    late = sum(states[name]["customers"] for name in LATE if name in states)
    if not late:
        return _("nobody, by their own rhythm")
    at_risk = listed.get("value_at_risk")
    text = (
        _("{late} by their own rhythm; {n} worth a call, with {money} of {profit}")
        if at_risk is None
        else _("{late} by their own rhythm; {n} worth a call, {money} at risk")
    )
    money = reader.money(listed["profit"] if at_risk is None else at_risk)
    return text.format(late=numbers.count(late), n=numbers.count(listed["total"]), money=money, profit=reader.profit)


def _left(s: Any, lang: Language) -> str:
    """Who left within the year, by the policy the report leads with."""
    _ = translator("cli", lang)
    lead = s["activity"]["lead"]
    row = s["bridge"][lead]
    if row is None or not row["S"]:
        return _("nobody was active a year before")
    text = (
        _("{lost} of the {start} active a year before, by their rhythm: {rate}")
        if lead == "rhythm"
        else _("{lost} of the {start} active a year before: {rate}")
    )
    told = text.format(
        lost=numbers.count(row["lost"]),
        start=numbers.count(row["S"]),
        rate=numbers.rate(row["absolute_churn"], row["S"]),
    )
    low, high = row["absolute_churn_low"], row["absolute_churn_high"]
    interval = numbers.rate_interval(low, high, row["S"])
    return f"{told} ({interval})" if interval else told


def _ahead(s: Any, reader: Reader) -> str:
    """What the customers of today are expected to bring, by the models that proved themselves."""
    _ = translator("cli", reader.lang)
    value = s["value"]
    text = _("{money} of {profit} expected in {months} months")
    told = text.format(money=reader.money(value["total"]), profit=reader.profit, months=s["clv"]["months"])
    low, high = value["total_low"], value["total_high"]
    return told if low is None or high is None else f"{told} ({reader.money(low)}–{reader.money(high)})"


def _places(out: Path, lang: Language, width: int) -> list[Text]:
    """The report first, on a line of its own to be opened; the other files together."""
    reports = [name for name in ("report.html",) if (out / name).exists()]
    names = ("report.xlsx", "customers.parquet", "summary.json", "contacts.csv", "spells.parquet", "rejects.csv")
    others = [name for name in names if (out / name).exists()]
    lines = [Text(), *(Text(str(out / name), style="bold") for name in reports)]
    return [*lines, *(Text(line, style="dim") for line in hanging(f"{out}/", ", ".join(others), GAP, width))]
