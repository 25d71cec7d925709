"""The queue: claiming, ending, retrying, stopping, undoing."""

from __future__ import annotations

import errno
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError
from django.utils import timezone

from regulars.crm.jobs import outcomes, queue, registry, schedule, services
from regulars.crm.jobs.models import Job
from regulars.crm.jobs.worker import run_pending, work_off
from regulars.errors import InputError


@pytest.fixture
def kinds(monkeypatch):
    """Kinds of this test alone."""
    monkeypatch.setattr(registry, "_kinds", {})
    monkeypatch.setattr(registry, "_daily", {})
    return registry


def test_a_job_runs_once_and_keeps_its_result(kinds):
    seen = []
    kinds.job("t.count")(lambda running: seen.append(running.arguments["n"]) or {"changed": 3})
    row = services.enqueue("t.count", None, {"n": 7})
    assert run_pending() == 1
    assert run_pending() == 0
    row.refresh_from_db()
    assert (seen, row.state, row.result, row.attempts) == ([7], "done", {"changed": 3}, 1)


def test_an_occasion_gives_one_job(kinds):
    kinds.job("t.once")(lambda running: None)
    first = services.enqueue("t.once", None, once="night:2026-11-22")
    run_pending()
    assert services.enqueue("t.once", None, once="night:2026-11-22") == first
    assert Job.objects.count() == 1


def test_unknown_work_is_refused():
    with pytest.raises(services.JobError) as error:
        services.enqueue("t.nothing", None)
    assert error.value.code == "unknown_job"


def test_of_one_lane_one_job_runs_at_a_time(kinds):
    kinds.job("t.run", lane="engine")(lambda running: None)
    kinds.job("t.other")(lambda running: None)
    services.enqueue("t.run", None)
    second = services.enqueue("t.run", None)
    other = services.enqueue("t.other", None)
    first = queue.claim("a")
    assert queue.claim("b") == other  # the second of the lane waits, what is behind it does not
    assert queue.claim("c") is None
    assert not queue._taken(second.pk, "c")  # even when the look at the lane came too early
    outcomes.finished(first, None)
    assert queue.claim("c") == second


def test_a_deliberate_error_fails_at_once_with_its_words(kinds):
    def work(running):
        raise InputError("empty", "The file {name} is empty.", "Choose another.", name="x.csv")

    kinds.job("t.bad")(work)
    row = services.enqueue("t.bad", None)
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("failed", 1)
    assert row.error == {
        "code": "empty", "template": "The file {name} is empty.", "hint": "Choose another.",
        "context": {"name": "x.csv"},
    }  # fmt: skip


def test_a_busy_database_is_tried_again_and_given_up_after_three(kinds):
    def work(running):
        raise OperationalError("database is locked")

    kinds.job("t.busy")(work)
    row = services.enqueue("t.busy", None)
    for attempt in (1, 2, 3):
        assert run_pending() == 1
        row.refresh_from_db()
        assert row.attempts == attempt
        if attempt < 3:
            assert row.state == "waiting" and row.not_before > timezone.now()
            assert queue.claim("") is None  # not before its time
            Job.objects.update(not_before=None)
    assert row.state == "failed"


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OperationalError("database or disk is full")]
)
def test_a_full_disk_is_told_and_not_tried_again(kinds, error):
    def work(running):
        raise error

    kinds.job("t.full")(work)
    row = services.enqueue("t.full", None)
    run_pending()
    row.refresh_from_db()
    assert (row.state, row.error["code"], row.attempts) == ("failed", "no_space", 1)


def test_a_defect_fails_with_a_number_and_without_a_trace(kinds):
    kinds.job("t.defect")(lambda running: 1 / 0)
    row = services.enqueue("t.defect", None)
    run_pending()
    row.refresh_from_db()
    assert row.error["code"] == "defect" and row.error["context"]["number"].startswith("E-")
    assert "division" not in str(row.error)


def test_the_end_is_written_although_the_database_was_away_for_a_moment(kinds, monkeypatch):
    kinds.job("t.away")(lambda running: {"ok": 1})
    row = services.enqueue("t.away", None)
    real, failures = outcomes.finished, []

    def finished(row, result):
        if len(failures) < 2:
            failures.append(1)
            raise OperationalError("database or disk is full")
        real(row, result)

    monkeypatch.setattr(outcomes, "finished", finished)
    monkeypatch.setattr("regulars.crm.jobs.worker.sleep", lambda seconds: None)
    monkeypatch.setattr("regulars.crm.jobs.worker.close_old_connections", lambda: None)
    run_pending()
    row.refresh_from_db()
    assert row.state == "done"


def test_a_waiting_job_is_stopped_at_once_and_a_running_one_when_it_looks_up(kinds):
    def work(running):
        services.stop(running.job)
        running.progress("rows", 1, 10)
        raise AssertionError("went on although it was stopped")

    kinds.job("t.stop")(work)
    waiting, running = services.enqueue("t.stop", None), services.enqueue("t.stop", None)
    services.stop(waiting)
    run_pending()
    waiting.refresh_from_db()
    running.refresh_from_db()
    assert (waiting.state, waiting.attempts) == ("stopped", 0)
    assert (running.state, running.done) == ("stopped", 1)


