"""What the codes of warnings and notes say, in the reader's language (gettext domain ``models``)."""

from __future__ import annotations

from typing import Final

from regulars.language import Language, translator

WARNINGS: Final[dict[str, str]] = {
    "ridge": (
        "The likelihood is flat along a ridge: very different parameters explain the data equally well. "
        "Predictions can be used as far as the backtest bears them out; the parameters are not estimates of anything."
    ),
    "boundary": "A parameter ran to the edge of its range: the data do not need this part of the model.",
    "too_few_repeats": "Fewer than 50 customers came back: the parameters are rough.",
    "constant": "All histories are alike: differences between customers cannot be estimated.",
    "not_converged": "The search stopped before it reached the maximum.",
    "nonpositive_spend": "Customers whose returns ate the value of their repeat purchases were left out of the fit.",
    "q_le_1": "Spending varies so much that its mean does not exist (q <= 1): the median is shown instead.",
    "abstain": (
        "Over the backtest the model does not beat the naive forecast in both absolute and squared error: "
        "its figures are not published as a forecast."
    ),
    "history_too_short": "The data are too short for a backtest: the figures are not published as a forecast.",
}

NOTES: Final[tuple[str, ...]] = (
    "",
    "No repeat purchase yet: the figure is that of customers like this one.",
    "Not enough data: first bought only recently, and once.",
    "Not enough data: returns ate the value of all repeat purchases.",
)
NOTE_NONE, NOTE_NO_REPEAT, NOTE_NEW, NOTE_NO_SPEND = range(4)


def explain(code: str, lang: Language) -> str:
    """The sentence behind a warning code."""
    return translator("models", lang)(WARNINGS[code])


def note(code: int, lang: Language) -> str:
    """The sentence behind a note code; empty where there is nothing to say."""
    return translator("models", lang)(NOTES[code]) if code else ""
