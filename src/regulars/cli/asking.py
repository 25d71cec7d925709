"""Questions that only the user can answer, asked in a terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.prompt import Prompt

from regulars.cli.wrapping import harmless
from regulars.language import Language, translator


class _Choice(Prompt):
    """A number from a list; what is not in it is said in the reader's language."""

    def __init__(self, *more: Any, wrong: str, **named: Any) -> None:
        super().__init__(*more, **named)
        self.illegal_choice_message = wrong


def ask_in_terminal(question: Any, lang: Language, console: Console | None = None) -> str:
    """Show a `Question` of the ingest with its choices and return the answer chosen."""
    _ = translator("cli", lang)
    console = console or Console(stderr=True, highlight=False)
    if question.subject == "date_order":
        head = _("{file}: the order of day and month in the dates can be read two ways. Choose once.")
    else:
        head = _("{file}: which column is the {subject}?")
    console.print(harmless(head.format(file=question.file, subject=_subject(question.subject, lang))), markup=False)
    for number, choice in enumerate(question.choices, 1):
        examples = ", ".join(question.examples.get(choice, ()))
        console.print(harmless(f"  {number}  {choice}   {examples}"), markup=False)
    console.print(_("To answer beforehand: {option}").format(option=question.option), style="dim", markup=False)
    answers = [str(n) for n in range(1, len(question.choices) + 1)]
    wrong = _("Type one of the numbers.")
    answer = _Choice(_("Number"), choices=answers, console=console, wrong=wrong)()
    return str(question.choices[int(answer) - 1])


def _subject(field: str, lang: Language) -> str:
    from regulars.ingest import FIELD_NAMES

    return translator("ingest", lang)(FIELD_NAMES[field]) if field in FIELD_NAMES else field
