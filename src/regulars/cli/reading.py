"""How files are to be read: the table [reading] of regulars.toml, and the options of the command line on top."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from regulars.cli.failures import did_you_mean
from regulars.engine.parameters.values import exact
from regulars.errors import ParameterError

EXAMPLES = {
    "mapping": 'mapping = "shop.mapping"',
    "preset": 'preset = "taobao"',
    "encoding": 'encoding = "gb18030"',
    "delimiter": 'delimiter = ";"',
    "sheet": 'sheet = "订单"',
    "date_order": 'date_order = "dmy"',
    "currency": 'currency = "CNY"',
    "rates": "rates = { USD = 7.12, EUR = 7.8 }",
    "max_rejects": "max_rejects = 0.2",
    "drop_duplicates": "drop_duplicates = true",
    "cancelled_words": 'cancelled_words = ["已关闭", "cancelled"]',
    "unpaid_words": 'unpaid_words = ["待付款", "unpaid"]',
    "customers": 'customers = "customers.csv"',
    "source": 'source = "tmall"',
}
"""Every line that may stand in [reading], as it may be written."""


def settings_in(table: Any, home: Path) -> dict[str, Any]:
    """The options of `IngestOptions` that a [reading] table sets; paths are relative to ``home``, the file's folder.

    Raises ParameterError for a name or a value that is none.
    """
    if not isinstance(table, Mapping):
        raise _unfit("reading", table, f"[reading]\n{EXAMPLES['currency']}")
    found: dict[str, Any] = {}
    for name, raw in table.items():
        if name not in EXAMPLES:
            raise ParameterError(
                "unknown_reading",
                "[reading] has no line named {name}.{suggestion}",
                "The lines are: {names}.",
                name=name,
                suggestion=did_you_mean(name, EXAMPLES),
                names=", ".join(EXAMPLES),
            )
        value = _readers(home)[name](raw)
        if value is None:
            raise _unfit(name, raw, EXAMPLES[name])
        found["customers_file" if name == "customers" else name] = value
    return found


def _unfit(name: str, value: Any, example: str) -> ParameterError:
    return ParameterError(
        "bad_reading",
        "{name} in [reading] of regulars.toml cannot be {value}.",
        "Write it like this: {example}",
        name=name,
        value=repr(value),
        example=example,
    )


def _readers(home: Path) -> Mapping[str, Callable[[Any], Any]]:
    """Name → the value as `IngestOptions` takes it, or None for one of the wrong kind."""

    def text(raw: Any) -> str | None:
        return raw if isinstance(raw, str) and raw else None

    def path(raw: Any) -> Path | None:
        return home / raw if isinstance(raw, str) and raw else None

    def flag(raw: Any) -> bool | None:
        return raw if isinstance(raw, bool) else None

    def columns(raw: Any) -> Any:
        return dict(raw) if isinstance(raw, Mapping) and all(isinstance(v, str) for v in raw.values()) else path(raw)

    def sheet(raw: Any) -> str | int | None:
        return raw if isinstance(raw, int) and not isinstance(raw, bool) else text(raw)

    return {
        "mapping": columns,
        "sheet": sheet,
        "rates": lambda raw: rates_of(raw) if isinstance(raw, Mapping) else None,
        "max_rejects": share,
        "drop_duplicates": flag,
        "cancelled_words": words,
        "unpaid_words": words,
        "customers": path,
        **dict.fromkeys(("preset", "encoding", "delimiter", "date_order", "currency", "source"), text),
    }


def share(raw: Any) -> float | None:
    """0.2, "20%" or "1/5" as a number; None for what is none."""
    value = exact(raw)
    return float(value) if value is not None else None


def words(raw: Any) -> tuple[str, ...] | None:
    """A list of texts, or one text with commas; None for anything else."""
    if isinstance(raw, str):
        raw = [word.strip() for word in raw.replace("，", ",").split(",") if word.strip()]
    fit = isinstance(raw, list) and all(isinstance(word, str) and word for word in raw)
    return tuple(raw) if fit else None


def share_option(text: str | None) -> float | None:
    """The value of --max-rejects."""
    if text is None:
        return None
    value = share(text)
    if value is None:
        raise ParameterError(
            "bad_share", "{option} {value} is not a share.", "Write it as 0.2, 20% or 1/5.",
            option="--max-rejects", value=text,
        )  # fmt: skip
    return value


def pairs(option: str, given: list[str] | None) -> dict[str, str] | None:
    """NAME=VALUE, as often as the option was given. Raises ParameterError for another form."""
    if not given:
        return None
    found = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign or not name.strip() or not value.strip():
            raise ParameterError(
                "bad_pair", "{option} {text} is not of the form NAME=VALUE.", "Example: {example}",
                option=option, text=text, example="--rate USD=7.12" if option == "--rate" else "--map amount=实付金额",
            )  # fmt: skip
        found[name.strip()] = value.strip()
    return found


def rates_of(given: Mapping[str, Any] | None) -> dict[str, Decimal] | None:
    """Currency → rate. Raises ParameterError for a rate that is no number."""
    if given is None:
        return None
    rates = {name.upper(): _number(value) for name, value in given.items()}
    if not all(rate.is_finite() for rate in rates.values()):
        raise ParameterError(
            "bad_rate_number",
            "An exchange rate is not a number: {rates}.",
            "Example: --rate USD=7.12",
            rates=", ".join(f"{name}={value}" for name, value in given.items()),
        )
    return rates


def _number(value: Any) -> Decimal:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("nan")


def mapping_of(saved: Any, said: dict[str, str] | None) -> Any:
    """A saved mapping or a table of columns, with what is said on the command line on top."""
    from regulars.ingest.mapping import Mapping as Columns

    if saved is None or isinstance(saved, Mapping):
        both = {**(saved or {}), **(said or {})}
        return both or None
    loaded = Columns.load(saved)
    return replace(loaded, columns={**loaded.columns, **(said or {})})
