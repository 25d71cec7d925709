"""``regulars demo``: an invented shop, analysed, with word of where to look."""

from __future__ import annotations

import shutil
import time
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.text import Text

from regulars.cli import texts
from regulars.cli.explain import system_language
from regulars.cli.terminal import StageProgress
from regulars.language import translator


def demo_command(
    out: Annotated[Path, typer.Option("--out", help=texts.OUT)] = Path("demo"),
    customers: Annotated[int, typer.Option("--customers", min=10, max=1_000_000)] = 20_000,
    months: Annotated[int, typer.Option("--months", min=1, max=120)] = 24,
    seed: Annotated[int, typer.Option("--seed")] = 7,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE)] = None,
) -> None:
    """Invent a shop, analyse it and say where to look."""
    from regulars.analyzing import Run
    from regulars.cli.closing import print_closing
    from regulars.engine.parameters import Parameters
    from regulars.ingest import IngestOptions
    from regulars.outputs import analyze_to
    from regulars.simulate import write_shop

    language = lang or system_language()
    _ = translator("cli", language)
    console = Console(highlight=False)
    began = time.monotonic()
    shop, result = out / "shop", out / "result"
    with StageProgress(language) as progress:
        if shop.exists():
            shutil.rmtree(shop)
        write_shop(shop, customers=customers, months=months, seed=seed)
        reading = IngestOptions(customers_file=shop / "customers.csv", lang=language, today=date(2100, 1, 1))
        run = Run(Parameters(), reading, title=_("Qinghe Tea (invented)"), progress=progress)
        analysis = analyze_to([shop / "orders.csv"], run, result, lang=language, overwrite=True)
    print_closing(analysis, result, language, console)
    seconds = round(time.monotonic() - began)
    console.print()
    console.print(Text(_("Done in {n} s. Open this file in a browser:").format(n=seconds)))
    console.print(Text(str((result / "report.html").resolve()), style="bold"))
    console.print(
        Text(_("The truth behind the invented shop lies in {folder}.").format(folder=shop / "truth"), style="dim")
    )