def test_undo_runs_the_way_back_once_and_within_ten_minutes(kinds):
    kinds.job("t.assign")(lambda running: running.keep_undo({"before": 5}))
    back = []
    kinds.undoes("t.assign")(lambda running: back.append((running.arguments["to"], running.undo_data)))
    row = services.enqueue("t.assign", None, {"to": 9})
    run_pending()
    row.refresh_from_db()
    assert timedelta(minutes=9) < row.undo_until - timezone.now() <= timedelta(minutes=10)
    services.undo(row, None)
    with pytest.raises(services.JobError):
        services.undo(row, None)
    run_pending()
    row.refresh_from_db()
    assert (row.state, back) == ("undone", [(9, {"before": 5})])
    assert not services.can_undo(row)


def test_undo_is_over_after_its_time(kinds):
    kinds.job("t.late")(lambda running: running.keep_undo({}))
    kinds.undoes("t.late")(lambda running: None)
    row = services.enqueue("t.late", None)
    run_pending()
    Job.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    row.refresh_from_db()
    with pytest.raises(services.JobError) as error:
        services.undo(row, None)
    assert error.value.code == "undo_over"


def test_an_undo_that_fails_can_be_tried_again(kinds):
    def broken(running):
        raise InputError("gone", "It is gone.", "")

    kinds.job("t.hard")(lambda running: running.keep_undo({}))
    kinds.undoes("t.hard")(broken)
    row = services.enqueue("t.hard", None)
    run_pending()
    row.refresh_from_db()
    services.undo(row, None)
    run_pending()
    row.refresh_from_db()
    assert row.state == "done" and services.can_undo(row)


def test_what_was_changed_before_a_stop_can_be_taken_back(kinds):
    def work(running):
        running.keep_undo({"rows": [1]})
        raise services.Stopped

    kinds.job("t.part")(work)
    kinds.undoes("t.part")(lambda running: None)
    row = services.enqueue("t.part", None)
    run_pending()
    row.refresh_from_db()
    assert row.state == "stopped" and services.can_undo(row)


def test_a_silent_job_is_taken_up_again_and_its_first_worker_may_no_longer_write(kinds):
    kinds.job("t.lost")(lambda running: {"by": running.attempt})
    services.enqueue("t.lost", None)
    lost = queue.claim("elsewhere-1")
    Job.objects.update(beat_at=timezone.now() - queue.LEASE - timedelta(seconds=1))
    assert queue.sweep() == 1
    run_pending()
    outcomes.failed(lost, RuntimeError("late words of the first worker"))
    lost.refresh_from_db()
    assert (lost.state, lost.result) == ("done", {"by": 2})
    from regulars.crm.jobs.running import Running, Taken

    with pytest.raises(Taken):
        Running(lost).progress("rows", 1, 2)


def test_a_job_whose_workers_die_three_times_is_given_up(kinds):
    kinds.job("t.killer")(lambda running: None)
    row = services.enqueue("t.killer", None)
    for _attempt in range(3):
        queue.claim("elsewhere-1")
        Job.objects.update(beat_at=timezone.now() - timedelta(hours=1))
        queue.sweep()
    row.refresh_from_db()
    assert (row.state, row.error["code"]) == ("failed", "job_died")


def test_a_beating_job_is_left_alone(kinds):
    kinds.job("t.alive")(lambda running: None)
    services.enqueue("t.alive", None)
    with queue.Presence() as presence:
        queue.claim(presence.name)
        assert queue.sweep() == 0
    assert queue.sweep() == 1  # its worker has ended


def test_marks_survive_the_death_of_a_worker(kinds):
    lives = []

    def work(running):
        lives.append(dict(running.marks))
        running.remember(upto=500)
        if running.attempt == 1:
            raise OperationalError("server closed the connection")
        return {"ok": 1}

    kinds.job("t.marks")(work)
    services.enqueue("t.marks", None)
    run_pending()
    Job.objects.update(not_before=None)
    run_pending()
    assert lives == [{}, {"upto": 500}]


def test_work_that_nobody_knows_any_more_fails_clearly(kinds):
    Job.objects.create(kind="t.removed")
    row = queue.claim("")
    work_off(row)
    row.refresh_from_db()
    assert row.state == "failed"


@pytest.mark.parametrize(("hour", "begun"), [(1, []), (2, [date(2026, 11, 22)]), (23, [date(2026, 11, 22)])])
def test_the_night_begins_at_its_hour_in_the_business_time_zone(kinds, hour, begun):
    found = []
    kinds.daily("t.night")(found.append)
    schedule.tick(datetime(2026, 11, 22, hour, 30, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert found == begun


def test_a_nightly_thing_that_fails_does_not_hold_up_the_others(kinds):
    found = []
    kinds.daily("t.broken")(lambda day: 1 / 0)
    kinds.daily("t.fine")(found.append)
    schedule.tick(datetime(2026, 11, 22, 3, tzinfo=ZoneInfo("Asia/Shanghai")))
    assert len(found) == 1
