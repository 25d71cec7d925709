"""One currency for the whole analysis: told by column, sign, header or preset, and converted only at stated rates."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from regulars.errors import CurrencyError
from regulars.ingest import money, reasons
from regulars.ingest.facts import Facts, Limbs
from regulars.ingest.fields import unit_in_name
from regulars.ingest.options import IngestOptions
from regulars.ingest.preset_files import matching_layout
from regulars.ingest.rows import Rows
from regulars.ingest.screen import currency_codes

_EXAMPLES = 2
_UNSAID, _UNKNOWN = -1, -2


def currency_of_rows(facts: Facts, verdict: np.ndarray, options: IngestOptions) -> tuple[np.ndarray | None, list[str]]:
    """(number of the currency per row, the currencies by number); no numbers where at most one currency is named.

    Rows whose currency column holds something unknown are rejected in ``verdict``. Rows that say nothing get -1.
    """
    known: dict[str, int] = {}
    for rows in facts.sheets:
        for code in _named(rows, options):
            known.setdefault(code, len(known))
    listed = any("currency" in rows.words for rows in facts.sheets)
    wanted = (options.currency or "").upper()
    if len(known) <= 1 and not listed and (not wanted or wanted in known or not known):
        return None, list(known)
    codes = np.concatenate([_of_sheet(rows, known, options) for rows in facts.sheets])
    unknown = (codes == _UNKNOWN) & (verdict == reasons.FINE)
    verdict[unknown] = reasons.CURRENCY_UNKNOWN
    return codes, list(known)


def _symbols(rows: Rows) -> tuple[np.ndarray | None, list[int]]:
    """(currency sign per row of the first money column that has any, the signs)."""
    for field in ("amount", "order_amount", "unit_price"):
        if field in rows.numbers:
            symbols = rows.numbers[field].symbol
            present = [code for code in range(1, len(money.CURRENCIES)) if (symbols == code).any()]
            if present:
                return symbols, present
    return None, []


def _named(rows: Rows, options: IngestOptions) -> list[str]:
    """The currencies that signs, the header or the preset of a sheet name."""
    whole = _said_of_sheet(rows)
    signs = [_meant(money.CURRENCIES[code], options) for code in _symbols(rows)[1]]
    return [*([whole] if whole else []), *signs]


def _of_sheet(rows: Rows, known: dict[str, int], options: IngestOptions) -> np.ndarray:
    """Number of the currency of every row, in ``known`` (extended by what a currency column names)."""
    whole = _said_of_sheet(rows)
    codes = np.full(len(rows), _UNSAID if whole is None else known[whole], np.int16)
    symbols, present = _symbols(rows)
    for code in present:
        codes[symbols == code] = known[_meant(money.CURRENCIES[code], options)]
    if "currency" in rows.words:
        column = currency_codes(rows, known)
        codes = np.where(column == _UNSAID, codes, column)
    return codes


def _meant(code: str, options: IngestOptions) -> str:
    """A yen sign is a yuan sign; the user's currency tells which."""
    return "JPY" if code == "CNY" and options.currency == "JPY" else code


def _said_of_sheet(rows: Rows) -> str | None:
    """The currency of the header, as in 金额(元), or of the preset."""
    for field in ("amount", "order_amount", "unit_price"):
        if field in rows.mapping.columns:
            currency = unit_in_name(rows.mapping.columns[field])[0]
            if currency:
                return currency
    layout = matching_layout(rows.sheet.names, rows.mapping.preset) if rows.mapping.preset else None
    return layout.currency if layout else None


def one_currency(
    facts: Facts, verdict: np.ndarray, codes: np.ndarray | None, names: list[str], options: IngestOptions
) -> str | None:
    """The currency of the analysis, None when nothing says it. Raises CurrencyError for two of them without rates."""
    live = verdict == reasons.FINE
    found = names
    if codes is not None:
        counts = np.bincount(codes[live & (codes >= 0)], minlength=len(names))
        found = [name for name, count in zip(names, counts, strict=True) if count]
    wanted = options.currency.upper() if options.currency else None
    if wanted is None and len(found) <= 1:
        return found[0] if found else None
    strangers = [name for name in found if name != wanted and name not in options.rates]
    if wanted is None or strangers:
        assert codes is not None
        raise _several(facts, live, codes, names, found, wanted, strangers)
    return wanted


def _several(
    facts: Facts,
    live: np.ndarray,
    codes: np.ndarray,
    names: list[str],
    found: list[str],
    wanted: str | None,
    strangers: list[str],
) -> CurrencyError:
    places = []
    for name in found:
        rows = np.flatnonzero(live & (codes == names.index(name)))[:_EXAMPLES]
        places.append(f"{name} ({', '.join(facts.place(int(row)) for row in rows)}, …)")
    target = wanted or found[0]
    missing = [name for name in (strangers or found) if name != target]
    return CurrencyError(
        "several_currencies",
        "The amounts are in more than one currency: {currencies}.",
        "Pass --currency {target} and a rate for every other one, for example {example}.",
        currencies="; ".join(places),
        target=target,
        example=" ".join(f"--rate {name}=7.1" for name in missing),
    )


def convert(amounts: Limbs, codes: np.ndarray, names: list[str], options: IngestOptions) -> Limbs:
    """Money in the currency of the analysis, exact to 10**-16 of a minor unit."""
    unit, rest = amounts.unit.copy(), amounts.rest.copy()
    for number, name in enumerate(names):
        if name == (options.currency or "").upper() or name not in options.rates:
            continue
        top, bottom = Decimal(options.rates[name]).as_integer_ratio()
        for row in np.flatnonzero((codes == number) & amounts.filled).tolist():
            size = (int(unit[row]) * money.REST + int(rest[row])) * top
            whole = (2 * abs(size) + bottom) // (2 * bottom)
            parts = divmod(whole, money.REST)
            unit[row], rest[row] = parts if size >= 0 else (-parts[0], -parts[1])
    return Limbs(unit, rest, amounts.state)
