"""Membership in a long list of keys that the database does not hold: one parameter, whatever its length."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Expression, F


class IsAmong(Expression):
    """``column IN (…)`` over texts or integers, given as one parameter: JSON on SQLite, an array on PostgreSQL."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: str, values: Sequence[Any]) -> None:
        super().__init__(output_field=BooleanField())
        self.column: Any = F(column)
        self.values = list(values)

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.column)
        within = "{} IN (SELECT value FROM json_each(%s))"
        return within.format(column), [*params, json.dumps(self.values)]

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.column)
        return f"{column} = ANY(%s)", [*params, self.values]
