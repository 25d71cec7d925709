"""What the caller can say about the files; everything left out is found in them."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from regulars.errors import ParameterError
from regulars.ingest.dates import DateOrder
from regulars.language import Language


@dataclass(frozen=True)
class Question:
    """Something only the user knows. ``subject`` is a field name, or date_order; ``choices`` are the possible answers,
    ``examples`` values that each choice would be read from, ``option`` what to pass to answer beforehand."""

    subject: str
    file: str
    choices: tuple[str, ...]
    examples: MappingType[str, tuple[str, ...]]
    option: str


@dataclass(frozen=True)
class IngestOptions:
    """Options of `read_orders`.

    mapping       field -> column name, a `Mapping`, or the path of a saved one. Columns are named as in the header
                  (case and blanks do not matter) or by position as #1, #2, …
    preset        shopify, woocommerce, taobao, jd, youzan, weidian, online_retail; found by itself when left out
    encoding      any Python codec; delimiter: one character, "tab" or "space"; sheet: name or number (from 1)
    date_order    dmy, mdy or ymd for dates such as 05/01/2024 whose order the column does not betray
    timezone      of the business; a time without a zone is a time there
    currency      of the amounts, or with ``rates`` the one everything is converted to
    rates         currency -> what one unit of it is worth in ``currency``
    max_rejects   the share of rows that may be rejected before the run stops
    drop_duplicates  None: by the rule of the definitions, True: every repeat, False: none
    cancelled_words, unpaid_words  states of orders that count nowhere; None: the built-in lists (presets/words.toml)
    today         the clock; orders dated after tomorrow are rejected. None: today in the business time zone
    ask           answers a `Question` where a person is at hand; without it an open question is an error
    customers_file  attributes of customers
    source        the identity of the shop: a later load of the same order from the same source replaces it
    """

    mapping: Any = field(default_factory=dict)
    preset: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    sheet: str | int | None = None
    date_order: DateOrder | None = None
    timezone: str = "Asia/Shanghai"
    currency: str | None = None
    rates: MappingType[str, Decimal] = field(default_factory=dict)
    max_rejects: float = 0.2
    drop_duplicates: bool | None = None
    cancelled_words: tuple[str, ...] | None = None
    unpaid_words: tuple[str, ...] | None = None
    today: date | None = None
    lang: Language = "en"
    ask: Callable[[Question], str] | None = None
    customers_file: Path | str | Any | None = None
    source: str = "orders"

    def __post_init__(self) -> None:
        if not 0 <= self.max_rejects <= 1:
            raise ParameterError(
                "bad_max_rejects",
                "The share of rows that may be rejected is between 0 and 1, not {value}.",
                "The usual limit is 0.2; 1 lets every row be rejected.",
                value=self.max_rejects,
            )
        if self.date_order not in (None, "dmy", "mdy", "ymd"):
            raise ParameterError(
                "bad_date_order",
                "A date order is dmy, mdy or ymd, not {value}.",
                "dmy reads 05/01/2024 as 5 January, mdy as 1 May.",
                value=repr(self.date_order),
            )
        if self.delimiter is not None and len(self.separator or "") != 1:
            raise ParameterError(
                "bad_delimiter",
                'A delimiter is one character, or "tab" or "space", not {value}.',
                'For example --delimiter ";".',
                value=repr(self.delimiter),
            )
        if self.rates and not self.currency:
            raise ParameterError(
                "rates_without_currency",
                "Rates were given, but not the currency they lead to.",
                "Pass --currency as well, for example --currency CNY.",
            )
        for code, rate in self.rates.items():
            if not Decimal(rate) > 0:
                raise ParameterError(
                    "bad_rate",
                    "The rate of {currency} must be above 0, not {value}.",
                    "It is what one {currency} is worth in the currency of the analysis.",
                    currency=code,
                    value=rate,
                )

    @property
    def separator(self) -> str | None:
        named = {"tab": "\t", "\\t": "\t", "space": " ", "comma": ",", "semicolon": ";", "pipe": "|"}
        return named.get(self.delimiter, self.delimiter) if self.delimiter else None
