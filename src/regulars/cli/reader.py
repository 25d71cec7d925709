"""In which language the command line speaks."""

from __future__ import annotations

import locale
import os
import sys
from collections.abc import Sequence

from regulars.language import LANGUAGES, Language


def system_language() -> Language:
    """zh when the environment asks for Chinese, else en."""
    names = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    chosen = next((name for name in names if name), None) or locale.getlocale()[0] or ""
    return "zh" if chosen.lower().startswith(("zh", "chinese")) else "en"


def spoken_language(arguments: Sequence[str] | None = None) -> Language:
    """What ``--lang`` says on the command line, which help and errors need before it is parsed; else the system's."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for i, word in enumerate(words):
        option, sign, value = word.partition("=")
        if option == "--lang":
            said = value if sign else next(iter(words[i + 1 :]), "")
            for lang in LANGUAGES:
                if said == lang:
                    return lang
    return system_language()
