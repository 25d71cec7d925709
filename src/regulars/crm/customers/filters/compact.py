"""The tree in an address: short, readable, and the same tree again.

    all(metric.profit_total~at_least~300;any(metric.rhythm~is~slipping,dormant;metric.p_alive~below~0.6))

``!`` stands before a character that would otherwise mean something.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from regulars.crm.customers.errors import FilterError
from regulars.crm.customers.filters.tree import JOINS, Condition, Group

_SPECIAL = "~,;()!"
LONGEST = 6_000


def written(tree: Group) -> str:
    """``tree`` in compact form; empty for everybody."""
    return _node(tree) if tree else ""


def _node(part: Condition | Group) -> str:
    if isinstance(part, Group):
        return f"{part.join}({';'.join(_node(each) for each in part.parts)})"
    told = f"{_escaped(part.field)}~{part.op}"
    if part.value is None:
        return told
    values = part.value if isinstance(part.value, list) else [part.value]
    return f"{told}~{','.join(_escaped(str(each)) for each in values)}"


def _escaped(text: str) -> str:
    return "".join(f"!{letter}" if letter in _SPECIAL else letter for letter in text)


def read(text: str) -> dict[str, Any]:
    """What ``tree.parse`` reads; raises FilterError where the text is not of this form."""
    if not text:
        return {}
    if len(text) > LONGEST:
        raise _broken()
    reader = _Reader(text)
    node = reader.node(0)
    if reader.at != len(text) or "field" in node:
        raise _broken()
    return node


def _broken() -> FilterError:
    return FilterError(
        "filter_address",
        gettext_noop("The filter in the address is damaged."),
        gettext_noop("Copy the address again, or begin a new filter."),
    )


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def node(self, depth: int) -> dict[str, Any]:
        if depth > 20:
            raise _broken()
        for join in JOINS:
            if self.text.startswith(f"{join}(", self.at):
                self.at += len(join) + 1
                return {join: self.parts(depth)}
        return self.condition()

    def parts(self, depth: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            if self.peek() == ")":
                self.at += 1
                return found
            if found:
                self.expect(";")
            found.append(self.node(depth + 1))

    def condition(self) -> dict[str, Any]:
        field = self.word()
        self.expect("~")
        made: dict[str, Any] = {"field": field, "op": self.word()}
        if self.peek() == "~":
            self.at += 1
            values = [self.word()]
            while self.peek() == ",":
                self.at += 1
                values.append(self.word())
            made["value"] = values
        return made

    def word(self) -> str:
        letters = []
        while self.at < len(self.text) and (letter := self.text[self.at]) not in "~,;()":
            if letter == "!":
                self.at += 1
                letter = self.text[self.at : self.at + 1]
                if not letter:
                    raise _broken()
            letters.append(letter)
            self.at += 1
        return "".join(letters)

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def expect(self, letter: str) -> None:
        if self.peek() != letter:
            raise _broken()
        self.at += 1
