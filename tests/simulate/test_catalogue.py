"""The Chinese catalogue holds what the simulator says, and nothing that it no longer says."""

from __future__ import annotations

from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import regulars.simulate as package
from regulars.language import LOCALE_DIR


def used_texts() -> set[str]:
    found = extract_from_dir(Path(package.__file__).parent, [("**.py", "python")], keywords={"_": None})
    return {message for _name, _line, message, _comments, _context in found if isinstance(message, str)}


def test_every_text_has_a_chinese_twin_and_no_twin_is_idle() -> None:
    with (LOCALE_DIR / "zh_Hans" / "LC_MESSAGES" / "simulate.po").open("rb") as stream:
        assert used_texts() == {message.id for message in read_po(stream) if message.id}
