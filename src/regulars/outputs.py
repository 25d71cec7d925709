"""The output folder of one analysis: every file of the output reference, complete or absent."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from regulars.analysis import Analysis
from regulars.analyzing import Run, run_analysis
from regulars.errors import LakeError
from regulars.language import Language
from regulars.report.cells import write_csv_table
from regulars.report.html import write_html
from regulars.report.workbook import write_workbook
from regulars.runners.table_file import TableFile
from regulars.staging import NO_ROOM, FolderKind, not_writable, staged

REPORTS = ("report.html", "report.xlsx")
TABLES = ("customers.parquet", "summary.json", "contacts.csv", "spells.parquet", "rejects.csv")
LARGE = ("customers", "spells")
RESULT = FolderKind("summary.json", frozenset((*REPORTS, *TABLES)))


def analyze_to(
    inputs: Sequence[Any],
    run: Run,
    out: Path,
    *,
    lang: Language,
    overwrite: bool = False,
    reports: bool = True,
    keep: Iterable[Path] = (),
) -> Analysis:
    """Analyse and write every file of the output reference into ``out``.

    ``keep`` are further files that the run reads; with ``overwrite`` neither they, the inputs nor the lake may lie in
    ``out``. Raises OutputError when ``out`` cannot be written, or holds something and ``overwrite`` is not given.
    """
    read = (*inputs, *keep, run.lake, run.reading.customers_file)
    needed = [Path(path) for path in read if isinstance(path, str | Path)]
    with staged(out, RESULT, overwrite=overwrite, keep=needed) as folder, _space_errors(out, run.lake):
        customers, spells = TableFile(folder / "customers.parquet"), TableFile(folder / "spells.parquet")
        at_hand = replace(run, work_folder=run.work_folder or folder.parent)  # goes with the working folder
        with customers, spells:
            analysis = run_analysis(inputs, at_hand, customers.write, spells.write)
        analysis = _Stored.of(analysis, folder)
        write_summary(analysis.summary, folder / "summary.json")
        write_csv_table(folder / "rejects.csv", analysis.rejects)
        write_csv_table(folder / "contacts.csv", analysis.contacts)
        if reports:
            _tell(run, 0)
            write_html(analysis, folder / "report.html", lang=lang, title=run.title)
            _tell(run, 1)
            write_workbook(analysis, folder / "report.xlsx", lang=lang, title=run.title)
            _tell(run, 2)
    return _Stored.of(analysis, out)


class _Stored(Analysis):
    """An analysis whose two large tables are read from its folder when somebody asks for them."""

    _folder: Path

    @classmethod
    def of(cls, analysis: Analysis, folder: Path) -> Analysis:
        known: dict[str, Any] = {f.name: vars(analysis).get(f.name) for f in fields(Analysis)}
        stored = cls(**known)
        for name in LARGE:
            if not isinstance(analysis, _Stored) or known[name] is None:
                object.__delattr__(stored, name)
        object.__setattr__(stored, "_folder", folder)
        return stored

    def __getattr__(self, name: str) -> Any:
        if name not in LARGE:
            raise AttributeError(name)
        table = pq.read_table(self._folder / f"{name}.parquet")
        object.__setattr__(self, name, table)
        return table


def _tell(run: Run, done: int) -> None:
    if run.progress is not None:
        run.progress("report", done, 2)


def write_summary(summary: Any, path: Path) -> None:
    """summary.json, indented for people; NaN never appears."""
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


@contextmanager
def _space_errors(out: Path, lake: Path | None) -> Iterator[None]:
    """A full disk said as such, whichever library met it; a kept lake names its own folder."""
    try:
        yield
    except Exception as error:
        if _is_full(error) and not (lake is not None and isinstance(error, LakeError)):
            raise not_writable(out, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))) from error
        raise


def _is_full(error: BaseException | None) -> bool:
    """Whether the error, one it wraps or one it came from is that of a full disk."""
    while error is not None:
        inner = next((a for a in error.args if isinstance(a, OSError)), error)
        if isinstance(inner, OSError) and inner.errno in NO_ROOM:
            return True
        if any(os.strerror(number) in str(error) for number in NO_ROOM):  # from Rust come the words, not the number
            return True
        error = error.__cause__ or error.__context__
    return False
