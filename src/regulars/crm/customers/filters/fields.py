"""The registry of fields: what can be filtered, sorted and shown in a list.

Own fields stand in ``own.py``, those that people added in ``custom.py``. Metrics of the published run are registered by
the package that publishes them, once at start: ``register(fields, prefix=…)``, where ``prefix()`` names the relation
from Customer that holds their columns now (``metric_r12``), or None while nothing is published.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from django.db.models import Q

from regulars.crm.accounts.models import User
from regulars.crm.accounts.policies import can, sees_clear


class Kind(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"  # a fraction, shown as 0.38
    DATE = "date"
    MOMENT = "moment"  # a date and time, filtered by its day
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    DEPARTMENT = "department"
    TAG = "tag"
    DONE = "done"  # something that was done within so many days, or not
    BOUGHT = "bought"  # bought one of several within so many days, or not


Choice = tuple[str, Any]  # value and its (lazy) name


@dataclass(frozen=True)
class Field:
    """``path`` is the ORM path from Customer ("region", or the bare column when registered with a prefix).

    ``compile`` replaces the path where a condition is more than a comparison: (actor, operator, value) → Q.
    ``always``: never null where the row exists. ``needs``: the permission without which the field does not exist.
    """

    key: str
    kind: Kind
    label: Any
    group: str = "customer"
    path: str = ""
    choices: Callable[[], Sequence[Choice]] | Sequence[Choice] = ()
    sensitive: str = ""
    needs: str = ""
    always: bool = False
    sortable: bool = False
    listable: bool = True
    indexed: bool = False
    decimals: int | None = None
    definition: str = ""
    sort_path: str = ""  # where another column sorts for this one (names by their pinyin)
    compile: Callable[[User, str, Any], Q] | None = None
    operators: tuple[str, ...] = ()
    related: str = field(default="", compare=False)  # the relation its column lies in, set when it is asked for

    def options(self) -> Sequence[Choice]:
        return self.choices() if callable(self.choices) else self.choices

    def masked(self, actor: User) -> bool:
        return bool(self.sensitive) and not sees_clear(actor, self.sensitive)


GROUPS = ("customer", "follow_up", "custom", "metric", "order")
Provider = Callable[[], Iterable[Field]]
_providers: list[Provider] = []


def register(fields: Iterable[Field] | Provider, *, prefix: Callable[[], str | None] | None = None) -> None:
    """Add fields, or a function that names them at the time (custom fields come and go)."""
    if callable(fields):
        provider = fields
    else:
        kept = tuple(fields)

        def provider() -> Iterable[Field]:
            return kept

    if prefix is None:
        _providers.append(provider)
        return

    def beside() -> Iterable[Field]:
        relation = prefix()
        if relation is None:
            return ()
        return tuple(replace(each, path=f"{relation}__{each.path}", related=relation) for each in provider())

    _providers.append(beside)


class Registry:
    """The fields that exist now for one actor: made once a request, so that one request sees one set."""

    def __init__(self, actor: User) -> None:
        self.actor = actor
        found = (each for provider in _providers for each in provider())
        self.fields = {each.key: each for each in found if not each.needs or can(actor, each.needs)}

    def get(self, key: str) -> Field | None:
        return self.fields.get(key)

    def filterable(self) -> list[Field]:
        order = {name: place for place, name in enumerate(GROUPS)}
        return sorted(self.fields.values(), key=lambda each: order.get(each.group, 9))

    def listable(self) -> list[Field]:
        return [each for each in self.filterable() if each.listable and each.path]

    def sortable(self, key: str) -> Field | None:
        """The field to sort by; a field that the actor sees masked cannot be sorted by: the order would tell."""
        found = self.fields.get(key)
        return found if found is not None and found.sortable and not found.masked(self.actor) else None
