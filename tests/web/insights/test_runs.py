"""Runs of the engine: published whole or without a trace, one at a time, kept as long as promised."""

from __future__ import annotations

import errno
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from django.utils import timezone

from regulars.crm.accounts.errors import Forbidden
from regulars.crm.customers.filters.fields import Registry
from regulars.crm.customers.models import Customer
from regulars.crm.insights import computing, metrics, publishing, runs
from regulars.crm.insights.models import Run
from regulars.crm.jobs import queue
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.worker import run_pending
from tests.web.cast import make_cast
from tests.web.shops import load_shop, remove_lake


@pytest.fixture
def lake():
    remove_lake()
    yield load_shop()
    remove_lake()
    metrics.forget()


@pytest.fixture
def cast():
    return make_cast()


def started_and_done(actor=None, reason="demand"):
    run = runs.start(actor, reason)
    run_pending()
    run.refresh_from_db()
    assert run.error == {}
    return run


def test_a_run_publishes_what_the_engine_knows_of_every_customer(lake, cast):
    run = started_and_done(cast.alice)
    table = pq.read_table(runs.folder_of(run) / "customers.parquet")
    assert run.state == "published" and run.customers == table.num_rows > 200
    assert (run.as_of.isoformat(), run.lake_version) == (run.summary["as_of"], lake.snapshot().version)
    told = {row["customer_id"]: row for row in table.to_pylist()}
    rows = metrics.model(run).objects.select_related("customer")
    assert rows.count() == len(told)
    for row in rows:
        want = told[row.customer.key]
        assert row.customer_key == row.customer.key
        for name in run.columns:
            have, expected = getattr(row, name), want[name]
            if isinstance(expected, float):
                assert have == pytest.approx(expected, nan_ok=True) or (have is None and expected != expected)
            else:
                assert have == expected, name


def test_customers_of_the_lake_get_a_row_with_the_name_that_was_told(lake):
    Customer.objects.create(key="C00001", name="known already", sort_name="known already")
    run = started_and_done()
    assert Customer.objects.filter(key__isnull=False).count() >= run.customers
    rows = [row for bucket in range(lake.snapshot().buckets) for row in lake.snapshot().attributes(bucket).to_pylist()]
    told = {row["customer_id"]: row["name"] for row in rows}
    some = Customer.objects.exclude(key="C00001").exclude(key=None)[:20]
    assert all(customer.name == (told[customer.key] or customer.key) and customer.sort_name for customer in some)


def test_metrics_stand_in_the_registry_of_filters_only_for_those_who_may_see_numbers(lake, cast):
    assert Registry(cast.alice).get("metric.abc") is None
    run = started_and_done(cast.alice)
    field = Registry(cast.alice).get("metric.abc")
    assert field.path == f"metric_r{run.pk}__abc"
    assert Customer.objects.filter(**{field.path: "A"}).count() == run.summary["customers"]["abc"]["A"]["customers"]
    assert Registry(cast.erin).get("metric.abc") is None or "numbers.view" in cast.erin.role.permissions


def test_a_second_run_replaces_the_first_whose_rows_stay_readable(lake):
    first = started_and_done()
    second = started_and_done()
    assert metrics.current() == second and metrics.kept() == [second, first]
    customer = Customer.objects.exclude(key=None).first()
    assert metrics.for_customer(customer, first).abc == metrics.for_customer(customer, second).abc


def test_two_who_start_get_one_run_that_waits(lake, cast):
    assert runs.start(cast.alice) == runs.start(cast.bob if cast.bob.role.key == "owner" else cast.alice)
    assert Run.objects.count() == 1


def test_a_run_that_begins_during_another_waits_for_its_end(lake):
    runs.start(None)
    first = queue.claim("a")
    runs.start(None)
    assert queue.claim("b") is None
    assert Run.objects.count() == 2
    from regulars.crm.jobs.worker import work_off

    work_off(first)
    assert queue.claim("b") is not None


def test_only_those_with_the_right_start_runs(cast):
    with pytest.raises(Forbidden):
        runs.start(cast.heidi)
    assert Run.objects.count() == Job.objects.count() == 0


def test_without_orders_a_run_says_so():
    remove_lake()
    run = runs.start(None)
    run_pending()
    run.refresh_from_db()
    assert (run.state, run.error["code"]) == ("failed", "no_orders_yet")


@pytest.mark.parametrize("where", ["compute", "add_customers", "publish", "_index"])
def test_a_run_that_fails_leaves_the_one_before_and_nothing_of_itself(lake, monkeypatch, where):
    first = started_and_done()

    def full(*_arguments, **_named):
        raise OSError(errno.ENOSPC, "No space left on device")

    place = {"compute": computing, "add_customers": computing.arrivals}.get(where, publishing)
    monkeypatch.setattr(place, where, full)
    run = runs.start(None)
    run_pending()
    run.refresh_from_db()
    assert (run.state, run.error["code"]) == ("failed", "no_space")
    assert metrics.current() == first
    assert publishing.tables() == {metrics.table_name(first)}
    assert not runs.folder_of(run).exists()


