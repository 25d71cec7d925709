"""What the codes of warnings and notes say, in the reader's language (gettext domain ``models``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from regulars.engine.probability.results import Candidate
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


CHOICE: Final[dict[str, str]] = {
    "best": "{model} was chosen: it gave what happened in the earlier hold-out periods the highest probability.",
    "near_tie": (
        "{model} was chosen: {best} gave what happened in the earlier hold-out periods a probability that is higher by "
        "less than one per cent, and among such near ties {model} comes first."
    ),
}

_NAMES: Final = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD"}


def model_name(model: str, k: int = 1) -> str:
    """A model as the papers call it: the same in every language."""
    return _NAMES.get(model, "MBG/NBD" if k == 1 else f"MBG/CNBD-{k}")


def explain(code: str, lang: Language) -> str:
    """The sentence behind a warning code."""
    return translator("models", lang)(WARNINGS[code])


def explain_note(code: int, lang: Language) -> str:
    """The sentence behind a note code; empty where there is nothing to say."""
    return translator("models", lang)(NOTES[code]) if code else ""


def explain_choice(candidates: Sequence[Candidate], model: str, k: int, lang: Language) -> str:
    """Why this model was published; empty when the caller named it."""
    if not candidates:
        return ""
    best = max(candidates, key=lambda one: one.out_of_sample)
    kind = "best" if (best.model, best.k) == (model, k) else "near_tie"
    text = translator("models", lang)(CHOICE[kind])
    return text.format(model=model_name(model, k), best=model_name(best.model, best.k))
