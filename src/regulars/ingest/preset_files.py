"""Ready layouts of the exports of well-known platforms (presets/*.toml)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from regulars.errors import ParameterError
from regulars.ingest.fields import plain_name, read_data
from regulars.ingest.suggest import did_you_mean

PRESETS = ("shopify", "woocommerce", "taobao", "jd", "youzan", "weidian", "online_retail")


@dataclass(frozen=True)
class Layout:
    """One export of a platform. ``requires`` are columns that tell it (each a tuple of spellings), ``columns`` gives
    for a field the columns to use, the first that exists; ``amount_scope`` says whether amounts are of a row or an
    order."""

    preset: str
    requires: tuple[tuple[str, ...], ...]
    columns: dict[str, tuple[str, ...]]
    amount_scope: str = "auto"
    cancelled: tuple[str, ...] = ()
    unpaid: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    currency: str | None = None

    def fits(self, names: Sequence[str]) -> bool:
        plain = {plain_name(name) for name in names}
        return all(any(plain_name(spelling) in plain for spelling in spellings) for spellings in self.requires)

    def found(self, names: Sequence[str]) -> dict[str, str]:
        """field -> column, for the columns that are there."""
        plain: dict[str, str] = {}
        for name in names:
            plain.setdefault(plain_name(name), name)
        hits = {
            field: next((plain[plain_name(c)] for c in candidates if plain_name(c) in plain), None)
            for field, candidates in self.columns.items()
        }
        return {field: column for field, column in hits.items() if column is not None}


@cache
def layouts(preset: str) -> tuple[Layout, ...]:
    """The layouts of one preset. Raises ParameterError for an unknown name."""
    if preset not in PRESETS:
        raise ParameterError(
            "unknown_preset",
            "There is no preset {name}.{suggestion}",
            "The presets are: {presets}.",
            name=repr(preset),
            suggestion=did_you_mean(preset, PRESETS),
            presets=", ".join(PRESETS),
        )
    return tuple(
        Layout(
            preset,
            tuple(tuple(name.split("|")) for name in entry["requires"]),
            {field: (names,) if isinstance(names, str) else tuple(names) for field, names in entry["columns"].items()},
            entry.get("amount_scope", "auto"),
            tuple(entry.get("cancelled", ())),
            tuple(entry.get("unpaid", ())),
            tuple(entry.get("missing", ())),
            entry.get("currency"),
        )
        for entry in read_data(f"{preset}.toml")["layout"]
    )


def matching_layout(names: Sequence[str], preset: str | None) -> Layout | None:
    """The layout whose telling columns are all there, the one with most of them; None when there is none.

    A preset named by the user is taken even where a telling column is missing: then the layout that finds most columns.
    """
    candidates = [layout for name in ([preset] if preset else PRESETS) for layout in layouts(name)]
    fitting = [layout for layout in candidates if layout.fits(names)]
    if fitting:
        return max(fitting, key=lambda layout: len(layout.requires))
    return max(candidates, key=lambda layout: len(layout.found(names))) if preset else None
