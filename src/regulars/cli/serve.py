"""``regulars serve``, ``worker`` and ``manage``: the web application as one process tree. Django is loaded here."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from regulars.cli import texts
from regulars.cli.reader import system_language
from regulars.cli.terminal import print_line
from regulars.language import Language, translator

PORT = 8000
HOST = "127.0.0.1"
Port = Annotated[int, typer.Option("--port", min=1, max=65535, help=texts.PORT, metavar=texts.NUMBER)]
Data = Annotated[Path | None, typer.Option("--data", help=texts.DATA, metavar=texts.FOLDER)]
Lang = Annotated[Literal["zh", "en"] | None, typer.Option("--lang", help=texts.LANGUAGE, metavar="zh|en")]


def serve_command(
    port: Port = PORT,
    host: Annotated[str, typer.Option("--host", help=texts.HOST, metavar=texts.NAME)] = HOST,
    data: Data = None,
    production: Annotated[bool, typer.Option("--production", help=texts.PRODUCTION)] = False,
    lang: Lang = None,
) -> None:
    """Serve the web application: web, worker and scheduler."""
    language: Language = lang or system_language()
    chosen(data, production=production)
    _ = translator("cli", language)

    def ready() -> None:
        print_line(_("Regulars is ready: {address}").format(address=address_of(port)))
        code = setup_code()
        if code:
            print_line(_("Open it to make the first account, that of the administrator."))
            print_line(_("From another machine it asks for this set-up code: {code}").format(code=code))
        print_line(_("Ctrl-C ends it."))

    serve(host, port, ready)


def worker_command(
    data: Data = None, production: Annotated[bool, typer.Option("--production", help=texts.PRODUCTION)] = False
) -> None:
    """Work off jobs, without the web."""
    chosen(data, production=production)
    from regulars.cli.stopping import heed_no_more
    from regulars.config.installing import configure, install
    from regulars.config.worker_process import main

    configure()
    install()
    heed_no_more()
    main()


def manage_command(
    context: typer.Context,
    data: Data = None,
    production: Annotated[bool, typer.Option("--production", help=texts.PRODUCTION)] = False,
) -> None:
    """Commands of Django for those who look after an installation."""
    chosen(data, production=production)
    from regulars.config.installing import configure

    configure()
    from django.core.management import ManagementUtility

    ManagementUtility(["regulars manage", *context.args]).execute()


def chosen(data: Path | None, *, production: bool) -> None:
    """Put what the command line says where the settings are read from."""
    if data is not None:
        os.environ["REGULARS_DATA"] = str(data.absolute())
    if production:
        os.environ["REGULARS_PRODUCTION"] = "1"


def serve(host: str, port: int, ready: Any) -> None:
    """Make the installation ready and serve it until told to end."""
    from regulars.config.installing import configure, install
    from regulars.config.processes import Tree, listen

    listening = listen(host, port)
    configure()
    install()
    close_database()
    sys.stdout.flush()
    Tree(listening).run(ready)


def setup_code() -> str:
    """The code that the first page asks for when it is opened from elsewhere; empty once there is an owner."""
    from regulars.crm.accounts import services, setup_code

    fresh = services.is_fresh()
    close_database()
    return setup_code.code() if fresh else ""


def close_database() -> None:
    from django.db import connections

    connections.close_all()


def address_of(port: int) -> str:
    return f"http://localhost:{port}"
