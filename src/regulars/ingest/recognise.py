"""Finding out which column is what: as told, by preset, by name, by content; what stays open is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from regulars.errors import MappingError, ParameterError
from regulars.ingest.content import Profile, one_to_one
from regulars.ingest.fields import ATTRIBUTES, FIELDS, plain_name, tiers
from regulars.ingest.mapping import Mapping, column_named
from regulars.ingest.options import IngestOptions, Question
from regulars.ingest.preset_files import Layout, matching_layout
from regulars.ingest.suggest import did_you_mean, nearest

REQUIRED = ("customer_id", "ordered_at", "amount")
_LINE_FIELDS = ("product_id", "product_name", "quantity", "unit_price", "category")
_BESIDE_PRESET = ("cost", "profit", "channel", "category", "campaign_id", "referrer_id", "currency", *ATTRIBUTES)
_BASIC = {"order_id", "ordered_at"}
_MOST_SHOWN = 30
_MOST_NAMED = 200


@dataclass(frozen=True)
class View:
    """The header and the first rows of a sheet."""

    file: str
    names: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    has_header: bool

    @cached_property
    def plain(self) -> list[str]:
        return [plain_name(name) for name in self.names]

    @cached_property
    def _profiles(self) -> dict[int, Profile]:
        return {}

    def profile(self, column: int) -> Profile:
        if column not in self._profiles:
            self._profiles[column] = Profile.of(self.rows, column)
        return self._profiles[column]


class Recognition:
    """The state of one search: which field has which column so far."""

    def __init__(self, view: View, options: IngestOptions) -> None:
        self.view = view
        self.options = options
        self.layout: Layout | None = None
        self.columns: dict[str, int] = {}
        self.how: dict[str, str] = {}

    def take(self, field: str, column: int, how: str) -> None:
        self.columns[field] = column
        self.how[field] = how

    def free(self, field: str, column: int) -> bool:
        """Whether the column may still become the field; attributes may share the column of the customer id."""
        holders = {other for other, taken in self.columns.items() if taken == column}
        return holders <= {"customer_id"} if field in ATTRIBUTES else holders <= set(ATTRIBUTES)

    def told(self, wanted: Mapping, strict: bool) -> list[str]:
        """Take what the user said; returns the columns that are not here, or raises for them if ``strict``."""
        absent = []
        for field, column in wanted.columns.items():
            position = column_named(column, self.view.names)
            if position is None:
                absent.append(column)
                if strict:
                    raise unknown_column(column, field, self.view)
            else:
                self.take(field, position, "given")
        return absent

    def by_preset(self, wanted: Mapping) -> None:
        layout = matching_layout(self.view.names, self.options.preset or wanted.preset)
        if layout is not None and (layout.fits(self.view.names) or _BASIC & set(layout.found(self.view.names))):
            self.layout = layout
        if self.layout is not None:
            for field, column in self.layout.found(self.view.names).items():
                position = column_named(column, self.view.names)
                if field not in self.columns and position is not None and self.free(field, position):
                    self.take(field, position, "preset")

    def by_name(self) -> None:
        if not self.view.has_header:
            return
        for field in FIELDS:
            beside = self.layout is None or (field in _BESIDE_PRESET and field not in self.layout.columns)
            if field not in self.columns and field != "order_amount" and beside:
                self._name(field)
        if "amount" in self.columns or "order_amount" in self.columns:
            return
        if "unit_price" in self.columns and "quantity" not in self.columns and self.how["unit_price"] != "given":
            self.take("amount", self.columns.pop("unit_price"), self.how.pop("unit_price"))

    def _name(self, field: str) -> None:
        ranks = tiers()[field]
        hits: dict[int, list[int]] = {}
        for column, plain in enumerate(self.view.plain):
            rank = ranks.get(plain)
            if rank is not None and self.free(field, column):
                hits.setdefault(rank, []).append(column)
        shape = FIELDS[field]
        for rank in sorted(hits):
            fitting = [column for column in hits[rank] if self.view.profile(column).fits(shape)]
            if fitting:
                self.take(field, self._chosen(field, fitting), "name")
                return
        if hits and (field in REQUIRED or field == "order_id"):
            self.take(field, hits[min(hits)][0], "name")

    def _chosen(self, field: str, columns: list[int]) -> int:
        first = columns[0]
        cells = self.view.profile(first).cells
        others = [column for column in columns[1:] if self.view.profile(column).cells != cells]
        if not others or field not in REQUIRED:
            return first
        return self.ask(field, [first, *others])

    def ask(self, field: str, columns: Sequence[int]) -> int:
        """The column a person chooses; an error where there is nobody to ask."""
        names = tuple(self.view.names[column] for column in columns)
        option = f"--map {field}=COLUMN"
        if self.options.ask is not None:
            examples = {self.view.names[c]: tuple(dict.fromkeys(self.view.profile(c).cells))[:3] for c in columns}
            answer = self.options.ask(Question(field, self.view.file, names, examples, option))
            if answer in names:
                return columns[names.index(answer)]
            raise bad_answer(answer, names)
        raise MappingError(
            "ambiguous_column",
            "In {file} more than one column can be {field}: {candidates}.",
            "Pass {option}, for example --map {example}.",
            file=self.view.file,
            field=field,
            candidates=", ".join(names),
            option=option,
            example=f'{field}="{names[0]}"',
        )

    def by_content(self) -> None:
        """Look for the fields still missing in the values; only the columns that no field has yet."""
        columns = [c for c in range(len(self.view.names))[:_MOST_NAMED] if c not in self.columns.values()]
        profiles = {column: self.view.profile(column) for column in columns}
        profiles = {column: profile for column, profile in profiles.items() if profile.cells}
        if "ordered_at" not in self.columns:
            dated = [c for c, p in profiles.items() if p.dates >= 0.9 and not p.serials]
            self._settle("ordered_at", dated, profiles)
        if not {"amount", "order_amount", "unit_price"} & set(self.columns):
            money = [c for c, p in profiles.items() if p.numbers >= 0.9 and not p.labels and p.dates < 0.9]
            exact = [c for c in money if profiles[c].fractions]
            self._settle("amount", exact or money, profiles)
        if "customer_id" not in self.columns:
            labels = [c for c, p in profiles.items() if p.labels and p.dates < 0.9] or [
                c for c, p in profiles.items() if p.cells and p.dates < 0.9 and not p.fractions and not p.small_whole
            ]
            repeated = [c for c in labels if 1 < profiles[c].distinct < len(profiles[c].cells)] or labels
            twins = [c for c in repeated if c == repeated[0] or not one_to_one(profiles[repeated[0]], profiles[c])]
            self._settle("customer_id", twins, profiles)
        if not self.view.has_header and "quantity" not in self.columns:
            whole = [c for c, p in profiles.items() if p.small_whole]
            if len(whole) == 1:
                self.take("quantity", whole[0], "content")

    def _settle(self, field: str, columns: list[int], profiles: dict[int, Profile]) -> None:
        if not columns:
            return
        column = columns[0] if len(columns) == 1 else self.ask(field, columns)
        profiles.pop(column, None)
        self.take(field, column, "content")

    def mapping(self, wanted: Mapping) -> Mapping:
        scope = wanted.amount_scope
        if "order_amount" in self.columns:
            scope = "order"
        elif scope == "auto" and self.layout is not None and self.how.get("amount") == "preset":
            scope = self.layout.amount_scope  # type: ignore[assignment]
        return replace(
            wanted,
            columns={field: self.view.names[column] for field, column in self.columns.items()},
            how=self.how,
            preset=self.layout.preset if self.layout else None,
            amount_scope=scope,
        )

    @property
    def missing(self) -> list[str]:
        has = set(self.columns)
        if "order_amount" in has or {"quantity", "unit_price"} <= has:
            has.add("amount")
        return [field for field in REQUIRED if field not in has]

    @property
    def role(self) -> str:
        """orders, or what a file beside an orders file may be: details of the orders, or customers."""
        has = set(self.columns)
        if not self.missing:
            return "orders"
        if "ordered_at" not in has and "order_id" in has and has & set(_LINE_FIELDS):
            return "details"
        if not has & {"ordered_at", "order_id"} and "customer_id" in has and has & set(ATTRIBUTES):
            return "customers"
        return "unknown"

    def require(self) -> None:
        """Raise MappingError when a required field has no column."""
        if not self.missing:
            return
        candidates = [self._candidates(field) for field in self.missing]
        hints = [f'--map {field}="{names[0]}"' for field, names in zip(self.missing, candidates, strict=True) if names]
        raise MappingError(
            "missing_columns",
            "{file} has no column that can be recognised as {fields}. Its columns are: {columns}.",
            "Say which column it is: {example}.",
            file=self.view.file,
            fields=", ".join(self.missing),
            columns=shown(self.view.names),
            example=" ".join(hints) or " ".join(f"--map {field}=COLUMN" for field in self.missing),
            missing=list(self.missing),
        )

    def _candidates(self, field: str) -> list[str]:
        """Columns whose name or values make them likely."""
        free = [c for c in range(len(self.view.names))[:_MOST_NAMED] if c not in self.columns.values()]
        alike = [c for c in free if nearest(self.view.plain[c], tiers()[field], 1)]
        fitting = [c for c in alike or free if self.view.profile(c).fits(FIELDS[field])]
        return [self.view.names[c] for c in fitting]


def shown(names: Sequence[str]) -> str:
    """The names in one line, shortened when there are many."""
    rest = len(names) - _MOST_SHOWN
    return ", ".join(name[:60] for name in names[:_MOST_SHOWN]) + (f", … (+{rest})" if rest > 0 else "")


def bad_answer(answer: str, choices: Sequence[str]) -> ParameterError:
    return ParameterError(
        "bad_answer",
        "{answer} is none of the choices.",
        "Choose one of: {choices}.",
        answer=repr(answer),
        choices=", ".join(choices),
    )


def unknown_column(column: str, field: str, view: View) -> MappingError:
    return MappingError(
        "unknown_column",
        "{file} has no column named {column}, which was to be {field}.{suggestion}",
        "Its columns are: {columns}.",
        file=view.file,
        column=column,
        field=field,
        suggestion=did_you_mean(column, view.names),
        columns=shown(view.names),
    )


def recognise(view: View, wanted: Mapping, options: IngestOptions, *, strict: bool) -> Recognition:
    """Everything that told, preset and names give; content is the caller's last resort (`Recognition.by_content`)."""
    search = Recognition(view, options)
    search.told(wanted, strict)
    search.by_preset(wanted)
    search.by_name()
    return search
