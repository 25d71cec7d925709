"""Targets with their inputs, break-even, the control loop of the classes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from regulars.crm.accounts.errors import Forbidden
from regulars.crm.accounts.models import AuditEntry
from regulars.crm.customers.errors import Conflict, Invalid
from regulars.crm.customers.models import Customer
from regulars.crm.insights import control, metrics, pages, targets
from regulars.crm.insights.models import ClassDecision, HeldClass, Target
from regulars.engine.break_even import break_even_retention, value_of
from regulars.errors import ParameterError

INPUT = {"key": "benchmark", "text": "Coffee shops keep 55 %", "source": "Trade association", "day": "2026-01-10"}


def test_break_even_by_hand():
    # m 30, d 10 %, CAC 80, k 1: (1.1)(1 − 30/80) = 0.6875
    found = break_even_retention(Fraction(30), Fraction(1, 10), Fraction(80), Fraction(1))
    assert found.retention == Fraction(11, 16) and found.reachable
    assert value_of(Fraction(30), Fraction(1, 10), found.retention) == 80
    assert break_even_retention(Fraction(90), Fraction(1, 10), Fraction(80), Fraction(1)).at_once
    assert not break_even_retention(Fraction(1), Fraction(1, 10), Fraction(80), Fraction(1)).reachable
    with pytest.raises(ParameterError):
        break_even_retention(Fraction(1), Fraction(0), Fraction(0), Fraction(1))


def test_a_target_holds_its_inputs_and_its_successor_closes_it(cast, run):
    first = targets.set_target(cast.alice, measure="retention_year", value=Decimal("0.5"), inputs=[INPUT])
    second = targets.set_target(cast.bob, measure="retention_year", value=Decimal("0.6"), inputs=[INPUT])
    first.refresh_from_db()
    assert first.closed_at is not None and targets.current() == [second]
    assert AuditEntry.objects.filter(action="target.set").count() == 2
    text = cast.client("alice").get("/numbers/targets/").content.decode()
    assert "Trade association" in text and "60.0%" in text and "50.0%" in text
    retention = cast.client("alice").get("/numbers/retention/").content.decode()
    assert "60.0%" in retention


@pytest.mark.parametrize(
    "over",
    [
        {"value": Decimal("1.5")}, {"value": Decimal("0")}, {"measure": "luck"}, {"inputs": []},
        {"inputs": [{**INPUT, "source": ""}]}, {"inputs": [{**INPUT, "day": "soon"}]}, {"due_on": date(2020, 1, 1)},
    ],
)  # fmt: skip
def test_a_target_without_ground_is_refused(cast, over):
    with pytest.raises(Invalid):
        targets.set_target(
            cast.alice, **{"measure": "retention_year", "value": Decimal("0.5"), "inputs": [INPUT], **over}
        )
    assert not Target.objects.exists()


def test_only_who_may_sets_targets(cast):
    with pytest.raises(Forbidden):
        targets.set_target(cast.carol, measure="retention_year", value=Decimal("0.5"), inputs=[INPUT])
    answer = cast.client("carol").post(
        "/numbers/targets/", {"measure": "retention_year", "value": "50", "benchmark_text": "x"}
    )
    assert answer.status_code == 403 and not Target.objects.exists()


def test_progress_is_told_with_its_interval(run):
    view = pages.view_of(run, "en")
    bridge = view.bridge
    standing = targets.standing(view, "retention_year")
    assert standing.actual == bridge["retention_rate"] and (standing.part, standing.whole) == (
        bridge["E"] - bridge["N"],
        bridge["S"],
    )
    assert standing.low < standing.actual < standing.high
    assert targets.verdict(standing, standing.low - 0.01) == "met"
    assert targets.verdict(standing, standing.high + 0.01) == "missed"
    assert targets.verdict(standing, standing.actual) == "unclear"
    rates = run.summary["repurchase"]
    assert targets.standing(view, "second_purchase").actual == rates["second_purchase_rate"]


def test_the_calculator_answers_while_one_types(cast):
    asked = {"margin": "30", "discount": "10", "cost": "80", "multiple": "1"}
    text = cast.client("alice").get("/numbers/targets/break-even/", asked).content.decode()
    assert "68.8%" in text
    for wrong in ({"cost": "0"}, {"cost": "x"}, {"multiple": "-1"}, {"margin": "nan"}):
        assert cast.client("alice").get("/numbers/targets/break-even/", {**asked, **wrong}).status_code == 200


def test_under_the_floor_the_best_of_c_are_proposed(cast, run):
    now = run.summary["customers"]["abc"]["B"]["customers"]
    control.set_floor(cast.alice, "B", now + 5)
    found = {one.letter: one for one in control.controls(cast.alice, run)}["B"]
    assert found.missing == 5 and len(found.proposals) == 5
    table = metrics.model(run).objects.filter(abc="C", clv_12m__gt=0).order_by("-clv_12m", "customer_id")
    assert [p.customer.pk for p in found.proposals] == list(table.values_list("customer_id", flat=True)[:5])
    best = found.proposals[0].customer
    made = control.decide(cast.alice, best.public_id, accept=True, reason="Asked for a contract")
    assert control.held_class(best, run) == "B" and HeldClass.objects.get(customer=best).by_hand
    found = {one.letter: one for one in control.controls(cast.alice, run)}["B"]
    assert found.missing == 4 and found.held == now + 1 and best not in [p.customer for p in found.proposals]
    with pytest.raises(Conflict):
        control.decide(cast.alice, best.public_id, accept=True, reason="again")
    control.take_back(cast.alice, made.public_id, reason="It was a mistake")
    assert control.held_class(best, run) == "C"
    assert {d.answer for d in ClassDecision.objects.filter(customer=best)} == {"reversed"}
    assert best.events.filter(kind="class_moved").count() == 2
    text = cast.client("alice").get("/numbers/control/").content.decode()
    assert "It was a mistake" in text


def test_a_declined_proposal_gives_way_to_the_next(cast, run):
    control.set_floor(cast.alice, "B", run.summary["customers"]["abc"]["B"]["customers"] + 1)
    first = {one.letter: one for one in control.controls(cast.alice, run)}["B"].proposals[0].customer
    control.decide(cast.alice, first.public_id, accept=False, reason="Moves away")
    second = {one.letter: one for one in control.controls(cast.alice, run)}["B"].proposals[0].customer
    assert second != first
    with pytest.raises(Invalid):
        control.decide(cast.alice, second.public_id, accept=True, reason=" ")


def test_who_sees_less_decides_less(cast, run):
    control.set_floor(cast.alice, "B", run.summary["customers"]["abc"]["B"]["customers"] + 40)
    found = {one.letter: one for one in control.controls(cast.bob, run)}["B"]
    assert found.outside > 0 and len(found.proposals) + found.outside == 40
    with pytest.raises(Forbidden):
        control.set_floor(cast.carol, "B", 3)
    outside = Customer.objects.filter(owner=None).first()
    assert cast.client("bob").post(f"/numbers/control/{outside.public_id}/accept/", {"reason": "x"}).status_code == 404


def test_a_change_of_class_waits_for_a_second_month_end(cast, run):
    from regulars.crm.insights.earlier import kept_runs

    late, early = kept_runs()
    waiting = control.hold(late, early)
    now = dict(metrics.model(late).objects.values_list("customer_id", "abc"))
    then = dict(metrics.model(early).objects.values_list("customer_id", "abc"))
    changed = {pk for pk, letter in then.items() if pk in now and now[pk] != letter}
    assert waiting == len(changed) > 0
    assert set(HeldClass.objects.values_list("customer_id", flat=True)) == changed
    assert all(held.letter == then[held.customer_id] for held in HeldClass.objects.all())
    assert control.hold(late, late) == 0
