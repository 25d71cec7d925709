"""The filter bar: tokens and groups as the page shows them, and what its editor may offer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from regulars.crm.accounts import policies as rights
from regulars.crm.customers import normal
from regulars.crm.customers.filters import operators, own, reading
from regulars.crm.customers.filters.fields import Choice, Field, Registry
from regulars.crm.customers.filters.tree import Condition, Group
from regulars.language import Language

JOIN_WORDS = {"all": gettext_lazy("All of"), "any": gettext_lazy("Any of"), "none": gettext_lazy("None of")}
GROUP_NAMES = {
    "customer": gettext_lazy("Customer"),
    "follow_up": gettext_lazy("Follow-ups"),
    "custom": gettext_lazy("Own fields"),
    "metric": gettext_lazy("Numbers"),
    "order": gettext_lazy("Orders"),
}


@dataclass(frozen=True)
class Token:
    path: str
    label: Any
    op: str
    value: str
    is_group: bool = False


@dataclass(frozen=True)
class Bar:
    """A group with what is in it; ``path`` is its place in the tree: "", "2", "2.0"."""

    path: str
    join: str
    word: Any
    parts: list[Any] = field(default_factory=list)
    is_group: bool = True

    @property
    def tokens(self) -> list[Token]:
        return [part for part in self.parts if not part.is_group]

    @property
    def groups(self) -> list[Bar]:
        return [part for part in self.parts if part.is_group]


def bar(tree: Group, registry: Registry, lang: Language, path: str = "") -> Bar:
    parts: list[Any] = []
    for place, part in enumerate(tree.parts):
        here = f"{path}.{place}".lstrip(".")
        parts.append(bar(part, registry, lang, here) if isinstance(part, Group) else _token(part, registry, lang, here))
    return Bar(path, tree.join, JOIN_WORDS[tree.join], parts)


def _token(part: Condition, registry: Registry, lang: Language, path: str) -> Token:
    known = registry.fields[part.field]
    value = reading.value_said(known, part.op, part.value, lang)
    return Token(path, known.label, reading.word(part.op), value)


def people(registry: Registry) -> Sequence[Choice]:
    return [choice for choice in own.people() if choice[0] != "me"] if registry.get("owner") else ()


@login_required
@require_GET
def fields(request: HttpRequest) -> HttpResponse:
    """What the editor of the filter offers this reader."""
    rights.require(request.user, "customers.view")
    registry = Registry(request.user)  # type: ignore[arg-type]
    told = [_told(each, registry) for each in registry.filterable()]
    words = {
        "value": _("Value"), "from": _("from"), "to": _("to"), "days": _("days"), "in_days": _("in how many days"),
        "nothing": _("No field is called that."),
    }  # fmt: skip
    response = JsonResponse({"fields": told, "words": words})
    response["Cache-Control"] = "private, max-age=60"
    return response


def _told(each: Field, registry: Registry) -> dict[str, Any]:
    label = str(each.label)
    ops = [(op, reading.word(op), operators.SHAPES[op].values) for op in operators.allowed(each, registry.actor)]
    return {
        "key": each.key,
        "label": label,
        "group": str(GROUP_NAMES.get(each.group, "")),
        "kind": each.kind.value,
        "find": f"{label.lower()} {normal.initials(label)} {normal.sort_name(label).replace(' ', '')}",
        "ops": ops,
        "choices": [[key, str(name)] for key, name in list(each.options())[:1000]],
    }
