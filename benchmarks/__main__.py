"""``./run bench NAME``: print a table, then one JSON object; exit 1 when a stated gate is missed."""

from __future__ import annotations

import argparse
import json
import sys
from importlib import import_module

NAMES = ("engine", "ingest", "analyze", "models", "increment", "spark", "web")


def main() -> None:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--orders", type=float, help="how many orders (or rows)")
    parser.add_argument("--customers", type=float, help="how many customers")
    parser.add_argument("--pairs", type=int, help="how many pairs of runs")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    bench = import_module(f"benchmarks.speed.{given.name}")
    sizes = {k: int(v) for k in ("orders", "customers") if (v := getattr(given, k)) is not None}
    answer = bench.run(**sizes, pairs=given.pairs, seed=given.seed)
    answer = {"bench": given.name, **answer}
    print(json.dumps(answer))
    sys.exit(0 if answer["passed"] else 1)


main()
