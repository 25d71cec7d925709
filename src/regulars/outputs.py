"""The output folder of one analysis: complete or absent, never half.

Everything is written into a folder beside the wanted one and moved there in one step at the end.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from regulars.analysis import Analysis
from regulars.analyzing import Run, run_analysis
from regulars.errors import OutputError
from regulars.language import Language
from regulars.report.cells import write_csv_table
from regulars.report.html import write_html
from regulars.report.workbook import write_workbook
from regulars.runners.table_file import TableFile


def analyze_to(
    inputs: Sequence[Any], run: Run, out: Path, *, lang: Language, overwrite: bool = False, reports: bool = True
) -> Analysis:
    """Analyse and write every file of the output reference into ``out``.

    Raises OutputError when ``out`` cannot be written, or holds something and ``overwrite`` is not given.
    """
    with staged(out, overwrite=overwrite) as folder, _space_errors(out):
        customers, spells = TableFile(folder / "customers.parquet"), TableFile(folder / "spells.parquet")
        with customers, spells:
            analysis = run_analysis(inputs, run, customers.write, spells.write)
        analysis = replace(analysis, customers=customers.read(), spells=spells.read())
        write_summary(analysis.summary, folder / "summary.json")
        write_csv_table(folder / "rejects.csv", analysis.rejects)
        write_csv_table(folder / "contacts.csv", analysis.contacts)
        if reports:
            _tell(run, 0)
            write_html(analysis, folder / "report.html", lang=lang, title=run.title)
            _tell(run, 1)
            write_workbook(analysis, folder / "report.xlsx", lang=lang, title=run.title)
            _tell(run, 2)
    return analysis


def _tell(run: Run, done: int) -> None:
    if run.progress is not None:
        run.progress("report", done, 2)


def write_summary(summary: Any, path: Path) -> None:
    """summary.json, indented for people; NaN never appears."""
    path.write_text(json.dumps(summary, ensure_ascii=False, indent=1, allow_nan=False) + "\n", encoding="utf-8")


@contextmanager
def staged(out: Path, *, overwrite: bool) -> Iterator[Path]:
    """A folder beside ``out`` that takes its place when the block ends well, and vanishes when it does not."""
    check_free(out, overwrite=overwrite)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise _not_writable(out, error) from error
    try:
        yield folder
        folder.chmod(0o755)
        _take_place(folder, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_free(out: Path, *, overwrite: bool) -> None:
    """Refuse early what could not be written at the end."""
    if out.is_file():
        raise OutputError("output_is_file", "{out} is a file, not a folder.", "Choose another --out.", out=out)
    if out.is_dir() and any(out.iterdir()):
        if not overwrite:
            raise OutputError(
                "output_not_empty",
                "The folder {out} is not empty.",
                "Choose another --out, or add --overwrite to replace an earlier result.",
                out=out,
            )
        if not (out / "summary.json").is_file():
            raise OutputError(
                "output_not_a_result",
                "The folder {out} holds something that is not a result of Regulars; it is left alone.",
                "Choose another --out.",
                out=out,
            )


def _take_place(folder: Path, out: Path) -> None:
    """Move the finished folder to its place; an earlier result is set aside first and removed last."""
    try:
        if out.is_dir():
            aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
            os.rename(out, aside / "result")
            os.rename(folder, out)
            shutil.rmtree(aside, ignore_errors=True)
        else:
            os.rename(folder, out)
    except OSError as error:
        raise _not_writable(out, error) from error


@contextmanager
def _space_errors(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise OutputError(
                "disk_full",
                "The disk is full; nothing was written to {out}.",
                "Free some space (the lake of a run goes to the folder for temporary files, TMPDIR) and run again.",
                out=out,
            ) from error
        raise


def _not_writable(out: Path, error: OSError) -> OutputError:
    return OutputError(
        "output_not_writable",
        "{out} cannot be written: {reason}.",
        "Check that the folder exists and that you may write to it.",
        out=out,
        reason=error.strerror or error,
    )
