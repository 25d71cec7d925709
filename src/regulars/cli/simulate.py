"""``regulars simulate``: an invented shop with known truth, or a stream of facts for benchmarks."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from regulars.cli import texts
from regulars.cli.analyze import day_of
from regulars.cli.reader import system_language
from regulars.cli.terminal import StageProgress, print_line
from regulars.errors import OutputError, ParameterError
from regulars.language import Language, translator
from regulars.staging import FolderKind, not_writable, staged, temporary_home, whole_file

SHOP = FolderKind("truth", frozenset(("orders.csv", "orders.xlsx", "customers.csv", "campaigns.csv", "truth")))
ORDERS_A_CUSTOMER = 20
Process = Literal["shop", "bg_nbd", "pareto_nbd", "mbg_cnbd_k"]


def simulate_command(
    out: Annotated[Path, typer.Option("--out", help=texts.SHOP, metavar=texts.FOLDER)],
    customers: Annotated[
        int | None, typer.Option("--customers", min=1, help=texts.SHOP_CUSTOMERS, metavar=texts.NUMBER)
    ] = None,
    months: Annotated[
        int | None, typer.Option("--months", min=1, max=120, help=texts.SHOP_MONTHS, metavar=texts.NUMBER)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help=texts.SEED, metavar=texts.NUMBER)] = 7,
    start: Annotated[str | None, typer.Option("--start", help=texts.START, metavar=texts.DAY)] = None,
    process: Annotated[
        Process, typer.Option("--process", help=texts.PROCESS, metavar="shop|bg_nbd|pareto_nbd|mbg_cnbd_k")
    ] = "shop",
    messy: Annotated[bool, typer.Option("--messy", help=texts.MESSY)] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help=texts.XLSX)] = False,
    orders: Annotated[int | None, typer.Option("--orders", min=1, help=texts.ORDERS, metavar=texts.NUMBER)] = None,
    overwrite: Annotated[bool, typer.Option("--overwrite", help=texts.SHOP_OVERWRITE)] = False,
    lang: Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.HEADERS, metavar="zh|en")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", help=texts.QUIET)] = False,
) -> None:
    """Invent a shop with known truth: orders, customers, campaigns."""
    language = lang or system_language()
    given: dict[str, int | date] = {}
    given |= {"months": months} if months is not None else {}
    given |= {"start": first} if (first := day_of(start)) is not None else {}
    with StageProgress(language, quiet=quiet) as progress, temporary_home():
        if orders is not None:
            if process != "shop" or messy or xlsx:
                raise ParameterError(
                    "simulation_of_facts",
                    "--orders streams bare facts and goes with neither --process nor --messy nor --xlsx.",
                    "Leave --orders out to invent a whole shop.",
                )
            number = customers or max(1, orders // ORDERS_A_CUSTOMER)
            stream_orders(out, overwrite, orders=orders, customers=number, seed=seed, progress=progress, **given)
            told = _facts_told(out, orders, number, language)
        else:
            with staged(out, SHOP, overwrite=overwrite) as folder:
                shop = invent(
                    folder, customers=customers or 20_000, seed=seed, process=process, messy=messy, xlsx=xlsx,
                    lang=language, progress=progress, **given,
                )  # fmt: skip
            told = _shop_told(out, shop, "orders.xlsx" if xlsx else "orders.csv", language)
    for line in told if not quiet else ():
        print_line(line)


def invent(folder: Path, **how: Any) -> Any:
    """`write_shop`, its errors of the disk said as those of any other output."""
    from regulars.simulate import write_shop

    try:
        return write_shop(folder, **how)
    except OutputError as error:
        if isinstance(error.__cause__, OSError):
            raise not_writable(folder, error.__cause__) from error
        raise


def stream_orders(
    out: Path, overwrite: bool, *, orders: int, customers: int, seed: int, progress: StageProgress, **given: Any
) -> None:
    """`write_facts` to a file that is complete or absent."""
    from regulars.simulate import write_facts

    if out.suffix != ".parquet":
        raise OutputError(
            "facts_format", "{out} does not end in .parquet.", "Name a Parquet file: --out facts.parquet", out=out
        )
    if out.is_dir() or (out.exists() and not overwrite):
        raise OutputError(
            "output_exists", "{out} exists already.", "Choose another --out, or add --overwrite.", out=out
        )
    with whole_file(out) as partial:
        write_facts(partial, orders, customers, seed=seed, progress=progress, **given)


def _shop_told(out: Path, shop: Any, file: str, lang: Language) -> list[str]:
    _ = translator("cli", lang)
    rows, people = shop.orders.num_rows, shop.customers.num_rows
    return [
        _("{out}: {rows} order lines, {customers} customers.").format(
            out=out / file, rows=f"{rows:,}", customers=f"{people:,}"
        ),
        _("The truth behind the invented shop lies in {folder}.").format(folder=out / "truth"),
        _("Analyse it: {command}").format(
            command=f"regulars analyze {out / file} --customers {out / 'customers.csv'} --out result"
        ),
    ]


def _facts_told(out: Path, orders: int, customers: int, lang: Language) -> list[str]:
    _ = translator("cli", lang)
    size = f"{os.stat(out).st_size / 1e6:,.1f}"
    return [
        _("{out}: {orders} orders of {customers} customers, {size} MB.").format(
            out=out, orders=f"{orders:,}", customers=f"{customers:,}", size=size
        )
    ]
