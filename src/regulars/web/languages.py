"""The reader's language: ``zh`` or ``en`` for ours, ``zh-hans`` or ``en`` for Django."""

from __future__ import annotations

from django.utils import translation

from regulars.language import Language

COOKIE = "django_language"
DJANGO = {"zh": "zh-hans", "en": "en"}


def django_code(language: str) -> str | None:
    """Django's code of a person's choice; None for no or an unknown choice."""
    return DJANGO.get(language.partition("-")[0])


def reading() -> Language:
    """The language in which the current request is answered."""
    return "zh" if (translation.get_language() or "").startswith("zh") else "en"
