"""The ``regulars`` command: verbs, errors and exit codes in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from regulars.cli import texts
from regulars.cli.analyze import analyze_command
from regulars.cli.demo import demo_command
from regulars.cli.explain import explain_command
from regulars.cli.failures import TRACE, as_failure, of_usage
from regulars.cli.help import Command, Group
from regulars.cli.lake import lake_app
from regulars.cli.moving import migrate_db_command
from regulars.cli.reader import spoken_language
from regulars.cli.serve import manage_command, serve_command, worker_command
from regulars.cli.simulate import simulate_command
from regulars.cli.stopping import told_to_stop
from regulars.cli.terminal import json_line, print_error
from regulars.errors import RegularsError
from regulars.version import VERSION

app = typer.Typer(
    name="regulars", cls=Group, no_args_is_help=True, add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False, help=texts.APP, context_settings={"help_option_names": ["-h", "--help"]},
)  # fmt: skip
app.command("analyze", cls=Command, help=texts.ANALYZE)(analyze_command)
app.command("explain", cls=Command, help=texts.EXPLAIN)(explain_command)
app.command("simulate", cls=Command, help=texts.SIMULATE)(simulate_command)
app.command("demo", cls=Command, help=texts.DEMO)(demo_command)
app.command("serve", cls=Command, help=texts.SERVE)(serve_command)
app.command("migrate-db", cls=Command, help=texts.MIGRATE_DB)(migrate_db_command)
app.command("worker", cls=Command, help=texts.WORKER)(worker_command)
app.command(
    "manage", cls=Command, help=texts.MANAGE,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "allow_interspersed_args": False},
)(manage_command)  # fmt: skip
app.add_typer(lake_app, name="lake", cls=Group, help=texts.LAKE)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"regulars {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help=texts.VERSION)] = False,
) -> None:
    pass


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; errors become sentences, never a traceback."""
    try:
        code = _invoked(arguments)
        sys.stdout.flush()
        return code
    except (KeyboardInterrupt, EOFError, typer.Abort):
        return told_to_stop(list(arguments))
    except BrokenPipeError:
        _close_output()
        return 0
    except typer.TyperException as error:
        return _told_of_usage(error, arguments)
    except Exception as error:
        if os.environ.get(TRACE) == "1":
            raise
        return _told(as_failure(error), arguments)


def _invoked(arguments: Sequence[str]) -> int:
    command = typer.main.get_command(app)
    try:
        with command.make_context("regulars", list(arguments)) as context:
            command.invoke(context)
    except typer.Exit as end:
        return int(end.exit_code)
    return 0


def _told_of_usage(error: Any, arguments: Sequence[str]) -> int:
    if type(error).__name__ == "NoArgsIsHelpError":
        typer.echo(error.format_message(), err=True)
        return int(error.exit_code)
    return _told(of_usage(error), arguments)


def _told(error: RegularsError, arguments: Sequence[str]) -> int:
    """Say what is wrong: to people on standard error, to machines as JSON on standard output."""
    lang = spoken_language(arguments)
    try:
        if "--json" in arguments:
            message, hint = error.localized(lang)
            typer.echo(json_line({"code": error.code, "message": message, "hint": hint}))
        else:
            print_error(error, lang)
        sys.stdout.flush()
    except OSError:  # nowhere left to say it; the exit code stands
        _close_output()
    return error.exit_code


def open_streams() -> None:
    """Standard output and error that can take any text, wherever they lead."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif hasattr(stream, "reconfigure"):  # a C locale must not make 中文 unprintable
            stream.reconfigure(encoding="utf-8", errors="replace")


def _close_output() -> None:
    """Point standard output nowhere: what is still waiting in it must not fail once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
