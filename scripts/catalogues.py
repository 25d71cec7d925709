"""Catalogues of the texts for people.

Without an option it writes the .mo files beside the .po files. ``--check`` says what is missing, empty, uneven or not
compiled, and exits with 1 if anything is. ``--missing`` prints entries to be translated, ready for the .po files.
"""

from __future__ import annotations

import io
import string
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from translatable import ROOT, collect

LOCALE = ROOT / "src" / "regulars" / "locale"
SAME_DATE = datetime(2000, 1, 1, tzinfo=UTC)
CHINESE = LOCALE / "zh_Hans" / "LC_MESSAGES"


def po_files() -> list[Path]:
    return sorted(LOCALE.rglob("*.po"))


def load(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="zh_Hans", domain=path.stem)


def compiled(path: Path) -> bytes:
    """The .mo file that belongs to a .po file; the same bytes every time."""
    catalogue = load(path)
    catalogue.creation_date = catalogue.revision_date = SAME_DATE  # else the hour of compiling is part of the file
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def compile_all() -> list[Path]:
    written = []
    for path in po_files():
        target = path.with_suffix(".mo")
        content = compiled(path)
        if not target.exists() or target.read_bytes() != content:
            target.write_bytes(content)
            written.append(target)
    return written


def placeholders(text: str) -> set[str] | None:
    """Names between braces; None when the text is no format string."""
    try:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def translations(domain: str) -> dict[str, str]:
    path = CHINESE / f"{domain}.po"
    if not path.exists():
        return {}
    return {str(m.id): str(m.string) for m in load(path) if m.id and isinstance(m.id, str) and not m.fuzzy}


def missing() -> dict[str, dict[str, list[str]]]:
    """Domain → message → places, for every message without a Chinese text."""
    gaps: dict[str, dict[str, list[str]]] = {}
    for domain, messages in collect().messages.items():
        have = translations(domain)
        absent = {text: places for text, places in messages.items() if not have.get(text, "").strip()}
        if absent:
            gaps[domain] = absent
    return gaps


def problems() -> list[str]:
    found = [
        f"{domain}: no Chinese text for {text!r} ({places[0]})"
        for domain, absent in missing().items()
        for text, places in absent.items()
    ]
    for path in po_files():
        for text, chinese in translations(path.stem).items():
            if placeholders(text) != placeholders(chinese):
                found.append(f"{path.stem}: placeholders differ in {text!r}: {chinese!r}")
        target = path.with_suffix(".mo")
        if not target.exists() or target.read_bytes() != compiled(path):
            found.append(f"{target.name} is not that of {path.name}: run python scripts/catalogues.py")
    return found


def print_missing() -> None:
    for domain, absent in missing().items():
        catalogue = Catalog(locale="zh_Hans", domain=domain, header_comment=f"# {domain}")
        for text, places in absent.items():
            catalogue.add(text, auto_comments=places[:1])
        out = io.BytesIO()
        write_po(out, catalogue, width=120, omit_header=True)
        print(f"# ---- {domain}.po\n{out.getvalue().decode()}")


def main(arguments: list[str]) -> int:
    match arguments:
        case []:
            for path in compile_all():
                print(path.relative_to(ROOT))
            return 0
        case ["--check"]:
            found = problems()
            print("\n".join(found) or "all texts are translated and compiled")
            return 1 if found else 0
        case ["--missing"]:
            print_missing()
            return 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
