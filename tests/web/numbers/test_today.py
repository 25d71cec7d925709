"""Today: who is on the list and why, "later", what is due, who changed class."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from regulars.crm.customers.models import Customer
from regulars.crm.customers.policies import visible_to
from regulars.crm.insights import metrics, pages, today
from regulars.crm.insights.models import Run, Snooze
from tests.web.numbers.conftest import forget


def listed(cast, name, run):
    return today.first_to_contact(cast.people[name], run, pages.view_of(run, "en"))


def test_the_first_are_the_late_with_the_most_value_at_risk(cast, run):
    view = pages.view_of(run, "en")
    assert view.by_risk
    shown = listed(cast, "alice", run)
    table = metrics.model(run).objects.filter(rhythm__in=("slipping", "dormant", "lost"), value_at_risk__gt=0)
    want = list(table.order_by("-value_at_risk", "customer_id").values_list("customer_id", flat=True)[: today.FIRST])
    assert [one.customer.pk for one in shown] == want
    assert all("now" in one.reason and one.strip.bars for one in shown)
    text = cast.client("alice").get("/").content.decode()
    assert all(one.customer.name in text for one in shown)


def test_without_a_forecast_the_profit_of_the_window_ranks_and_the_page_says_so(cast, run):
    summary = {
        **run.summary,
        "clv": None,
        "value": None,
        "contacts": {**run.summary["contacts"], "rule": "late_by_profit"},
    }
    Run.objects.filter(pk=run.pk).update(summary=summary)
    forget()
    shown = listed(cast, "alice", run)
    assert [one.stake for one in shown] == sorted((one.row.profit_window for one in shown), reverse=True)
    text = cast.client("alice").get("/").content.decode()
    assert "没有可发布的预测" in text or "no forecast is published" in text


def test_everybody_sees_his_own_alone(cast, run):
    mine = listed(cast, "carol", run)
    seen = set(Customer.objects.filter(visible_to(cast.carol)).values_list("pk", flat=True))
    assert mine and {one.customer.pk for one in mine} <= seen
    assert not {one.customer.pk for one in listed(cast, "mallory", run)}


def test_later_and_follow_ups_take_somebody_off_the_list(cast, run):
    first, second, *_rest = listed(cast, "alice", run)
    answer = cast.client("alice").post(f"/today/{first.customer.public_id}/later/", {"days": "7"})
    assert answer.status_code == 200
    assert Snooze.objects.get().until == timezone.localdate() + timedelta(7)
    Customer.objects.filter(pk=second.customer.pk).update(last_follow_up=timezone.now())
    now = {one.customer.pk for one in listed(cast, "alice", run)}
    assert not now & {first.customer.pk, second.customer.pk}
    assert first.customer.pk in {one.customer.pk for one in listed(cast, "bob", run)} or first.customer.owner_id is None
    cast.client("alice").post(f"/today/{first.customer.public_id}/again/")
    assert first.customer.pk in {one.customer.pk for one in listed(cast, "alice", run)}


@pytest.mark.parametrize("days", ["2", "0", "x", "-1", ""])
def test_later_takes_a_day_a_week_or_a_month(cast, run, days):
    first = listed(cast, "alice", run)[0]
    answer = cast.client("alice").post(f"/today/{first.customer.public_id}/later/", {"days": days})
    assert answer.status_code == 422 and not Snooze.objects.exists()


def test_nobody_puts_off_whom_they_do_not_see(cast, run):
    first = listed(cast, "alice", run)[0]
    answer = cast.client("mallory").post(f"/today/{first.customer.public_id}/later/", {"days": "7"})
    assert answer.status_code == 404 and not Snooze.objects.exists()


def test_who_changed_class_since_the_run_of_a_week_ago(cast, run):
    before, moves = today.moves(cast.alice, run)
    assert before is not None and moves
    now = dict(metrics.model(run).objects.values_list("customer_id", "abc"))
    then = dict(metrics.model(before).objects.values_list("customer_id", "abc"))
    for move in moves:
        same = [pk for pk, letter in then.items() if letter == move.before and now.get(pk) == move.after]
        assert len(same) == move.customers
        from tests.web.numbers.test_pages import counted

        address = f"/numbers/people/?who=abc_moved:{move.before}.{move.after}"
        assert counted(cast, "alice", address) == move.customers
    text = cast.client("alice").get("/today/moves/").content.decode()
    assert str(moves[0].customers) in text


def test_alarms_are_those_of_the_summary(cast, run):
    view = pages.view_of(run, "en")
    last = view.months[-1]
    told = today.alarms(view)
    assert bool([a for a in told if a.who.startswith("move:month")]) == bool(last["alarm"] and last["fully_observed"])


def test_an_installation_without_figures_says_what_to_do(cast):
    Run.objects.all().update(state=Run.State.FAILED, error={"template": "The disk is full.", "code": "x"})
    for place in ("/", "/numbers/", "/numbers/retention/", "/numbers/control/"):
        answer = cast.client("alice").get(place)
        assert answer.status_code == 200
        text = answer.content.decode()
        assert "/runs/" in text or "/imports/" in text


def test_today_costs_few_queries(cast, query_count):
    cast.client("alice").get("/")
    with query_count() as seen:
        cast.client("alice").get("/")
    assert seen.count <= 30, seen.statements
