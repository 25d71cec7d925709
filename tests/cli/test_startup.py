"""The command line starts fast: what a command does not need is not loaded."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.processes import environment, regulars

HEAVY = (
    "numba",
    "pyarrow",
    "numpy",
    "scipy",
    "jinja2",
    "xlsxwriter",
    "deltalake",
    "regulars.ingest",
    "regulars.report",
)
PROBE = """
import json, sys
from regulars.cli.app import run
code = run(sys.argv[2:])
sys.stdout.flush()
print(json.dumps([code, [name for name in json.loads(sys.argv[1]) if name in sys.modules]]))
"""


def loaded_by(*arguments):
    probe = [sys.executable, "-c", PROBE, json.dumps(HEAVY), *arguments]
    done = subprocess.run(probe, capture_output=True, text=True, env=environment(), check=True)
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("--version",), ("analyze", "--help"), ("lake", "--help"), ("simulate", "--help"),
     ("explain", "churn"), ("explain",), ("explain", "nonsense"), ("analyze", "--nonsense"), ("nonsense",)],
    ids=" ".join,
)  # fmt: skip
def test_nothing_heavy_is_loaded(arguments):
    code, loaded = loaded_by(*arguments)
    assert loaded == [] and code == (2 if "nonsense" in " ".join(arguments) else 0)


def test_a_module_run_is_the_command(tmp_path):
    ended = regulars("--version", cwd=tmp_path)
    assert (ended.code, ended.err) == (0, "") and ended.out.startswith("regulars ")


def test_a_c_locale_can_print_chinese(tmp_path):
    ended = regulars("explain", "流失率", "--lang", "zh", cwd=tmp_path, env={"LC_ALL": "C"})
    assert ended.code == 0 and "绝对流失率" in ended.out


@pytest.mark.parametrize("stream", [1, 2])
def test_a_closed_stream_is_no_failure(tmp_path, stream):
    ended = regulars("explain", "churn", cwd=tmp_path, before=["sh", "-c", f'exec {stream}>&-; exec "$@"', "sh"])
    assert ended.code == 0 and "Traceback" not in ended.err
