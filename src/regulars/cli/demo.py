"""``regulars demo``: an invented shop, analysed, with word of where to look."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from regulars.cli import texts
from regulars.cli.reader import system_language
from regulars.cli.simulate import SHOP, invent
from regulars.cli.terminal import StageProgress
from regulars.language import Language, translator
from regulars.staging import FolderKind, check_free, staged, temporary_home

DEMO = FolderKind("shop", frozenset(("shop", "result")))
AFTER_ALL = date(2100, 1, 1)  # the invented orders may lie ahead of the clock


def demo_command(
    out: Annotated[Path, typer.Option("--out", help=texts.DEMO_OUT, metavar=texts.FOLDER)] = Path("demo"),
    customers: Annotated[
        int, typer.Option("--customers", min=10, max=1_000_000, help=texts.DEMO_CUSTOMERS, metavar=texts.NUMBER)
    ] = 20_000,
    months: Annotated[int, typer.Option("--months", min=1, max=120, help=texts.DEMO_MONTHS, metavar=texts.NUMBER)] = 24,
    seed: Annotated[int, typer.Option("--seed", min=0, help=texts.SEED, metavar=texts.NUMBER)] = 7,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE, metavar="zh|en")] = None,
    files: Annotated[bool, typer.Option("--files", help=texts.DEMO_FILES)] = False,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help=texts.PORT, metavar=texts.NUMBER)] = 8000,
) -> None:
    """Invent a shop, and show it in the browser or as files."""
    language = lang or system_language()
    if files:
        demo_files(out, customers=customers, months=months, seed=seed, language=language)
        return
    from regulars.cli.web_demo import demo_in_browser

    demo_in_browser(out, port=port, customers=customers, months=months, seed=seed, language=language)


def demo_files(out: Path, *, customers: int, months: int, seed: int, language: Language) -> None:
    """Invent a shop, analyse it and say where the report is."""
    from regulars.analyzing import Run
    from regulars.cli.closing import print_closing
    from regulars.engine.parameters import Parameters
    from regulars.ingest import IngestOptions
    from regulars.outputs import RESULT, analyze_to

    _ = translator("cli", language)
    began = time.monotonic()
    for folder, kind in ((out / "shop", SHOP), (out / "result", RESULT)):
        check_free(folder, kind, overwrite=True)
    with StageProgress(language) as progress, temporary_home(), staged(out, DEMO, overwrite=True) as folder:
        shop = folder / "shop"
        invent(shop, customers=customers, months=months, seed=seed, lang=language, progress=progress)
        reading = IngestOptions(customers_file=shop / "customers.csv", currency="CNY", lang=language, today=AFTER_ALL)
        run = Run(Parameters(), reading, title=_("Qinghe Tea (invented)"), progress=progress)
        analysis = analyze_to([shop / "orders.csv"], run, folder / "result", lang=language)
    console = Console(highlight=False)
    result = out / "result"
    print_closing(analysis, result, language, console, files=False)
    console.print(Text(_("Done in {n} s. Open this file in a browser:").format(n=round(time.monotonic() - began))))
    console.print(Text(str((result / "report.html").resolve()), style="bold"), soft_wrap=True)
    truth = _("The truth behind the invented shop lies in {folder}.").format(folder=out / "shop" / "truth")
    console.print(Text(truth, style="dim"), soft_wrap=True)
