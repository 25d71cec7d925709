"""The result of one analysis: tables, figures, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from regulars.engine.definitions import find
from regulars.language import Language

if TYPE_CHECKING:
    import pandas
    import polars


@dataclass(frozen=True)
class Plot:
    """One figure of the report: shows itself in a notebook; ``save`` writes it as a page that needs no network."""

    key: str
    html: str = field(repr=False)

    def save(self, path: str | Path) -> None:
        Path(path).write_text(self.html, encoding="utf-8")

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:460px;border:0"></iframe>'


@dataclass(frozen=True)
class Analysis:
    """What ``analyze`` returns.

    ``summary`` holds every population figure under the names of the output reference (summary.json); ``customers``,
    ``spells``, ``contacts`` and ``rejects`` are Arrow tables. ``mapping`` says which column was read as what.
    """

    summary: Mapping[str, Any] = field(repr=False)
    customers: pa.Table = field(repr=False)
    spells: pa.Table = field(repr=False)
    contacts: pa.Table = field(repr=False)
    rejects: pa.Table = field(repr=False)
    mapping: Any = field(default=None, repr=False)
    notes: tuple[Any, ...] = field(default=(), repr=False)

    def to_pandas(self) -> pandas.DataFrame:
        """The customers table as a pandas DataFrame (pandas must be installed)."""
        return self.customers.to_pandas()

    def to_polars(self) -> polars.DataFrame:
        """The customers table as a Polars DataFrame (Polars must be installed)."""
        import polars

        return polars.from_arrow(self.customers)

    def explain(self, term: str, lang: Language = "en") -> str:
        """What a figure means, with its formula, parameters and source: ``explain("abc")``."""
        return find(term).text(lang)

    def plot(self, key: str, lang: Language = "en") -> Plot:
        """A figure of the report by its key: ``plot("bridge")``, ``plot("abc")``; a wrong key names all there are."""
        from regulars.report.html import render_figure

        return Plot(key, render_figure(self, key, lang=lang))

    def __repr__(self) -> str:
        s = self.summary
        return f"<Analysis as of {s['as_of']}: {s['customers']['total']} customers, {s['input']['orders']} orders>"
