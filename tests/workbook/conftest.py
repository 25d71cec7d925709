"""One sample analysis and its workbook, written once a session."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from regulars.report.workbook import write_workbook
from tests.workbook.sample import Analysis, make_analysis


@pytest.fixture(scope="session")
def sample() -> Analysis:
    return make_analysis(600)


@pytest.fixture(scope="session")
def zh_path(sample: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("zh") / "report.xlsx"
    write_workbook(sample, path, lang="zh")
    return path


@pytest.fixture(scope="session")
def zh_book(zh_path: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(zh_path)
