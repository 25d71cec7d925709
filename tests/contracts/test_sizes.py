"""No module grows beyond what one reading takes in."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 400
BUILT = {"node_modules", "dist", "vendor", ".venv", "build", "migrations"}


def modules():
    folders = {"src": "*.py", "tests": "*.py", "scripts": "*.py", "benchmarks": "*.py", "frontend": "*.js"}
    for folder, pattern in folders.items():
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not BUILT & set(path.relative_to(ROOT).parts):
                yield path


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_module_is_at_most_400_lines(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines: divide it by concept"


def test_names_say_the_concept():
    vague = {"utils", "util", "helpers", "helper", "common", "base", "manager", "managers", "misc"}
    found = [p.relative_to(ROOT).as_posix() for p in modules() if p.stem in vague or p.parent.name in vague]
    assert found == []