def test_what_a_killed_run_left_is_gone_before_the_next_begins(lake):
    runs.start(None)
    job = queue.claim("elsewhere-1")
    half = runs.of_job(job)
    Run.objects.filter(pk=half.pk).update(state=Run.State.RUNNING)
    publishing._create(metrics.table_name(half), [])
    folder = runs.folder_of(half)
    folder.mkdir(parents=True)
    (folder / "customers.parquet").write_bytes(b"half")
    assert metrics.current() is None
    Job.objects.filter(pk=job.pk).update(beat_at=timezone.now() - timedelta(hours=1))
    queue.sweep()
    run_pending()
    half.refresh_from_db()
    assert half.state == "published" and half.customers > 200
    assert pq.read_table(folder / "customers.parquet").num_rows == half.customers


def test_runs_whose_work_was_given_up_are_failed_and_their_tables_dropped(lake):
    run = runs.start(None)
    Run.objects.filter(pk=run.pk).update(state=Run.State.RUNNING)
    publishing._create(metrics.table_name(run), [])
    Job.objects.filter(pk=run.job_id).update(state=Job.State.FAILED, error={"code": "job_died", "template": "x"})
    runs.tidy()
    run.refresh_from_db()
    assert (run.state, run.error["code"]) == ("failed", "job_died")
    assert publishing.tables() == set()


def test_a_stopped_run_is_told_as_stopped(lake, monkeypatch):
    run = runs.start(None)
    monkeypatch.setattr(
        publishing,
        "publish",
        lambda run, path, progress: Job.objects.update(stop_wanted=True) or progress("index", 1, 1),
    )
    run_pending()
    run.refresh_from_db()
    run.job.refresh_from_db()
    assert (run.state, run.error["code"], run.job.state) == ("failed", "run_stopped", "stopped")


NIGHT = datetime(2026, 11, 21, 18, 5, tzinfo=UTC)  # 02:05 on 22 November in Shanghai


def test_the_night_begins_one_run_for_all_schedulers(lake, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    for _scheduler in range(3):
        runs.begin_nightly(date(2026, 11, 22))
    assert [run.reason for run in Run.objects.all()] == ["night"]


def test_a_night_without_news_begins_nothing(lake, monkeypatch):
    started_and_done()
    Run.objects.update(created_at=NIGHT - timedelta(days=1))
    monkeypatch.setattr(timezone, "now", lambda: NIGHT)
    runs.begin_nightly(date(2026, 11, 22))
    assert Run.objects.count() == 1


@pytest.mark.parametrize(
    ("hours_late", "last_run_hours_ago", "due"), [(1, 12, True), (6, 10, False), (6, 30, True), (1, 0.5, False)]
)
def test_a_night_slept_through_is_made_up_for_when_the_last_run_is_long_ago(
    monkeypatch, hours_late, last_run_hours_ago, due
):
    now = NIGHT.replace(hour=18, minute=0) + timedelta(hours=hours_late)
    run = Run.objects.create(reason="import", state=Run.State.PUBLISHED)
    Run.objects.filter(pk=run.pk).update(created_at=now - timedelta(hours=last_run_hours_ago))
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert runs._is_due(date(2026, 11, 22)) is due


def test_retention_keeps_days_for_a_month_and_month_ends_for_ever():
    def run(pk, day, hour=2):
        moment = datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(days=day)
        return SimpleNamespace(pk=pk, published_at=moment, created_at=moment, as_of=moment.date())

    made = [run(day, day) for day in range(200)] + [run(900, 199, 3)]  # two on the last day
    today = date(2026, 1, 1) + timedelta(days=199)
    kept = runs.retained(made, today)
    month_ends = {30, 58, 89, 119, 150, 180}
    assert kept == month_ends | set(range(169, 199)) | {199, 900}
    assert runs.retained([], today) == set()
    assert runs.retained(made[:1], today) == {0}


def test_retired_runs_lose_table_and_files_and_earlier_ones_their_indexes(lake, monkeypatch):
    first = started_and_done()
    Run.objects.filter(pk=first.pk).update(
        published_at=timezone.now() - timedelta(days=40),
        as_of=date(2020, 1, 15),
        created_at=timezone.now() - timedelta(days=40),
    )
    second, third = started_and_done(), started_and_done()
    Run.objects.filter(pk=second.pk).update(as_of=date(2020, 1, 31))
    assert runs.retire() == 1
    first.refresh_from_db()
    assert first.state == "dropped" and not runs.folder_of(first).exists()
    assert publishing.tables() == {metrics.table_name(second), metrics.table_name(third)}
    from django.db import connection

    with connection.cursor() as cursor:
        indexes = {
            table: [
                n
                for n, c in connection.introspection.get_constraints(cursor, table).items()
                if c["index"] and not c["primary_key"]
            ]
            for table in publishing.tables()
        }
    assert indexes[metrics.table_name(second)] == [] != indexes[metrics.table_name(third)]
