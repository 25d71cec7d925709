"""Where a command computes, and with how much memory: options that ask for one thing must not meet another."""

from __future__ import annotations

from typing import Any

from regulars.cli.reading import pairs
from regulars.errors import ParameterError


def where_options(runner: str, memory: str | None, master: str | None, conf: list[str] | None) -> dict[str, Any]:
    """Fields of Run. Raises ParameterError for options of the other runner."""
    from regulars.runners.memory import memory_of

    if runner == "local" and (master is not None or conf):
        raise ParameterError(
            "runner_option",
            "{option} is for --runner spark.",
            "Add --runner spark, or leave {option} out.",
            option="--master" if master is not None else "--spark-conf",
        )
    if runner == "spark" and memory is not None:
        raise ParameterError(
            "runner_option",
            "{option} is for --runner local.",
            "On Spark, set the memory of the workers: --spark-conf spark.executor.memory=4g.",
            option="--memory",
        )
    size = memory_of(memory) if memory is not None else None
    return {"runner": runner, "memory": size, "master": master, "spark": pairs("--spark-conf", conf)}
