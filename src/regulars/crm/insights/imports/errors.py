"""What can be wrong with an import; texts are message ids of Django's catalogues."""

from __future__ import annotations

from django.utils.translation import gettext, override

from regulars.errors import RegularsError
from regulars.language import Language


class ImportProblem(RegularsError):
    """A file or a step that cannot be taken; said to the person who imports."""

    def localized(self, lang: Language) -> tuple[str, str]:
        with override("zh-hans" if lang == "zh" else "en"):
            hint = gettext(self.hint_template).format(**self.context) if self.hint_template else ""
            return gettext(self.template).format(**self.context), hint


class TooLarge(ImportProblem):
    """More than may be uploaded, or than a packed file may hold."""

    status = 413


class WrongStep(ImportProblem):
    """The import is not at the step that this asks for: somebody else went on with it, or it is being worked on."""

    status = 409
