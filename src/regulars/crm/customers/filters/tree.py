"""The filter tree: groups (all, any, none) of conditions and groups, at most four deep.

{"all": [{"field": "metric.abc", "op": "is", "value": ["A"]}, {"any": […]}, {"none": […]}]}
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_noop

from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.filters import operators
from regulars.crm.customers.filters.fields import Registry

Join = Literal["all", "any", "none"]
JOINS: tuple[Join, ...] = ("all", "any", "none")
DEEPEST = 4
MOST_CONDITIONS = 50


@dataclass(frozen=True)
class Condition:
    field: str
    op: str
    value: Any = None

    def as_json(self) -> dict[str, Any]:
        told = {"field": self.field, "op": self.op}
        return told if self.value is None else {**told, "value": self.value}


@dataclass(frozen=True)
class Group:
    join: Join
    parts: tuple[Condition | Group, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {self.join: [part.as_json() for part in self.parts]}

    def conditions(self) -> Iterator[Condition]:
        for part in self.parts:
            if isinstance(part, Group):
                yield from part.conditions()
            else:
                yield part

    def __bool__(self) -> bool:
        return any(True for _ in self.conditions())


EVERYBODY = Group("all")


def both(first: Group, second: Group) -> Group:
    """Customers of both; empty groups drop out."""
    if not first or not second:
        return first or second or EVERYBODY
    return Group("all", (first, second))


def parse(told: Any, registry: Registry) -> Group:
    """The tree in ``told`` (JSON text or what it holds), every field, operator and value checked."""
    if isinstance(told, str):
        try:
            told = json.loads(told or "{}")
        except (ValueError, RecursionError):
            raise _wrong("", gettext_noop("this is not JSON")) from None
    if told in (None, {}, []):
        return EVERYBODY
    count = [0]
    return _group(told, registry, "", 1, count)


def _wrong(where: str, problem: str, **context: Any) -> FilterError:
    return FilterError(
        "filter",
        gettext_noop("The filter cannot be understood at {where}: {problem}."),
        gettext_noop("Change or remove this condition."),
        where=where or "1",
        problem=problem,
        **context,
    )


def _group(told: Any, registry: Registry, where: str, depth: int, count: list[int]) -> Group:
    if not isinstance(told, dict) or len(told) != 1 or next(iter(told)) not in JOINS:
        raise _wrong(where, gettext_noop("a group has one of all, any, none"))
    join: Join = next(iter(told))
    if depth > DEEPEST:
        raise _wrong(where, gettext_noop("groups go four deep at most"))
    parts = told[join]
    if not isinstance(parts, list):
        raise _wrong(where, gettext_noop("a group holds a list"))
    made: list[Condition | Group] = []
    for place, part in enumerate(parts):
        here = f"{where}.{join}.{place + 1}".lstrip(".")
        if isinstance(part, dict) and "field" in part:
            made.append(_condition(part, registry, here, count))
        else:
            made.append(_group(part, registry, here, depth + 1, count))
    return Group(join, tuple(made))


def _condition(told: dict[str, Any], registry: Registry, where: str, count: list[int]) -> Condition:
    count[0] += 1
    if count[0] > MOST_CONDITIONS:
        raise _wrong(where, gettext_noop("there are more than 50 conditions"))
    if set(told) - {"field", "op", "value"}:
        raise _wrong(where, gettext_noop("a condition has field, op and value only"))
    key, op = told["field"], told.get("op")
    field = registry.get(key) if isinstance(key, str) else None
    if field is None:
        raise _wrong(where, gettext_noop("there is no field {field}"), field=str(key)[:60])
    if not isinstance(op, str) or op not in operators.allowed(field, registry.actor):
        raise _wrong(where, gettext_noop("{field} cannot be asked with {op}"), field=field.key, op=str(op)[:30])
    try:
        value = operators.read(field, op, told.get("value"))
    except operators.BadValue as problem:
        raise _wrong(where, str(problem)) from None
    return Condition(field.key, op, value)
