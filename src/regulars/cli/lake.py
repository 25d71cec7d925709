"""``regulars lake``: look after a kept lake of facts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from regulars.cli.explain import system_language
from regulars.cli.terminal import print_error
from regulars.errors import LakeError, OutputError
from regulars.language import translator

_ = translator("cli", system_language())
lake_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
Folder = Annotated[Path, typer.Argument(help=_("Folder of the lake."))]


@lake_app.command("info", help=_("Versions, loads and totals of a lake."))
def info(folder: Folder) -> None:
    """Versions, loads and totals of a lake."""
    from regulars.lake import Lake

    table = Table(box=None, padding=(0, 2, 0, 0))
    for title in (_("version"), _("time (UTC)"), _("what"), _("orders"), _("customers"), _("new"), _("replaced")):
        table.add_column(title, justify="left" if title in (_("time (UTC)"), _("what")) else "right")
    for version in Lake.open(folder).versions():
        report = version.report
        table.add_row(
            str(version.version), f"{version.at:%Y-%m-%d %H:%M:%S}", version.kind, f"{version.totals.orders:,}",
            f"{version.customers:,}", f"{report.new:,}" if report else "", f"{report.replaced:,}" if report else "",
        )  # fmt: skip
    Console(highlight=False).print(table)


@lake_app.command("verify", help=_("Read everything again: checksums, counts, sums, keys."))
def verify(folder: Folder) -> None:
    """Read everything again: checksums, counts, sums, keys."""
    from regulars.cli.terminal import StageProgress
    from regulars.lake import Lake

    with StageProgress(system_language()) as progress:
        report = Lake.open(folder).verify(progress=progress)
    for problem in report.problems:
        print_error(problem, system_language())
    if not report.sound:
        raise typer.Exit(LakeError.exit_code)
    typer.echo(
        _("The lake is whole: {files} files, {orders} orders.").format(files=report.files, orders=report.totals.orders)
    )


@lake_app.command("compact", help=_("Fold small files into large ones."))
def compact(folder: Folder) -> None:
    """Fold small files into large ones."""
    from regulars.lake import Lake

    typer.echo(_("The lake is at version {version}.").format(version=Lake.open(folder).compact()))


@lake_app.command("export", help=_("Write the orders to a Parquet or CSV file."))
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help=_("File to write; its ending, .parquet or .csv, decides."))],
    version: Annotated[int | None, typer.Option("--version", help=_("An earlier version."))] = None,
) -> None:
    """Write the orders to a Parquet or CSV file."""
    import pyarrow as pa

    from regulars.lake import Lake
    from regulars.lake.export import ORDERS, export_orders
    from regulars.report.cells import write_csv_table
    from regulars.runners.table_file import TableFile

    if out.suffix not in (".parquet", ".csv"):
        raise OutputError(
            "export_format", "{out} ends neither in .parquet nor in .csv.", "Choose one of the two endings.", out=out
        )
    if out.exists():
        raise OutputError("output_exists", "{out} exists already.", "Choose another --out.", out=out)
    snapshot = Lake.open(folder).snapshot(version)
    partial = out.with_name(f".{out.name}.part")
    if out.suffix == ".csv":
        write_csv_table(partial, pa.Table.from_batches(export_orders(snapshot), ORDERS))
    else:
        with TableFile(partial) as table:
            for batch in export_orders(snapshot):
                table.write(batch)
    partial.rename(out)
    typer.echo(
        _("{orders} orders of version {version}: {out}").format(
            orders=snapshot.totals.orders, version=snapshot.version, out=out
        )
    )


@lake_app.command("vacuum", help=_("Delete files that no kept version needs."))
def vacuum(
    folder: Folder,
    days: Annotated[int, typer.Option("--days", min=0, help=_("Versions of the last days stay readable."))] = 30,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would be deleted."))] = False,
) -> None:
    """Delete files that no kept version needs."""
    from datetime import timedelta

    from regulars.lake import Lake

    report = Lake.open(folder).vacuum(timedelta(days=days), dry_run=dry_run)
    template = _("{files} files ({mb} MB) would go.") if dry_run else _("{files} files ({mb} MB) are gone.")
    typer.echo(template.format(files=len(report.files), mb=round(report.bytes / 1e6, 1)))
