"""The chapters of the report in their order. A new one is a module with ``chapter(view)`` and a line here."""

from collections.abc import Callable

from regulars.report.chapters import (
    cohorts,
    concentration,
    contacts,
    lifecycle,
    movement,
    offers,
    quadrants,
    quality,
    retention,
    rfm,
    rhythm,
    value,
)
from regulars.report.page import Chapter
from regulars.report.view import View

CHAPTERS: tuple[Callable[[View], Chapter], ...] = (
    movement.chapter,
    retention.chapter,
    concentration.chapter,
    rfm.chapter,
    quadrants.chapter,
    lifecycle.chapter,
    rhythm.chapter,
    cohorts.chapter,
    value.chapter,
    offers.chapter,
    contacts.chapter,
    quality.chapter,
)

__all__ = ["CHAPTERS"]
