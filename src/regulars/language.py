"""The two languages of every text for people: English source, 简体中文 catalogue.

A catalogue is one gettext domain a package (``locale/zh_Hans/LC_MESSAGES/<domain>.po``, compiled to ``.mo`` beside it).
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
LOCALE_DIR = Path(__file__).parent / "locale"
APPLICATION_LOCALES = Path(__file__).parent / "web" / "locale"  # one folder a part; errors of the application lie there
_LOCALE = {"zh": "zh_Hans"}


@cache
def translator(domain: str, lang: Language) -> Callable[[str], str]:
    """The function that turns an English message id of ``domain`` into ``lang``."""
    if lang == "en":
        return str
    found = gettext.translation(domain, LOCALE_DIR, languages=[_LOCALE[lang]], fallback=True)
    if domain == "errors":
        for folder in sorted(path for path in APPLICATION_LOCALES.glob("*") if path.is_dir()):
            found.add_fallback(gettext.translation("django", folder, languages=[_LOCALE[lang]], fallback=True))
    return found.gettext
