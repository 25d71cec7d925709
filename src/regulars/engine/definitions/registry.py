"""The registry of every figure, and the way to find one by whatever people call it."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType

from regulars.engine.definitions.classes import CLASSES
from regulars.engine.definitions.customer import CUSTOMER
from regulars.engine.definitions.definition import DOMAIN, Definition
from regulars.engine.definitions.facts import FACTS
from regulars.engine.definitions.forecast import FORECAST
from regulars.engine.definitions.lifecycle import LIFECYCLE
from regulars.engine.definitions.movement import MOVEMENT
from regulars.engine.definitions.offer import OFFER
from regulars.engine.definitions.proof import PROOF
from regulars.engine.definitions.quality import QUALITY
from regulars.engine.definitions.repurchase import REPURCHASE
from regulars.engine.definitions.retention import RETENTION
from regulars.engine.definitions.rhythm import RHYTHM
from regulars.engine.definitions.value import VALUE
from regulars.errors import ParameterError
from regulars.language import LANGUAGES, Language, translator

SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "facts": "Facts",
        "customer": "One customer",
        "movement": "Who came, who left",
        "retention": "Retention and churn",
        "classes": "Classes",
        "rhythm": "Purchase rhythm",
        "lifecycle": "Lifecycle",
        "repurchase": "Cohorts and repurchase",
        "value": "Value",
        "forecast": "Forecasts",
        "offer": "Products, channels, campaigns",
        "quality": "Data quality",
    }
)

_ALL = (
    *FACTS,
    *CUSTOMER,
    *MOVEMENT,
    *RETENTION,
    *CLASSES,
    *RHYTHM,
    *LIFECYCLE,
    *REPURCHASE,
    *VALUE,
    *FORECAST,
    *PROOF,
    *OFFER,
    *QUALITY,
)
REGISTRY: Mapping[str, Definition] = MappingProxyType({definition.key: definition for definition in _ALL})

SUGGESTIONS = 3


def find(term: str) -> Definition:
    """The definition that ``term`` names: a key, a name or alias in either language, a column or a key of an output.

    Upper and lower case, spaces, hyphens and underscores make no difference. Raises ParameterError with the nearest
    names when nothing is called so.
    """
    names = _names()
    wanted = _plain(term)
    if wanted in names:
        return REGISTRY[names[wanted]]
    raise ParameterError(
        "unknown_term",
        "Nothing is called {term}.",
        "Did you mean {suggestions}? `regulars explain` without a term lists everything.",
        term=term,
        suggestions=", ".join(_nearest(wanted, names)),
    )


def explaining(output: str) -> Definition | None:
    """The definition behind a column or key, such as ``summary.json: rfm.grid``; else that of its parent."""
    path = output
    while path:
        for definition in REGISTRY.values():
            if path in definition.output:
                return definition
        path = path.rpartition(".")[0] if "." in path.partition(": ")[2] else ""
    return None


def section_title(section: str, lang: Language) -> str:
    return translator(DOMAIN, lang)(SECTIONS[section])


def registry_messages() -> set[str]:
    """Every text of the registry that the catalogue "definitions" has to hold."""
    texts = {text for definition in REGISTRY.values() for text in definition.messages()}
    return texts | set(SECTIONS.values())


def _plain(term: str) -> str:
    return re.sub(r"[\s_\-]+", " ", term).strip().casefold()


@cache
def _names() -> dict[str, str]:
    """Every name → key; keys win over names, names over other names, those over columns."""
    found: dict[str, str] = {}
    for rank in range(4):
        for definition in REGISTRY.values():
            for name in _ranked(definition, rank):
                found.setdefault(_plain(name), definition.key)
    return found


def _ranked(definition: Definition, rank: int) -> Iterator[str]:
    if rank == 0:
        yield definition.key
    elif rank == 3:
        for path in definition.output:
            yield path
            yield path.partition(": ")[2]
            yield re.split(r"[.:] ?", path)[-1]
    else:
        for lang in LANGUAGES:
            text = definition.localized(lang)
            yield from (text.name,) if rank == 1 else text.other_names()


def _nearest(wanted: str, names: Mapping[str, str]) -> list[str]:
    holding = [name for name in names if wanted and (wanted in name or name in wanted) and len(name) > 1]
    close = difflib.get_close_matches(wanted, names, n=SUGGESTIONS * 2, cutoff=0.3)
    keys: dict[str, str] = {}
    for name in [*sorted(holding, key=len), *close, "churn", "retention", "ABC"]:
        keys.setdefault(names[_plain(name)], name)
    return list(keys.values())[:SUGGESTIONS]
