"""The slow way to read a number, for what the kernel leaves over, and exact arithmetic where 63 bits are too few."""

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

from regulars.ingest.money import BAD, CURRENCIES, EMPTY, FINE, LARGE, LARGEST, REST

_NUMBER = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:e[+-]?\d{1,3})?", re.ASCII)
_SCALES = {"": 0, "千": 3, "万": 4, "百万": 6, "千万": 7, "亿": 8, "万亿": 12, "k": 3}
_WORDS = {
    "us$": "USD", "hk$": "HKD", "nt$": "TWD", "cn¥": "CNY", "jp¥": "JPY", 
    "$": "USD", "¥": "CNY", "€": "EUR", "£": "GBP",
    "人民币": "CNY", "rmb": "CNY", "cny": "CNY", "usd": "USD", "eur": "EUR", "gbp": "GBP", "hkd": "HKD", "twd": "TWD",
    "jpy": "JPY", "美元": "USD", "欧元": "EUR", "英镑": "GBP", "港币": "HKD", 
    "港元": "HKD", "新台币": "TWD", "日元": "JPY",
}  # fmt: skip
_WORD = re.compile("|".join(re.escape(word) for word in _WORDS))
_UNIT = re.compile(r"(?:元整?|圆整?|块|件|个|盒|瓶|套|箱|包|袋|支|双|台|本|条|只|份|pcs?|pieces?|x)$")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_DISPLAYED = Context(prec=15, rounding=ROUND_HALF_UP)
_PLACES = Decimal(1).scaleb(-18)
_MOST = 2**63 - 1


def _stripped(text: str, decimal_comma: bool) -> tuple[str, bool, str]:
    """(digits, negative, currency) of a cell."""
    text = unicodedata.normalize("NFKC", text).strip().lower().replace("−", "-").replace("–", "-")
    if decimal_comma:
        text = text.translate(str.maketrans(",.", ".,"))
    text = re.sub(r"(?<=\d)['\u2019 ](?=\d{3}(?!\d))", ",", text)
    currency = ""
    said = ""
    while (found := _WORD.search(text)) and found[0] != said and currency in ("", _WORDS[found[0]]):
        said, currency = found[0], _WORDS[found[0]]
        text = text[: found.start()] + text[found.end() :]
    if not re.search(r"[\d.,]\s+[\d.,]", text):
        text = re.sub(r"\s+", "", text)
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1]
    if negative and ("-" in text or "+" in re.sub(r"e[+]", "", text)):
        return "", False, ""
    if text[:1] in "+-" and text[1:]:
        negative, text = negative != (text[0] == "-"), text[1:]
    elif text.endswith("-") and text[:-1]:
        negative, text = not negative, text[:-1]
    return text, negative, currency


def read_decimal(text: str, decimal_comma: bool = False) -> tuple[Decimal | None, str]:
    """(number, currency or "") of a cell; (None, "") when it is no number."""
    digits, negative, currency = _stripped(text, decimal_comma)
    digits = _UNIT.sub("", digits)
    scale = ""
    for word in sorted(_SCALES, key=len, reverse=True):
        if word and digits.endswith(word):
            scale, digits = word, digits[: -len(word)]
            break
    if not _NUMBER.fullmatch(digits) or not any(c.isdigit() for c in digits):
        return None, ""
    try:
        number = Decimal(digits.replace(",", "")).scaleb(_SCALES[scale], _EXACT)
    except InvalidOperation:
        return None, ""
    return (-number if negative else number), currency


def read_number(text: str, decimal_comma: bool = False) -> tuple[int, int, int, int]:
    """(mantissa, decimals, state, currency code) as the kernel gives them.

    A number with a fraction and more than 15 significant digits is the noise of binary floating point; where it does
    not fit 18 digits it is read as a spreadsheet shows it, to 15.
    """
    if not text.strip():
        return 0, 0, EMPTY, 0
    number, currency = read_decimal(text, decimal_comma)
    if number is None:
        return 0, 0, BAD, 0
    if number == 0:
        return 0, 0, FINE, CURRENCIES.index(currency)
    if abs(number) > LARGEST:
        return 0, 0, LARGE, 0
    number = number.normalize(_EXACT)
    mantissa, decimals = _parts(number)
    if decimals > 18 or abs(mantissa) > _MOST:
        mantissa, decimals = _parts(number.quantize(_PLACES, context=_EXACT).normalize(_DISPLAYED))
    return mantissa, decimals, FINE, CURRENCIES.index(currency)


def _parts(number: Decimal) -> tuple[int, int]:
    exponent = int(number.as_tuple().exponent)
    if exponent >= 0:
        return int(number), 0
    return int(number.scaleb(-exponent, _EXACT)), -exponent


def exact_limbs(mantissa: int, decimals: int) -> tuple[int, int, int]:
    """(unit, rest, state) of a number of any size; beyond 18 decimals it is rounded, halves away from zero."""
    size = abs(mantissa)
    if decimals <= 18:
        size *= 10 ** (18 - decimals)
    else:
        power = 10 ** (decimals - 18)
        size = (2 * size + power) // (2 * power)
    unit, rest = divmod(size, REST)
    if unit > LARGEST:
        return 0, 0, LARGE
    sign = -1 if mantissa < 0 else 1
    return sign * unit, sign * rest, FINE
