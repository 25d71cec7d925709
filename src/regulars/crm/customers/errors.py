"""What people can do wrong with customers; each says how to mend it, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext, override

from regulars.errors import RegularsError
from regulars.language import Language


class CustomersError(RegularsError):
    """Root of the errors of this package. Texts are message ids of Django's catalogues."""

    def localized(self, lang: Language) -> tuple[str, str]:
        with override("zh-hans" if lang == "zh" else "en"):
            hint = gettext(self.hint_template).format(**self.context) if self.hint_template else ""
            return gettext(self.template).format(**self.context), hint


class Invalid(CustomersError):
    """Values that cannot be kept; ``fields`` says for each field what is wrong with it, in English message ids."""

    def __init__(self, fields: Mapping[str, str], **context: Any) -> None:
        self.fields = dict(fields)
        first = next(iter(self.fields.values()))
        super().__init__("invalid", first, "", **context)

    def messages(self) -> dict[str, str]:
        """What is wrong, in the language of the request."""
        return {name: gettext(text).format(**self.context) for name, text in self.fields.items()}


class Conflict(CustomersError):
    """Somebody else changed the same thing meanwhile."""


class FilterError(CustomersError):
    """A filter that cannot be understood; ``where`` is the path of the part (``all.2.any.0``), ``problem`` a message
    id of its own.
    """

    @property
    def message(self) -> str:
        problem = str(self.context.get("problem", "")).format(**self.context)
        return self.template.format(**{**self.context, "problem": problem})

    def localized(self, lang: Language) -> tuple[str, str]:
        with override("zh-hans" if lang == "zh" else "en"):
            problem = str(self.context.get("problem", ""))
            problem = gettext(problem).format(**self.context) if problem else ""
            told = gettext(self.template).format(**{**self.context, "problem": problem})
            return told, gettext(self.hint_template) if self.hint_template else ""
