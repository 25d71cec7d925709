"""``regulars lake``: look after a kept lake of orders."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from regulars.cli import texts
from regulars.cli.help import Command, Group
from regulars.cli.reader import system_language
from regulars.cli.storing import storage_options
from regulars.cli.terminal import StageProgress, json_line, print_error, print_line
from regulars.errors import LakeError, OutputError
from regulars.language import Language, translator
from regulars.staging import whole_file

if TYPE_CHECKING:
    from regulars.lake import Lake, Snapshot, VerifyReport, Version

EPOCH = date(1970, 1, 1)
KINDS = {
    "create": "created",
    "load": "load",
    "bulk": "bulk load",
    "compact": "compacted",
    "identity": "customers joined",
    "withdraw": "load taken back",
    "migrate": "newer format",
}

lake_app = typer.Typer(cls=Group, no_args_is_help=True, rich_markup_mode=None)
Folder = Annotated[str, typer.Argument(help=texts.LAKE_FOLDER, metavar=texts.FOLDER)]
Options = Annotated[list[str] | None, typer.Option("--storage-option", help=texts.LAKE_OPTION, metavar=texts.OPTION)]
AsJson = Annotated[bool, typer.Option("--json", help=texts.AS_JSON)]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE, metavar="zh|en")]


def _open(folder: str, options: list[str] | None) -> Lake:
    from regulars.lake import Lake

    return Lake.open(folder, storage_options=storage_options(options))


@lake_app.command("info", cls=Command, help=texts.INFO)
def info(folder: Folder, options: Options = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """What is in a lake, and how it came there."""
    lake = _open(folder, options)
    snapshot, versions = lake.snapshot(), lake.versions()
    facts = _facts(snapshot)
    if as_json:
        typer.echo(json_line({**facts, "versions": [_plain(version) for version in versions]}))
        return
    _ = translator("cli", lang or system_language())
    text = _("{orders} orders of {customers} customers, {first} to {last}; {mb} MB in {files} files.")
    print_line(
        text.format(
            orders=f"{facts['orders']:,}",
            customers=f"{facts['customers']:,}",
            first=facts["first_day"] or "–",
            last=facts["last_day"] or "–",
            mb=f"{facts['bytes'] / 1e6:,.1f}",
            files=f"{facts['files']:,}",
        )
    )
    print_line(
        _("Time zone {zone}, currency {currency}, {buckets} buckets.").format(
            zone=facts["timezone"], currency=facts["currency"] or "–", buckets=facts["buckets"]
        )
    )
    Console(highlight=False).print(_history(versions, lang or system_language()))


@lake_app.command("versions", cls=Command, help=texts.VERSIONS)
def versions_(folder: Folder, options: Options = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Every version of a lake."""
    versions = _open(folder, options).versions()
    if as_json:
        typer.echo(json_line({"versions": [_plain(version) for version in versions]}))
        return
    Console(highlight=False).print(_history(versions, lang or system_language()))


def _facts(snapshot: Snapshot) -> dict[str, Any]:
    files = [file for group in snapshot.files.values() for file in group]
    days = [file for file in snapshot.all_files("orders") if "day" in file.minimum]
    return {
        "version": snapshot.version,
        "orders": snapshot.totals.orders,
        "customers": snapshot.n_customers,
        "first_day": _iso(min((file.minimum["day"] for file in days), default=None)),
        "last_day": _iso(max((file.maximum["day"] for file in days), default=None)),
        "timezone": snapshot.timezone,
        "currency": snapshot.currency,
        "buckets": snapshot.buckets,
        "files": len(files),
        "bytes": sum(file.size for file in files),
    }


def _iso(day: int | None) -> str | None:
    return None if day is None else (EPOCH + timedelta(days=day)).isoformat()


def _plain(version: Version) -> dict[str, Any]:
    report = version.report
    return {
        "version": version.version,
        "at": version.at.isoformat(),
        "kind": version.kind,
        "orders": version.totals.orders,
        "customers": version.customers,
        "source": report.source if report else None,
        "new": report.new if report else None,
        "replaced": report.replaced if report else None,
    }


def _history(versions: Iterable[Version], lang: Language) -> Table:
    _ = translator("cli", lang)
    table = Table(box=None, padding=(0, 2, 0, 0))
    for title, side in (
        (_("version"), "right"), (_("time (UTC)"), "left"), (_("what"), "left"), (_("source"), "left"),
        (_("orders"), "right"), (_("customers"), "right"), (_("new"), "right"), (_("replaced"), "right"),
    ):  # fmt: skip
        table.add_column(title, justify=side)  # type: ignore[arg-type]
    for version in versions:
        report = version.report
        table.add_row(
            str(version.version), f"{version.at:%Y-%m-%d %H:%M:%S}", _(KINDS[version.kind]),
            report.source if report else "", f"{version.totals.orders:,}", f"{version.customers:,}",
            f"{report.new:,}" if report else "", f"{report.replaced:,}" if report else "",
        )  # fmt: skip
    return table


