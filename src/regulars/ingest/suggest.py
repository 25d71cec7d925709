"""Did you mean …?"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], count: int = 3) -> list[str]:
    """The names of ``known`` that look most like ``name``, best first."""
    folded: dict[str, str] = {}
    for candidate in known:
        folded.setdefault(candidate.casefold(), candidate)
    return [folded[hit] for hit in difflib.get_close_matches(name.casefold(), list(folded)[:2000], n=count, cutoff=0.5)]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """ " Did you mean a, b?", or nothing when no name is near. The names speak for themselves in either language."""
    hits = nearest(name, known)
    return f" → {', '.join(hits)}?" if hits else ""
