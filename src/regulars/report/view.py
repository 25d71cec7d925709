"""What an analysis says, as the chapters read it: the summary with its reader, and the choices that follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Protocol

import pyarrow as pa
from markupsafe import Markup

from regulars.charts import numbers
from regulars.charts.drawing import Row
from regulars.charts.reader import Reader
from regulars.engine.parameters import Parameters
from regulars.ingest.schema import Note
from regulars.language import Language
from regulars.report.rich import door, kept

CONTACTS_EMBEDDED = 1000
YEAR = 365


class Reported(Protocol):
    """An analysis as far as a report looks: ``summary`` as in summary.json, ``contacts`` as in contacts.csv."""

    @property
    def summary(self) -> Mapping[str, Any]: ...

    @property
    def contacts(self) -> pa.Table: ...


def warnings_of(analysis: Reported, lang: Language) -> tuple[str, ...]:
    """What reading the files left to say, in ``lang`` where the analysis still has its notes, else as written down."""
    notes: Sequence[Note] = getattr(analysis, "notes", ())
    if notes:
        return tuple(note.localized(lang) for note in notes)
    written = (analysis.summary.get("quality") or {}).get("warnings") or []
    return tuple(warning["message"] for warning in written)


@dataclass(frozen=True)
class View:
    """One analysis in one language."""

    summary: Mapping[str, Any]
    contacts: Sequence[Row]
    reader: Reader
    warnings: tuple[str, ...] = ()

    @classmethod
    def of(cls, analysis: Reported, lang: Language) -> View:
        rows = analysis.contacts.slice(0, CONTACTS_EMBEDDED).to_pylist()
        return cls(analysis.summary, rows, Reader.of(analysis.summary, lang), warnings_of(analysis, lang))

    def part(self, key: str) -> Any:
        """A part of the summary, or None where the analysis has none."""
        return self.summary.get(key)

    def classes(self, name: str) -> dict[str, Row]:
        """``customers.<name>``: class → {customers, amount, profit}."""
        return dict((self.summary.get("customers") or {}).get(name) or {})

    @cached_property
    def rules(self) -> Parameters:
        """The parameters the analysis was made with."""
        return Parameters().changed(**(self.summary.get("parameters") or {}))

    @cached_property
    def first_day(self) -> date | None:
        """The first day with data."""
        first = (self.summary.get("input") or {}).get("first_day")
        return date.fromisoformat(first) if first else None

    @cached_property
    def covered(self) -> int:
        """Days of the window that the data cover."""
        if self.first_day is None:
            return 0
        return min(self.rules.window, (date.fromisoformat(self.as_of) - self.first_day).days + 1)

    @property
    def span(self) -> str:
        """The window in a sentence: a year, 90 days; for younger data the days there are."""
        if self.covered < self.rules.window:
            return self.reader.say("the {days} so far", days=self.reader.days(self.covered))
        if self.rules.window == YEAR:
            return self.reader.say("a year")
        return self.reader.say("the last {days}", days=self.reader.days(self.rules.window))

    @property
    def span_of_profit(self) -> str:
        """The profit of the window in a sentence: a year's profit, the profit of 90 days."""
        if self.covered == self.rules.window == YEAR:
            return self.reader.say("the {profit} of a year", profit=self.reader.profit)
        return self.reader.say("the {profit} of {span}", profit=self.reader.profit, span=self.span)

    @cached_property
    def activity(self) -> dict[str, Any]:
        return dict(self.summary.get("activity") or {})

    @property
    def by_choice(self) -> bool:
        """Whether rhythm is the policy somebody chose, not the one that stands in."""
        return self.activity.get("policy") == "rhythm"

    @property
    def lead(self) -> str:
        """The policy that months and quarters are told by: ``window`` or ``rhythm``."""
        return str(self.activity.get("lead") or "window")

    @property
    def too_young(self) -> bool:
        """Whether rhythm leads only because churn by the window cannot be observed yet."""
        return self.lead == "rhythm" and not self.by_choice

    @cached_property
    def bridge_policy(self) -> str:
        """The policy of the year's bridge: rhythm as long as the window of a year ago was not fully observed."""
        both = self.summary.get("bridge") or {}
        window = both.get("window")
        observed = window is not None and window.get("fully_observed", True)
        if self.lead == "rhythm" or (both.get("rhythm") and not observed):
            return "rhythm"
        return "window"

    @property
    def bridge(self) -> Row | None:
        """The movement of the last 365 days."""
        return (self.summary.get("bridge") or {}).get(self.bridge_policy)

    def policy_words(self, policy: str) -> str:
        """What active means here, in a line."""
        if policy == "rhythm":
            k = float(self.rules.activity_k)
            return self.reader.say(
                "active: not later than {k} own gaps", k=numbers.fixed(k, 0 if k.is_integer() else 1)
            )
        days = numbers.count(self.rules.activity_days)
        return self.reader.say("active: a purchase in the last {n} days", n=days)

    @property
    def months(self) -> list[Row]:
        return self._periods("month")

    @property
    def quarters(self) -> list[Row]:
        return self._periods("quarter")

    def _periods(self, step: str) -> list[Row]:
        """Rows of the leading policy. By rhythm a row is drawn (``drawn``) as soon as there was anybody to lose."""
        rhythm = self.summary.get("retention_rhythm") if self.lead == "rhythm" else None
        rows = (rhythm or self.summary.get("retention") or {}).get(step) or ()
        return [{**row, "drawn": row["fully_observed"] or (self.lead == "rhythm" and row["S"] > 0)} for row in rows]

    @property
    def window_profit(self) -> float:
        return float((self.summary.get("window_totals") or {}).get("profit") or 0.0)

    @property
    def buyers(self) -> int:
        """Customers with a purchase in the window."""
        return int((self.summary.get("window_totals") or {}).get("customers") or 0)

    @property
    def late_total(self) -> int:
        """Customers in the contact list, whether embedded or not."""
        return int((self.summary.get("contacts") or {}).get("total") or len(self.contacts))

    @property
    def late_valuable(self) -> Row:
        """Class A among the late: {customers, profit}."""
        found = (self.summary.get("rhythm") or {}).get("late_valuable")
        return dict(found or {"customers": 0, "profit": 0.0})

    def opened(self, shown: str, who: str) -> str | Markup:
        """``shown`` as a door to the customers that ``who`` names; as it is where they are not at hand."""
        del who
        return shown

    def late_door(self) -> Markup:
        """Their number, a door where every one of them is embedded."""
        shown = numbers.count(self.late_valuable["customers"])
        embedded = sum(row["abc"] == "A" for row in self.contacts)
        return door(shown, "contacts:A") if embedded == self.late_valuable["customers"] else kept(shown)

    @property
    def clv(self) -> Row | None:
        """The models of an analysis, None where it was made without them."""
        return self.part("clv") or None

    @property
    def worth(self) -> Row | None:
        """``value`` of an analysis whose forecast is published."""
        return (self.part("value") or None) if (self.clv or {}).get("published") else None

    @property
    def backtest(self) -> Row | None:
        return (self.clv or {}).get("backtest")

    @property
    def survival(self) -> Row:
        return (self.worth or {}).get("survival") or {}

    @property
    def months_ahead(self) -> str:
        """How many months the predicted value counts."""
        return numbers.count((self.clv or {}).get("months") or self.rules.clv_months)

    @property
    def by_risk(self) -> bool:
        """Whether the contact list is ranked by value at risk."""
        return (self.part("contacts") or {}).get("rule") == "value_at_risk"

    @property
    def as_of(self) -> str:
        return str(self.summary["as_of"])
