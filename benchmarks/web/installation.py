"""An invented installation for the load script: people, customers, a lake of orders and a published run.

    REGULARS_DATA=/path python -m benchmarks.web.installation ORDERS CUSTOMERS SEED

Prints what the readers need as one JSON object.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any


def main(orders: int, customers: int, seed: int) -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    from regulars.config.installing import configure, install

    configure()
    install()
    from benchmarks.web import seed as crowd
    from regulars.crm.accounts.models import User
    from regulars.crm.customers.models import Customer
    from regulars.crm.insights import runs
    from regulars.crm.jobs.worker import run_pending

    crowd.fill_people(customers, seed)
    _make_lake(orders, customers, seed)
    began = time.perf_counter()
    run = runs.start(User.objects.get(email="owner@example.com"), "command")
    run_pending()
    took = time.perf_counter() - began
    run.refresh_from_db()
    if run.published_at is None:
        raise RuntimeError(f"the run failed: {run.error}")
    ids = list(Customer.objects.filter(pk__lte=customers).order_by("pk").values_list("public_id", flat=True)[::997])
    return {
        "cookie": _signed_in("owner@example.com"),
        "ids": ids,
        "run_seconds": round(took, 2),
        "person": User.objects.get(email="sales1@example.com").public_id,
        "many": Customer.objects.filter(tags__name="节日").count(),
        "many_filter": "all(tag~is~节日)",
    }


def _make_lake(orders: int, customers: int, seed: int) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    from regulars.config.options import options
    from regulars.lake import Lake
    from regulars.simulate import write_facts

    facts = Path(options().data) / "facts.parquet"
    write_facts(facts, orders=orders, customers=customers, seed=seed)
    lake = Lake.create(options().lake_location, currency="CNY", timezone=options().timezone)
    ids = pa.array([f"C{number + 1:07d}" for number in range(customers)])
    lake.bulk_load(pq.ParquetFile(facts, pre_buffer=False).iter_batches(1 << 20), customer_ids=ids)
    facts.unlink()


def _signed_in(email: str) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from regulars.crm.accounts.models import User

    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


if __name__ == "__main__":
    print(json.dumps(main(*(int(each) for each in sys.argv[1:4]))))
