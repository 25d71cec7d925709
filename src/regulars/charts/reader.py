"""For whom a figure is made: the language, the currency, and what stands for profit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from regulars.charts import numbers
from regulars.language import Language, translator

DOMAIN = "report"


def mark(message: str) -> str:
    """``message`` unchanged: says that a text in a table of texts belongs to the catalogue."""
    return message


@dataclass(frozen=True)
class Reader:
    """Language, ISO currency code (or None) and ``profit_basis`` of summary.json."""

    lang: Language
    currency: str | None = None
    basis: str = "profit"

    @classmethod
    def of(cls, summary: Mapping[str, Any], lang: Language) -> Reader:
        """The reader of an analysis in ``lang``."""
        currency = (summary.get("input") or {}).get("currency")
        return cls(lang, currency, summary.get("profit_basis") or "profit")

    def say(self, message: str, /, **values: object) -> str:
        """``message`` of the catalogue with its named placeholders filled; values are formatted by the caller.

        What stands before a ``|`` only tells equal English words apart (``rhythm|Lost``) and is never shown.
        """
        text = translator(DOMAIN, self.lang)(message).rpartition("|")[2]
        return text.format(**values) if values else text

    @property
    def profit(self) -> str:
        """The word for the money that ranks customers: revenue where it stands in for profit."""
        return self.say("revenue") if self.basis == "revenue" else self.say("profit")

    @property
    def profit_title(self) -> str:
        """The same word at the head of a column."""
        return self.say("Revenue") if self.basis == "revenue" else self.say("Profit")

    def customers(self, n: int) -> str:
        """12 customers, 12 位客户."""
        return self.say("1 customer") if n == 1 else self.say("{n} customers", n=numbers.count(n))

    def orders(self, n: int) -> str:
        return self.say("1 order") if n == 1 else self.say("{n} orders", n=numbers.count(n))

    def days(self, n: float | None, *, decimals: int = 0) -> str:
        return numbers.days(n, self.lang, decimals=decimals)

    def money(self, value: float | None) -> str:
        return numbers.money(value, self.lang, self.currency)

    def each(self, value: float | None) -> str:
        """An amount per head or per order."""
        return numbers.money_each(value, self.lang, self.currency)

    def short(self, n: float | None) -> str:
        return numbers.count_short(n, self.lang)

    def day(self, value: str | None) -> str:
        return numbers.day(value, self.lang)

    def period(self, name: str) -> str:
        return numbers.period(name, self.lang)
