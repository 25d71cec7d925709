"""How long lists, counts and searches take on the database that ``benchmarks.web.seed`` filled: the median of five.

REGULARS_DATA=/path python -m benchmarks.web.measure [--explain]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

from benchmarks.web.named_filters import FILTERS, ORDERS, SALES, SEARCHES


def timed(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """Milliseconds (median) and what the last call gave."""
    found, result = [], None
    for _ in range(times):
        start = time.perf_counter()
        result = work()
        found.append((time.perf_counter() - start) * 1000)
    return statistics.median(found), result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--explain", action="store_true", help="print how the database answers each count")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    from regulars.crm.accounts.models import User
    from regulars.crm.customers.listing.request import listing
    from regulars.web.views.customers import lists
    from regulars.web.views.customers.state import ListState

    owner = User.objects.get(email="owner@example.com")
    sales = User.objects.get(email="sales3@example.com").public_id
    worst: dict[str, float] = {"list": 0, "count": 0, "search": 0}
    for name, told in FILTERS.items():
        tree = json.loads(json.dumps(told).replace(SALES, sales))
        for order in ORDERS:
            listed = listing(owner, filter=tree, order=[order])

            def page(listed: Any = listed) -> int:
                return len(lists.rows_of(ListState(listed), listed.page().ids))

            took, rows = timed(page)
            worst["list"] = max(worst["list"], took)
            print(f"{name:32s} {order:24s} list {took:7.1f} ms  {rows:3d} rows")
        took, number = timed(listed.customers.count)
        worst["count"] = max(worst["count"], took)
        print(f"{name:32s} {'':24s} count {took:6.1f} ms  {number:9,d}")
        if given.explain:
            print(listed.customers.explain())
    for text in SEARCHES:
        listed = listing(owner, search=text)
        took, page_found = timed(listed.page)
        worst["search"] = max(worst["search"], took)
        print(f"search {text:25s} {took:7.1f} ms  {len(page_found.ids)} rows")
    print(json.dumps({"bench": "web_lists", "worst_ms": {key: round(value, 1) for key, value in worst.items()}}))


if __name__ == "__main__":
    main()
