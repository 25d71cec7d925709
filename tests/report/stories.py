"""Changes to a sample that tell one story each, for the rules of titles and sentences."""

from __future__ import annotations

import copy
from typing import Any

from regulars.charts.reader import Reader
from regulars.language import Language
from regulars.report.view import View
from tests.report import sample


def told(changes: dict[str, Any], *, of: str = "good", lang: Language = "en") -> View:
    """The view of a sample with parts of its summary replaced; a dotted key reaches inside."""
    analysis = getattr(sample, of)()
    summary = copy.deepcopy(analysis.summary)
    for path, value in changes.items():
        *parents, last = path.split(".")
        place = summary
        for name in parents:
            place = place[name]
        place[last] = value
    return View(summary, analysis.contacts.to_pylist(), Reader.of(summary, lang))


def plain(markup: Any) -> str:
    return markup.striptags()


def year(**changes: Any) -> dict[str, Any]:
    """A bridge of the year: 1,000 at the start, 400 lost, 500 new, 20 came back."""
    row = {
        "start": "2025-11-01",
        "end": "2026-10-31",
        "S": 1000,
        "E": 1120,
        "N": 500,
        "reactivated": 20,
        "lost": 400,
        "new_and_lost": 0,
        "retention_rate": 0.62,
        "strict_retention_rate": 0.6,
        "strict_retention_low": 0.57,
        "strict_retention_high": 0.63,
        "absolute_churn": 0.4,
        "absolute_churn_low": 0.37,
        "absolute_churn_high": 0.43,
        "relative_churn": 0.4,
        "spend_start": 100_000.0,
        "spend_lost": 40_000.0,
        "fully_observed": True,
    }
    return {**row, **changes}
