"""Normal forms that comparing, sorting and searching rest on; the one place where they are made."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from pypinyin import Style, lazy_pinyin

_NOT_DIGIT = re.compile(r"\D")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
LONGEST_PHONE_KEY = 24
# Country codes that are written or left out as people please; a number of another country keeps its code.
_CHINA = "86"


def plain(text: str) -> str:
    """Compatibility forms made one (full width to half width), trimmed, inner white space single."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def phone_key(phone: str) -> str:
    """The digits that tell two phone numbers apart: without the country code of China, trunk zeros and signs."""
    text = unicodedata.normalize("NFKC", phone).strip()
    digits = _NOT_DIGIT.sub("", text)
    if digits.startswith("00") and len(digits) > 10:
        digits = digits[2:]
    if digits.startswith(_CHINA) and len(digits) >= 12:
        digits = digits[2:]
    return digits.lstrip("0")[:LONGEST_PHONE_KEY]


def email_key(email: str) -> str:
    """The address in lower case without white space around it; empty when it holds no ``@``."""
    text = unicodedata.normalize("NFKC", email).strip().lower()
    return text if "@" in text else ""


@lru_cache(maxsize=65_536)
def _syllables(name: str) -> tuple[tuple[str, ...], ...]:
    """Words of ``name``; of a Han word its syllables, of another word the word itself."""
    words: list[tuple[str, ...]] = []
    for word in _WORD.findall(name):
        if _HAN.search(word):
            words.append(tuple(part.lower() for part in lazy_pinyin(word, style=Style.NORMAL)))
        else:
            words.append((word.lower(),))
    return tuple(words)


def sort_name(name: str) -> str:
    """``name`` as it sorts: pinyin syllables and words in lower case (``su wan qing``)."""
    return " ".join(part for word in _syllables(plain(name)) for part in word)[:200]


def initials(name: str) -> str:
    """The letters people type for a name: ``swq`` for 苏婉清, ``js`` for John Smith."""
    return "".join(part[0] for word in _syllables(plain(name)) for part in word if part)


def han_only(text: str) -> bool:
    return bool(text) and all(_HAN.match(letter) for letter in text)


def letters(text: str) -> str:
    """``text`` as grams are cut from it: lower case, words only, no white space."""
    return "".join(_WORD.findall(plain(text).lower()))
