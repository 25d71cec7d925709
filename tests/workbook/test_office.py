"""LibreOffice opens the workbook, and what it prints has every sheet and nothing cut."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = [pytest.mark.office, pytest.mark.slow]


@pytest.fixture(scope="module")
def pages(zh_path: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The text of every printed page."""
    for program, package in (("soffice", "libreoffice-calc"), ("pdftotext", "poppler-utils")):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed (Debian package {package})")
    folder = tmp_path_factory.mktemp("pdf")
    command = ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
               "--convert-to", "pdf", "--outdir", str(folder), str(zh_path)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    text = subprocess.run(["pdftotext", "-layout", str(folder / "report.pdf"), "-"], check=True, capture_output=True)
    return text.stdout.decode().split("\f")


def test_every_sheet_is_printed(pages: list[str]) -> None:
    whole = "\n".join(pages)
    for title in (
        "青禾茶铺的客户",
        "各月的保持与流失",
        "按贡献的 ABC 分类",
        "客户象限与迁移",
        "两种生命周期看法",
        "今后 12 个月预计带来",
        "参数与口径",
    ):
        assert title in whole


def test_charts_are_printed_with_their_titles(pages: list[str]) -> None:
    whole = "\n".join(pages)
    for title in (
        "帕累托图：利润占比",
        "谁来了，谁走了",
        "绝对流失率及其",
        "八组的客户占比与利润占比",
        "预测价值的集中度",
    ):
        assert title in whole


def test_no_number_is_too_wide_for_its_column(pages: list[str]) -> None:
    assert not [page for page in pages if "###" in page]


def test_nothing_is_an_error_value(pages: list[str]) -> None:
    assert not [page for page in pages if "#REF!" in page or "#NAME?" in page or "Err:" in page]
