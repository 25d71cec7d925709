"""Everything that can go wrong on purpose.

    RegularsError
    ├── InputError            the data or a file are not what they must be
    │   ├── FileProblem       a file is missing, empty, binary, truncated or corrupt
    │   ├── MappingError      columns are missing, ambiguous or unknown
    │   ├── CurrencyError     several currencies, or none that can be told
    │   └── TooManyRejects    more rows rejected than allowed
    ├── ParameterError        an option or a parameter has a value it cannot have
    ├── OutputError           the output folder cannot be written, is not empty, the disk is full
    ├── LakeError             the fact store is damaged, of another version, or busy
    ├── ModelError            a model was asked for something it cannot answer
    ├── ReconciliationError   figures that must agree do not: a defect of Regulars, never a footnote
    └── ClusterError          a Spark cluster is not there, or could not do the work

An error carries a stable ``code`` (documented in docs/*/reference/errors.md), an English ``message`` made from
``template`` and ``context``, and a ``hint`` that says how to mend it. ``localized(lang)`` gives both in the reader's
language.
"""

from __future__ import annotations

from typing import Any, ClassVar

from regulars.language import Language, translator


class RegularsError(Exception):
    """Root of all errors that Regulars raises deliberately.

    ``template`` and ``hint_template`` are message ids with named placeholders that ``context`` fills; a value that
    itself speaks both languages has a method ``told(lang)``, and is English as ``str``.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, template: str, hint: str = "", **context: Any) -> None:
        self.code = code
        self.template = template
        self.hint_template = hint
        self.context = context
        super().__init__(self.message)

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.code, self.template, self.hint_template, self.context)

    @property
    def message(self) -> str:
        return self.template.format(**self.context)

    @property
    def hint(self) -> str:
        return self.hint_template.format(**self.context)

    def localized(self, lang: Language) -> tuple[str, str]:
        """Message and hint in ``lang``."""
        _ = translator("errors", lang)
        told = {name: value.told(lang) if hasattr(value, "told") else value for name, value in self.context.items()}
        return _(self.template).format(**told), _(self.hint_template).format(**told) if self.hint_template else ""


def _rebuild(kind: type[RegularsError], code: str, template: str, hint: str, context: dict[str, Any]) -> RegularsError:
    return kind(code, template, hint, **context)


class InputError(RegularsError):
    exit_code = 3


class FileProblem(InputError):
    pass


class MappingError(InputError):
    pass


class CurrencyError(InputError):
    pass


class TooManyRejects(InputError):
    exit_code = 4


class ParameterError(RegularsError):
    exit_code = 2


class OutputError(RegularsError):
    exit_code = 5


class LakeError(RegularsError):
    exit_code = 6


class ModelError(RegularsError):
    exit_code = 7


class ReconciliationError(RegularsError):
    exit_code = 8


class ClusterError(RegularsError):
    exit_code = 9
