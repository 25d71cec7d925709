"""``regulars demo`` in the browser: an invented shop, imported, analysed and served."""

from __future__ import annotations

import os
import secrets
import time
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from regulars.cli.serve import HOST, address_of, close_database
from regulars.cli.simulate import SHOP, invent
from regulars.cli.terminal import StageProgress
from regulars.language import Language, translator
from regulars.staging import staged, temporary_home

EMAIL = "demo@regulars.invalid"
SIGN_IN = "sign-in.txt"  # in the data folder, for its owner alone: a second start prints it again


def demo_in_browser(out: Path, *, port: int, customers: int, months: int, seed: int, language: Language) -> None:
    """Serve the demo that lies in ``out``, made first when there is none."""
    from regulars.config.processes import Tree, listen

    began = time.monotonic()
    data = (out / "data").absolute()
    os.environ.update(REGULARS_DATA=str(data), REGULARS_LANGUAGE=language)
    os.environ.setdefault("REGULARS_NAME", translator("cli", language)("Qinghe Tea (invented)"))
    listening = listen(HOST, port)
    from regulars.config.installing import configure, install

    configure()
    install()
    with StageProgress(language) as progress, temporary_home():
        password = _made(data, out, customers, months, seed, language, progress)
    close_database()
    Tree(listening).run(lambda: _tell(language, port, password, time.monotonic() - began))


def _made(
    data: Path, out: Path, customers: int, months: int, seed: int, language: Language, progress: StageProgress
) -> str:
    """Shop, sign-in, import and run, each unless it is there; gives the password."""
    from regulars.crm.accounts import services
    from regulars.crm.accounts.models import User
    from regulars.crm.insights import demo, metrics, runs
    from regulars.crm.insights.models import ImportBatch

    note = data / SIGN_IN
    if services.is_fresh():
        password = f"tea-{secrets.token_hex(4)}"
        note.touch(0o600)
        note.write_text(password, encoding="utf-8")
        _ = translator("cli", language)
        services.register_first_owner(email=EMAIL, name=_("Lin"), password=password, language=language)
    password = note.read_text(encoding="utf-8") if note.exists() else "…"
    owner = User.objects.filter(email=EMAIL).first()
    if owner is None or ImportBatch.objects.filter(state=ImportBatch.State.DONE).exists():
        return password
    if not ImportBatch.objects.exists() and metrics.current() is None:
        shop = _shop(out, customers, months, seed, language, progress)
        demo.take_in(owner, shop, language, progress)
        runs.start(owner)
    return password


def _shop(out: Path, customers: int, months: int, seed: int, language: Language, progress: Any) -> Path:
    """The files of the shop; its last day is that of the last full month."""
    today = date.today()
    first = today.year * 12 + today.month - 1 - months  # months counted from year 0
    start = date(first // 12, first % 12 + 1, 1)
    with staged(out / "shop", SHOP, overwrite=True) as folder:
        invent(folder, customers=customers, months=months, seed=seed, start=start, lang=language, progress=progress)
    return out / "shop"


def _tell(language: Language, port: int, password: str, seconds: float) -> None:
    _ = translator("cli", language)
    console = Console(highlight=False)
    console.print(Text(_("Ready after {n} s. Open this address in a browser:").format(n=round(seconds))))
    console.print(Text(address_of(port), style="bold"))
    console.print(Text(_("Sign in as {email} with {password}").format(email=EMAIL, password=password)))
    console.print(Text(_("Ctrl-C ends it; the same command goes on from here."), style="dim"))
