"""A view as a page: heading, notes, the things to know, the chapters, and the words of the controls."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import numbers
from regulars.report.chapters import CHAPTERS
from regulars.report.chapters.quality import basis
from regulars.report.page import Page
from regulars.report.rich import rich
from regulars.report.sentences import MOST, things
from regulars.report.view import View


def page_of(view: View, title: str | None) -> Page:
    """Everything the reader of one language sees."""
    say = view.reader.say
    known = things(view)
    return Page(
        lang=view.reader.lang,
        title=title or view.part("title") or say("Customer report"),
        meta=_meta(view),
        notes=notes_of(view),
        things=known,
        chapters=tuple(chapter(view) for chapter in CHAPTERS),
        words=_words(view, len(known)),
        closing=_closing(view),
    )


def _meta(view: View) -> tuple[str, ...]:
    say, counters = view.reader.say, view.part("input") or {}
    made = [
        say("As of {day}", day=view.reader.day(view.as_of)),
        f"{view.reader.customers(_total(view))}{say('list|, ')}{view.reader.orders(int(counters.get('orders') or 0))}",
    ]
    if counters.get("first_day"):
        made.append(say("since {day}", day=view.reader.day(counters["first_day"])))
    made.append(basis(view))
    return (*made, *(view.part("sources") or ()))


def _total(view: View) -> int:
    return int((view.part("customers") or {}).get("total") or 0)


def notes_of(view: View) -> tuple[Markup, ...]:
    """What a reader must know before the first number."""
    notes = []
    if view.too_young:
        notes.append(
            rich(
                view.reader,
                "The data begin on {first}. Until they cover {n} days before a period, nobody can be seen to leave by"
                " that rule, so this report goes by the rhythm of each customer. Churn by the window can be shown for"
                " periods from {opens} on.",
                first=view.reader.day((view.part("input") or {}).get("first_day")),
                n=numbers.count(view.rules.activity_days),
                opens=view.reader.day(view.activity.get("observable_from")),
            )
        )
    elif view.bridge_policy != view.lead and view.bridge:
        notes.append(
            rich(
                view.reader,
                "A year ago the data did not yet reach back {n} days: the movement of the year goes by the rhythm of"
                " each customer, months and quarters by the window where it is fully observed.",
                n=numbers.count(view.rules.activity_days),
            )
        )
    if view.reader.basis == "revenue":
        notes.append(
            rich(
                view.reader,
                "The file has neither profit nor cost: revenue stands in for profit, in every class and every figure.",
            )
        )
    return tuple(notes)


def _closing(view: View) -> str:
    policy = view.policy_words(view.lead)
    window = view.reader.say("window {days}", days=view.reader.days(view.rules.window))
    return " · ".join(
        [str(view.part("timezone") or ""), window, policy, f"Regulars {view.part('version') or ''}".strip()]
    )


def _words(view: View, known: int) -> dict[str, str]:
    """The words of the controls, for the template and for the browser."""
    say = view.reader.say
    heading = say("Five things to know") if known == MOST else say("What to know")
    return {
        "things": heading,
        "nothing_known": say("The data are too few to single anything out: the chapters show what there is."),
        "brand": say("Regulars"),
        "contents": say("Contents"),
        "skip": say("Skip to the report"),
        "definition": say("Definition"),
        "table": say("Table"),
        "chart": say("Chart"),
        "export": say("Export"),
        "csv": say("Table as CSV"),
        "svg": say("Picture as SVG"),
        "png": say("Picture as PNG"),
        "close": say("Close"),
        "language": say("中文"),
        "dark": say("Dark"),
        "light": say("Light"),
        "print": say("Print"),
        "more": say("Show all {n}"),
        "less": say("Show fewer"),
        "unobserved": say("not fully observed"),
        "failed": say("This figure could not be drawn. The others are not affected."),
        "as_table": say("the table has the same figures"),
        "formula": say("Formula"),
        "parameters": say("Parameters"),
        "source": say("Source"),
        "as_of": say("As of"),
        "customer": say("Customer"),
        "class": say("Class"),
        "state": say("State"),
        "reason": say("Reason"),
        "rhythm": say("Rhythm, last year"),
        "due": say("Was due"),
        "all": say("All"),
        "download": say("Download these {n} (CSV)"),
        "previous": say("Previous"),
        "next": say("Next"),
        "strip": say("purchase days in the last year: {n}"),
        "no_script": say("Figures and the contact list need JavaScript; tables do not."),
    }