@lake_app.command("verify", cls=Command, help=texts.VERIFY)
def verify(folder: Folder, options: Options = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Read everything again: checksums, counts, sums, keys."""
    language = lang or system_language()
    _ = translator("cli", language)
    with StageProgress(language, quiet=as_json) as progress:
        report = _open(folder, options).verify(progress=progress)
    if as_json:
        typer.echo(json_line(_verified(report, language)))
    else:
        for problem in report.problems:
            print_error(problem, language)
    if not report.sound:
        raise typer.Exit(LakeError.exit_code)
    if as_json:
        return
    print_line(
        _("The lake is whole: {files} files, {orders} orders, version {version}.").format(
            files=f"{report.files:,}", orders=f"{report.totals.orders:,}", version=report.version
        )
    )
    text = _(
        "Rows of {loads} loads: {rows} = {used_rows} used + {rejected_rows} rejected + {dropped_rows} dropped + "
        "{skipped_rows} skipped."
    )
    print_line(text.format(**{name: f"{count:,}" for name, count in report.rows.items()}))


def _verified(report: VerifyReport, language: Language) -> dict[str, Any]:
    return {
        "sound": report.sound,
        "version": report.version,
        "files": report.files,
        "bytes": report.bytes,
        "orders": report.totals.orders,
        **report.rows,
        "problems": [{"code": p.code, "message": p.localized(language)[0]} for p in report.problems],
    }


@lake_app.command("compact", cls=Command, help=texts.COMPACT)
def compact(folder: Folder, options: Options = None, as_json: AsJson = False, lang: Lang = None) -> None:
    """Fold small files into large ones."""
    language = lang or system_language()
    _ = translator("cli", language)
    with StageProgress(language, quiet=as_json) as progress:
        lake = _open(folder, options)
        before = lake.snapshot().version
        after = lake.compact(progress=progress)
    if as_json:
        typer.echo(json_line({"version": after, "folded": after > before}))
        return
    text = (
        _("Nothing to fold; the lake is at version {version}.") if after == before else _("Folded: version {version}.")
    )
    print_line(text.format(version=after))


@lake_app.command("export", cls=Command, help=texts.EXPORT)
def export(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", help=texts.EXPORT_OUT, metavar=texts.FILE)],
    version: Annotated[
        int | None, typer.Option("--version", min=0, help=texts.EXPORT_VERSION, metavar=texts.NUMBER)
    ] = None,
    options: Options = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Write the orders to a Parquet or CSV file."""
    language = lang or system_language()
    _ = translator("cli", language)
    if out.suffix not in (".parquet", ".csv"):
        raise OutputError(
            "export_format", "{out} ends neither in .parquet nor in .csv.", "Choose one of the two endings.", out=out
        )
    if out.exists():
        raise OutputError("export_exists", "{out} exists already.", "Choose another --out.", out=out)
    snapshot = _open(folder, options).snapshot(version)
    with StageProgress(language, quiet=as_json) as progress, whole_file(out) as partial:
        _write_orders(snapshot, partial, progress)
    if as_json:
        typer.echo(json_line({"orders": snapshot.totals.orders, "version": snapshot.version, "out": str(out)}))
        return
    text = _("{orders} orders of version {version}: {out}")
    print_line(text.format(orders=f"{snapshot.totals.orders:,}", version=snapshot.version, out=out))


def _write_orders(snapshot: Snapshot, path: Path, progress: StageProgress) -> None:
    import pyarrow.parquet as pq

    from regulars.lake.export import ORDERS, export_orders
    from regulars.report.cells import write_csv

    def batches() -> Iterator[Any]:
        done = 0
        for batch in export_orders(snapshot):
            yield batch
            done += batch.num_rows
            progress("export", done, snapshot.totals.orders)

    if path.suffix == ".csv":
        rows = (row for b in batches() for row in zip(*(column.to_pylist() for column in b.columns), strict=True))
        write_csv(path, ORDERS.names, rows)
        return
    with pq.ParquetWriter(path, ORDERS, compression="zstd") as file:
        for batch in batches():
            file.write_batch(batch)


@lake_app.command("vacuum", cls=Command, help=texts.VACUUM)
def vacuum(
    folder: Folder,
    days: Annotated[int, typer.Option("--days", min=0, max=36_500, help=texts.DAYS, metavar=texts.NUMBER)] = 30,
    keep: Annotated[list[int] | None, typer.Option("--keep", min=0, help=texts.KEEP, metavar=texts.NUMBER)] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=texts.DRY_RUN)] = False,
    options: Options = None,
    as_json: AsJson = False,
    lang: Lang = None,
) -> None:
    """Delete files that no kept version needs."""
    language = lang or system_language()
    _ = translator("cli", language)
    with StageProgress(language, quiet=as_json) as progress:
        lake = _open(folder, options)
        report = lake.vacuum(timedelta(days=days), pinned=keep or (), dry_run=dry_run, progress=progress)
    if as_json:
        kept = {"kept": list(report.kept), "files": len(report.files), "bytes": report.bytes, "dry_run": dry_run}
        typer.echo(json_line(kept))
        return
    text = _("{files} files ({mb} MB) would go.") if dry_run else _("{files} files ({mb} MB) are gone.")
    print_line(text.format(files=f"{len(report.files):,}", mb=f"{report.bytes / 1e6:,.1f}"))
