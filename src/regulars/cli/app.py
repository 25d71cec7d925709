"""The ``regulars`` command: verbs, errors and exit codes in one place."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from regulars.cli import texts
from regulars.cli.analyze import analyze_command
from regulars.cli.demo import demo_command
from regulars.cli.explain import explain_command, system_language
from regulars.cli.lake import lake_app
from regulars.cli.simulate import simulate_command
from regulars.cli.terminal import print_error
from regulars.errors import RegularsError
from regulars.version import VERSION

INTERRUPTED = 130

app = typer.Typer(
    name="regulars", no_args_is_help=True, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False,
    help=texts.APP, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
app.command("analyze", help=texts.ANALYZE)(analyze_command)
app.command("simulate", help=texts.SIMULATE)(simulate_command)
app.command("explain", help=texts.EXPLAIN)(explain_command)
app.command("demo", help=texts.DEMO)(demo_command)
app.add_typer(lake_app, name="lake", help=texts.LAKE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"regulars {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help=texts.VERSION)] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line; errors of Regulars become two sentences and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a C locale must not make 中文 unprintable
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except RegularsError as error:
        print_error(error, system_language())
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
