"""The card in place of the chapter on value where there is no forecast: it says so, why, and shows no curve."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts.reader import mark
from regulars.report import value_titles as titles
from regulars.report.chapters import proof
from regulars.report.html_tables import table_html
from regulars.report.page import Card, Use
from regulars.report.rich import plain, rich
from regulars.report.view import View

WHY = {
    "history_too_short": mark(
        "Too few purchases for a forecast: the history is too short to try one on earlier days first."
    ),
    "no_repeats": mark("Too few purchases for a forecast: nobody has bought a second time."),
    "no_purchases": mark("Too few purchases for a forecast: there is none."),
    "no_spend": mark("Too few purchases for a forecast: no second purchase day has a positive value."),
}
NOT_BETTER = mark(
    "No forecast: tried on earlier days, the model was not closer than going on as before, in both absolute and squared"
    " error."
)
LEFT_OUT = mark("This analysis was made without the probability models, so there is no forecast.")
FAILED = mark("No forecast: the models could not be fitted to these data ({code}).")


def card(view: View) -> Card:
    """One card; the accuracy that was reached stands below where a model was tried and lost."""
    say = view.reader.say
    title = rich(view.reader, "No forecast of value")
    body, tried = Markup('<p class="void">{}</p>').format(sentence(view)), was_tried(view)
    if tried:
        caption = plain(titles.backtest(view))
        body += table_html(proof.accuracy_table(view), view.reader, caption=caption)
    return Card(
        key="value-none",
        title=title,
        question=say("What should customers bring in the next {n} months?", n=view.months_ahead),
        body=body,
        foot=proof.hold_out(view) if tried else "",
        exportable=tried,
        uses=(Use("published_forecast"), Use("backtest"), Use("purchase_model")),
    )


def was_tried(view: View) -> bool:
    """Whether a model lost against the naive forecast, so that there is an accuracy to show."""
    return (view.clv or {}).get("reason") == "abstain" and bool(view.backtest)


def sentence(view: View) -> str:
    """Why there is no forecast."""
    say, reason = view.reader.say, (view.clv or {}).get("reason")
    if view.clv is None:
        return say(LEFT_OUT)
    if reason == "abstain":
        return say(NOT_BETTER)
    if reason in WHY:
        return say(WHY[reason])
    return say(FAILED, code=reason or "–")
