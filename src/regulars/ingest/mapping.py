"""Which column is what: the mapping of one file, printed, saved and loaded."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from regulars.errors import MappingError, ParameterError
from regulars.ingest.dates import DateOrder
from regulars.ingest.fields import FIELDS, plain_name
from regulars.ingest.suggest import did_you_mean
from regulars.language import Language, translator

Scope = Literal["auto", "line", "order"]

_HOW = {"given": "as told", "preset": "preset", "name": "by name", "content": "by content"}


@dataclass(frozen=True)
class Mapping:
    """What was found out about the columns of a file.

    columns       field -> column name as in the header (or column 3 where there is none)
    how           field -> given, preset, name or content
    amount_scope  line: amounts are of rows and are added up; order: of whole orders, taken once; auto: told by the data
    date_order    settled order of 05/01/2024, None when no date needs it; decimal: . or ,
    """

    columns: dict[str, str]
    how: dict[str, str] = field(default_factory=dict)
    preset: str | None = None
    amount_scope: Scope = "auto"
    date_order: DateOrder | None = None
    decimal: str | None = None

    def describe(self, lang: Language) -> str:
        """One line per field, for people."""
        _ = translator("ingest", lang)
        lines = []
        if self.preset:
            lines.append(_("Preset: {preset}").format(preset=self.preset))
        for name in FIELDS:
            if name in self.columns:
                how = _(_HOW[self.how.get(name, "given")])
                lines.append(
                    _("{field} ← {column} ({how})").format(
                        field=_(FIELD_NAMES[name]), column=self.columns[name], how=how
                    )
                )
        if self.amount_scope == "order":
            lines.append(_("The amount is that of the whole order and is taken once."))
        if self.date_order:
            lines.append(_("Dates are read as {order}.").format(order=self.date_order))
        if self.decimal == ",":
            lines.append(_("Amounts are written with a decimal comma."))
        return "\n".join(lines)

    def save(self, path: Path | str) -> None:
        """Write the mapping as TOML, to be passed back later."""
        lines = ["# Which column is what. Pass this file back with --mapping.", ""]
        for key in ("preset", "amount_scope", "date_order", "decimal"):
            value = getattr(self, key)
            if value is not None:
                lines.append(f"{key} = {_quoted(value)}")
        lines += ["", "[columns]"]
        lines += [f"{name} = {_quoted(self.columns[name])}" for name in FIELDS if name in self.columns]
        Path(path).write_text("\n".join(lines) + "\n", "utf-8")

    @classmethod
    def load(cls, path: Path | str) -> Mapping:
        """Read what `save` wrote. Raises MappingError when the file is no mapping."""
        try:
            content = tomllib.loads(Path(path).read_text("utf-8"))
            columns = content["columns"]
            if not isinstance(columns, dict) or not all(isinstance(c, str) for c in columns.values()):
                raise TypeError("columns")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            raise MappingError(
                "bad_mapping_file",
                "{file} is no mapping that can be read: {why}.",
                'It is a TOML file with a table [columns] of lines such as amount = "实付金额".',
                file=str(path),
                why=str(error),
            ) from error
        known = {key: content[key] for key in ("preset", "amount_scope", "date_order", "decimal") if key in content}
        return cls(columns, dict.fromkeys(columns, "given"), **known)

    def settled(self, **found: Any) -> Mapping:
        return replace(self, **found)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


FIELD_NAMES = {
    "customer_id": "customer id",
    "order_id": "order id",
    "ordered_at": "order time",
    "amount": "amount",
    "order_amount": "amount of the order",
    "quantity": "quantity",
    "unit_price": "unit price",
    "profit": "profit",
    "cost": "cost",
    "refunded_amount": "refunded amount",
    "refunded_at": "refund time",
    "discount": "discount",
    "currency": "currency",
    "channel": "channel",
    "product_id": "product id",
    "product_name": "product name",
    "category": "category",
    "campaign_id": "campaign",
    "referrer_id": "referrer",
    "status": "status",
    "cancelled_at": "cancellation time",
    "name": "customer name",
    "kind": "kind of customer",
    "created_at": "customer since",
    "acquisition_channel": "acquisition channel",
    "region": "region",
    "owner": "account manager",
    "phone": "phone",
    "email": "email",
}
"""Message ids of the field names."""


def wishes(mapping: Any) -> Mapping:
    """What the user asked for, as a Mapping: from a dict, a Mapping, or the path of a saved one."""
    if isinstance(mapping, str | Path):
        mapping = Mapping.load(mapping)
    if not isinstance(mapping, Mapping):
        if not isinstance(mapping, MappingType):
            raise ParameterError(
                "bad_mapping",
                "A mapping gives columns to fields, not {kind}.",
                "For example amount=Total.",
                kind=type(mapping).__name__,
            )
        mapping = Mapping(dict(mapping), dict.fromkeys(mapping, "given"))
    for name in mapping.columns:
        if name not in FIELDS:
            raise ParameterError(
                "unknown_field",
                "There is no field named {name}.{suggestion}",
                "The fields are: {fields}.",
                name=name,
                suggestion=did_you_mean(name, FIELDS),
                fields=", ".join(FIELDS),
            )
    return mapping


def column_named(wanted: str, names: Sequence[str]) -> int | None:
    """Position of the column the user means: its exact name, its name but for case and blanks, or #3 for the third."""
    if wanted in names:
        return list(names).index(wanted)
    if wanted.startswith("#") and wanted[1:].isdigit() and 1 <= int(wanted[1:]) <= len(names):
        return int(wanted[1:]) - 1
    plain = [plain_name(name) for name in names]
    hits = [i for i, name in enumerate(plain) if name == plain_name(wanted)]
    return hits[0] if len(hits) == 1 else None
