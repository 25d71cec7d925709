"""What happens to a clean export in real life; read with repeated rows dropped, it gives the same orders again."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from regulars.language import Language, translator

Ints = NDArray[np.int64]

REPEATED_SHARE, SPACE_SHARE = 0.004, 0.01
_MONEY = ("unit_price", "discount", "amount", "cost", "refunded_amount")


def make_messy(
    columns: list[pa.Array], table: pa.Table, lang: Language, seed: int
) -> tuple[list[pa.Array], list[str], list[str]]:
    """Columns of text with mixed dates and money, repeated rows and stray blanks; the lines above; the last line."""
    rng = np.random.default_rng([seed, 99])
    names = table.column_names
    changed = dict(zip(names, columns, strict=True))
    changed["ordered_at"] = _mixed_dates(table.column("ordered_at").combine_chunks(), rng)
    for name in _MONEY:
        changed[name] = _mixed_money(changed[name], rng)
    spaced = pa.array(rng.random(table.num_rows) < SPACE_SHARE)
    ids = changed["customer_id"]
    changed["customer_id"] = pc.if_else(pc.and_(spaced, pc.not_equal(ids, "")), _join(ids, "  "), ids)
    rows = _with_repeats(table.num_rows, rng)
    total = pc.sum(table.column("amount")).as_py()
    footer = [_word("Total", lang), *([""] * (len(names) - 1))]
    footer[names.index("amount")] = f"¥{total or 0:,.2f}"
    return [changed[name].take(rows) for name in names], _lines_above(table, lang), footer


def _lines_above(table: pa.Table, lang: Language) -> list[str]:
    _ = translator("simulate", lang)
    last = pc.max(table.column("ordered_at")).as_py()
    return [
        _("Qinghe Tea, order export"),
        _("Exported {day}, {rows} lines").format(day=last.date().isoformat() if last else "", rows=table.num_rows),
        "",
    ]


def _word(text: str, lang: Language) -> str:
    _ = translator("simulate", lang)
    return {"Total": _("Total")}[text]


def _mixed_dates(at: pa.Array, rng: np.random.Generator) -> pa.Array:
    """Four ways of writing a moment that all begin with the year; all lines of an order the same way."""
    forms = [
        pc.strftime(at, "%Y-%m-%d %H:%M"),
        _join(pc.year(at).cast(pa.string()), "/", pc.month(at).cast(pa.string()), "/", pc.day(at).cast(pa.string()),
              " ", pc.strftime(at, "%H:%M")),
        pc.strftime(at, "%Y%m%d"),
        _join(pc.year(at).cast(pa.string()), "年", pc.month(at).cast(pa.string()), "月", pc.day(at).cast(pa.string()),
              "日"),
    ]  # fmt: skip
    seconds = at.cast(pa.int64()).to_numpy()
    _moments, place = np.unique(seconds, return_inverse=True)
    return _choose(forms, rng.choice(4, len(_moments), p=[0.55, 0.25, 0.1, 0.1])[place])


def _mixed_money(text: pa.Array, rng: np.random.Generator) -> pa.Array:
    """168.00, ¥168.00, ￥1,168.00 or 168.00元."""
    grouped = pc.replace_substring_regex(text, r"^(-?\d{1,3})(\d{3})(\.\d+)$", r"\1,\2\3")
    forms = [text, _signed("¥", grouped), _signed("￥", grouped), _join(text, "元")]
    return _choose(forms, rng.choice(4, len(text), p=[0.55, 0.25, 0.1, 0.1]))


def _signed(symbol: str, text: pa.Array) -> pa.Array:
    return pc.replace_substring_regex(text, r"^(-?)", rf"\1{symbol}")


def _choose(forms: list[pa.Array], choice: Ints) -> pa.Array:
    return pc.choose(pa.array(choice.astype(np.int64)), *forms)


def _with_repeats(rows: int, rng: np.random.Generator) -> pa.Array:
    """Row numbers, some of them twice, side by side."""
    again = np.flatnonzero(rng.random(rows) < REPEATED_SHARE)
    return pa.array(np.sort(np.concatenate([np.arange(rows), again])))


def _join(*parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, "")
