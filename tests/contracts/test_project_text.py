"""Project text speaks of the project alone: no places of one machine, no downloads, nothing left for later."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("src", "tests", "scripts", "docs", "benchmarks", "frontend", "requirements", ".ci")
KINDS = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".js",
    ".css",
    ".html",
    ".jinja",
    ".j2",
    ".po",
    ".sh",
    ".yml",
    ".json",
    "",
}
SKIPPED = {"node_modules", "dist", "vendor", "__pycache__", "vectors"}

MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home|root|Users|mnt|opt/\w+)/|[A-Z]:\\\\?Users|/tmp/bash")
DOWNLOADS = re.compile(r"https?://\S+\.(?:whl|tar\.gz|tgz|zip|exe|deb)\b|--(?:extra-)?index-url|https?://\S*/simple\b")
UNFINISHED = re.compile(
    r"\b(?:" + "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "raise NotImplemented" + "Error")) + r")\b"
)


def project_files():
    for path in sorted(ROOT.iterdir()):
        if path.is_file() and path.suffix in KINDS:
            yield path
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix in KINDS and not SKIPPED & set(path.parts):
                yield path


def findings(pattern, paths):
    return [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()[:100]}"
        for path in paths
        if path.resolve() != Path(__file__).resolve()
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


@pytest.mark.parametrize(
    "pattern", [MACHINE_PATHS, DOWNLOADS, UNFINISHED], ids=["machine paths", "downloads", "unfinished"]
)
def test_text_is_free_of(pattern):
    assert findings(pattern, project_files()) == []


def test_the_patterns_find_what_they_are_for():
    assert MACHINE_PATHS.search("see /ho" + "me/ann/notes")
    assert DOWNLOADS.search("pip install https://example.org/a-1.0-py3-none-any.whl")
    assert UNFINISHED.search("# " + "TO" + "DO later")
    assert not MACHINE_PATHS.search("a/home/page and an/opt/list")


def test_license_is_whole():
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in text and "END OF TERMS AND CONDITIONS" in text


def test_changelog_has_an_unreleased_section():
    assert "## [Unreleased]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
