"""The closing summary of an analysis: the few figures that matter, on one screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from regulars.analysis import Analysis
from regulars.charts import numbers
from regulars.cli.terminal import facts_table
from regulars.language import Language, translator


def print_closing(analysis: Analysis, out: Path, lang: Language, console: Console | None = None) -> None:
    """Print what was read, what it says, and where the results lie."""
    console = console or Console(highlight=False)
    _ = translator("cli", lang)
    if analysis.mapping is not None:
        console.print(Text(_("Columns"), style="bold"))
        console.print(Text(analysis.mapping.describe(lang), style="dim"))
    for note in analysis.notes:
        console.print(Text("! " + note.localized(lang), style="yellow"))
    console.print(facts_table(_rows(analysis.summary, lang)))
    console.print()
    reports = [name for name in ("report.html", "report.xlsx") if (out / name).exists()]
    for name in [*reports, "customers.parquet", "summary.json"]:
        console.print(Text(str(out / name)))
    if analysis.rejects.num_rows:
        console.print(Text(str(out / "rejects.csv")))


def _rows(s: Any, lang: Language) -> list[tuple[str, str, str]]:
    _ = translator("cli", lang)
    read, people, currency = s["input"], s["customers"], s["input"]["currency"]
    rows = []
    if "rows" in read:
        accounted = _("used {used} + rejected {rejected} + dropped {dropped} + skipped {skipped}").format(
            used=numbers.count(read["used_rows"]), rejected=numbers.count(read["rejected_rows"]),
            dropped=numbers.count(read["dropped_rows"]), skipped=numbers.count(read["skipped_rows"]),
        )  # fmt: skip
        rows.append((_("Rows read"), numbers.count(read["rows"]), accounted))
    span = _("{first} to {last}").format(first=read["first_day"], last=read["last_day"])
    rows.append((_("Orders"), numbers.count(read["orders"]), span))
    window = s["parameters"]["window"]
    rows.append(
        (_("Customers"), numbers.count(people["total"]), _("{n} active").format(n=numbers.count(people["active"])))
    )
    key = people["abc"]["A"]
    earned = _("{money} profit in {days} days").format(money=numbers.money(key["profit"], lang, currency), days=window)
    rows.append((_("Class A"), numbers.count(key["customers"]), earned))
    late = s["contacts"]
    stake = _("{money} of yearly profit at stake").format(money=numbers.money(late["profit"], lang, currency))
    rows.append((_("Late and worth a call"), numbers.count(late["total"]), stake))
    rows.append(_left(s, lang))
    return rows


def _left(s: Any, lang: Language) -> tuple[str, str, str]:
    """Who left within the year, by the policy the report leads with."""
    _ = translator("cli", lang)
    row = s["bridge"][s["activity"]["lead"]]
    label = _("Left within a year")
    if row is None or not row["S"]:
        return label, numbers.ABSENT, _("nobody was active a year before")
    remark = _("{rate} of those active a year before, by the {policy} policy").format(
        rate=numbers.rate(row["absolute_churn"]), policy=s["activity"]["lead"]
    )
    return label, numbers.count(row["lost"]), remark
