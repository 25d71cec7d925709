"""Colours, fonts and number formats: the tokens of the light theme, the same as on the screen."""

from __future__ import annotations

from typing import Any

GROW, STEADY, DUE, SLIP = "#2F9473", "#1F6FB2", "#5E98CA", "#BC800B"
DORMANT, LOST, NONE = "#C4602A", "#8E2B34", "#868E97"
WORTH_A, WORTH_B, WORTH_C, WORTH_PALE = "#43349A", "#8B7CCB", "#C9C4E0", "#F1EFF9"
COHORT_PALE, COHORT_FULL = "#F1F7FC", "#5FA3D8"
INK, INK2, INK3 = "#1A1C1F", "#4C5157", "#676C73"
CARD, SUNK, LINE, LINE2, LINK = "#FFFFFF", "#F1F1EE", "#E7E7E3", "#D2D3CF", "#2A57C8"

FONTS = {"zh": "Microsoft YaHei", "en": "Arial"}
FONT_SIZE = 10
ROW_HEIGHT = 18
HATCH = 14  # Excel's thin diagonal stripe

SYMBOLS = {
    "CNY": "¥",
    "JPY": "¥",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
    "INR": "₹",
}

_TABLE = {"bottom": 1, "bottom_color": LINE, "valign": "vcenter"}
_LOOKS: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 16, "font_color": INK, "valign": "vcenter"},
    "section": {"bold": True, "font_size": 12, "font_color": INK, "valign": "vcenter"},
    "note": {"font_color": INK3, "text_wrap": True, "valign": "top"},
    "say": {"font_color": INK2, "text_wrap": True, "valign": "top", "font_size": 11},
    "aside": {"font_color": INK3, "valign": "vcenter", "indent": 1},
    "link": {"font_color": LINK, "underline": 1, "valign": "vcenter"},
    "header": {
        "bold": True, "font_color": INK2, "bg_color": SUNK, "bottom": 1, "bottom_color": LINE2, "text_wrap": True,
        "valign": "vcenter",
    },
    "text": _TABLE,
    "wrap": {**_TABLE, "text_wrap": True, "indent": 1},
    "date": {**_TABLE, "num_format": "yyyy-mm-dd", "align": "right"},
    "int": {**_TABLE, "num_format": "#,##0;−#,##0"},
    "decimal": {**_TABLE, "num_format": "#,##0.00;−#,##0.00"},
    "fine": {**_TABLE, "num_format": "#,##0.0000;−#,##0.0000"},
    "tenth": {**_TABLE, "num_format": "#,##0.0;−#,##0.0"},
    "percent": {**_TABLE, "num_format": "0.0%;−0.0%"},
    "whole_percent": {**_TABLE, "num_format": "0%;−0%", "align": "center"},
}  # fmt: skip
RIGHT = {"date", "int", "decimal", "fine", "tenth", "percent", "money", "whole_percent"}


def money_format(currency: str | None) -> str:
    """The number format of an amount, without a symbol when the currency is not known."""
    if currency is None:
        return "#,##0.00;−#,##0.00"
    symbol = SYMBOLS.get(currency.upper(), "".join(c for c in currency if c.isalnum())[:8] + " ")
    return f'"{symbol}"#,##0.00;"−{symbol}"#,##0.00'


class Styles:
    """The formats of one workbook, each made once."""

    def __init__(self, workbook: Any, lang: str, currency: str | None) -> None:
        self._workbook = workbook
        self._font = {"font_name": FONTS[lang], "font_size": FONT_SIZE}
        self._looks = {**_LOOKS, "money": {**_TABLE, "num_format": money_format(currency)}}
        self._made: dict[tuple[Any, ...], Any] = {}

    def get(self, look: str, *, hatched: bool = False, quoted: bool = False, strong: bool = False,
            right: bool = False, grey: bool = False) -> Any:  # fmt: skip
        """A format: ``hatched`` for not fully observed, ``quoted`` for texts that look like formulas."""
        key = (look, hatched, quoted, strong, right, grey)
        if key not in self._made:
            self._made[key] = self._workbook.add_format(self._properties(*key))
        return self._made[key]

    def _properties(
        self, look: str, hatched: bool, quoted: bool, strong: bool, right: bool, grey: bool
    ) -> dict[str, Any]:
        wanted = {**self._font, **self._looks[look]}
        if hatched:
            wanted |= {"pattern": HATCH, "fg_color": LINE2, "bg_color": CARD}
        if quoted:
            wanted["quote_prefix"] = True
        if strong:
            wanted["bold"] = True
        if right:
            wanted["align"] = "right"
            wanted.pop("indent", None)
        if grey:
            wanted["font_color"] = INK3
        return wanted
