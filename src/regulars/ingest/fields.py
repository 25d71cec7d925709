"""The fields a column can be mapped to, and the names that columns go by."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

Shape = Literal["id", "date", "number", "word", "text"]

FIELDS: dict[str, Shape] = {
    "customer_id": "id",
    "order_id": "id",
    "ordered_at": "date",
    "amount": "number",
    "order_amount": "number",
    "quantity": "number",
    "unit_price": "number",
    "profit": "number",
    "cost": "number",
    "refunded_amount": "number",
    "refunded_at": "date",
    "discount": "number",
    "currency": "word",
    "channel": "text",
    "product_id": "id",
    "product_name": "text",
    "category": "text",
    "campaign_id": "id",
    "referrer_id": "id",
    "status": "word",
    "cancelled_at": "text",
    "name": "text",
    "kind": "text",
    "created_at": "date",
    "acquisition_channel": "text",
    "region": "text",
    "owner": "text",
    "phone": "id",
    "email": "text",
}
"""Every field and the shape of its values. ``amount`` is money of the row; ``order_amount`` that of the whole order,
given on one of its rows or repeated on all. The fields from ``name`` on describe the customer."""

ATTRIBUTES = ("name", "kind", "created_at", "acquisition_channel", "region", "owner", "phone", "email")

_BRACKET = re.compile(r"[(\[{【].*?[)\]}】]")
_NOISE = dict.fromkeys(map(ord, " \t\r\n\x0b\x0c_-.:#*'\"/|"))


def plain_name(name: str) -> str:
    """A column name without what does not matter: case, width, blanks, punctuation, what stands in brackets."""
    text = (name if name.isascii() else unicodedata.normalize("NFKC", name)).casefold()
    outside = _BRACKET.sub("", text) if any(sign in text for sign in "([{【") else text
    return outside.translate(_NOISE) or text.translate(_NOISE)


def plain_word(word: str) -> str:
    """A word in a cell without what does not matter."""
    return re.sub(r"[\s_\-]+", " ", unicodedata.normalize("NFKC", word).casefold()).strip()


def read_data(name: str) -> dict[str, Any]:
    """One of the data files beside the presets."""
    return tomllib.loads(resources.files("regulars.ingest").joinpath("presets", name).read_text("utf-8"))


@cache
def tiers() -> dict[str, dict[str, int]]:
    """field -> plain name -> tier, 0 the surest."""
    return {
        field: {plain_name(name): tier for tier, names in reversed(list(enumerate(entry["tiers"]))) for name in names}
        for field, entry in read_data("vocabulary.toml").items()
    }


@cache
def known_names() -> frozenset[str]:
    return frozenset(name for names in tiers().values() for name in names)


def count_known(cells: Iterable[str]) -> int:
    """How many of the cells are names that columns go by."""
    return sum(plain_name(cell) in known_names() for cell in cells if 0 < len(cell) <= 80)


@dataclass(frozen=True)
class Wordlist:
    """A vocabulary of words in cells; a word with * matches what begins or ends with the rest of it."""

    words: tuple[str, ...]

    def __contains__(self, text: object) -> bool:
        plain = plain_word(str(text))
        exact, patterns = _compiled(self.words)
        return plain in exact or any(pattern.fullmatch(plain) for pattern in patterns)


@cache
def _compiled(words: tuple[str, ...]) -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    plain = [plain_word(word) for word in words]
    patterns = tuple(re.compile(".*".join(map(re.escape, word.split("*")))) for word in plain if "*" in word)
    return frozenset(word for word in plain if "*" not in word), patterns


@cache
def wordlist(name: str) -> Wordlist:
    """The words of presets/words.toml under ``name``: cancelled, unpaid, footer, organization, individual."""
    return Wordlist(tuple(read_data("words.toml")[name]))


@cache
def currency_words() -> dict[str, str]:
    """plain word -> currency code."""
    return {plain_word(word): code for code, words in read_data("words.toml")["currency"].items() for word in words}


def currency_named(text: str) -> str | None:
    """The ISO code a word stands for: one of the vocabulary, or any three letters; None when it is neither."""
    plain = plain_word(text)
    known = currency_words().get(plain)
    if known:
        return known
    return plain.upper() if re.fullmatch(r"[a-z]{3}", plain) else None


def unit_in_name(name: str) -> tuple[str | None, int]:
    """(currency, power of ten) that a column name states in brackets, as in 金额(万元) or Amount (USD)."""
    text = unicodedata.normalize("NFKC", name)
    for found in re.findall(r"[(\[{【](.*?)[)\]}】]", text):
        inner = plain_word(found).replace("单位:", "").replace("单位：", "")
        power = 4 if inner.startswith("万") else 8 if inner.startswith("亿") else 0
        inner = inner[1:] if power else inner
        currency = currency_words().get(inner)
        if currency or power:
            return currency, power
    return None, 0
