"""The analysis pages: what they say is what summary.json holds, and every door opens as many customers as it says."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest

from regulars.crm.insights import pages
from tests.web.numbers.conftest import forget

KEYS = [key for key in pages.PAGES if key != "overview"]


class Tables(HTMLParser):
    """Cells of every table by card: their raw values, and the doors in them."""

    def __init__(self) -> None:
        super().__init__()
        self.card, self.cards, self.cell, self.row = "", {}, None, None
        self.doors: list[tuple[str, str]] = []
        self.link = None

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "article":
            self.card = told.get("data-card", "")
            self.cards[self.card] = []
        elif tag == "tr":
            self.row = []
        elif tag in ("td", "th") and self.row is not None:
            self.cell = {"raw": told.get("data-v"), "text": ""}
        elif tag == "a" and "n" in (told.get("class") or "").split():
            self.link = [told["href"], ""]

    def handle_data(self, data):
        if self.cell is not None:
            self.cell["text"] += data
        if self.link is not None:
            self.link[1] += data

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.row.append(self.cell["raw"] if self.cell["raw"] is not None else self.cell["text"].strip())
            self.cell = None
        elif tag == "tr" and self.row is not None and self.card in self.cards:
            self.cards[self.card].append(self.row)
            self.row = None
        elif tag == "a" and self.link is not None:
            self.doors.append(tuple(self.link))
            self.link = None


def read(cast, key, name="alice"):
    path = "/numbers/" if key == "overview" else f"/numbers/{key}/"
    answer = cast.client(name).get(path)
    assert answer.status_code == 200, answer.content[:2000]
    text = answer.content.decode()
    found = Tables()
    found.feed(text)
    return text, found


def figures(text):
    return json.loads(re.search(r'<script type="application/json" id="figures">(.*?)</script>', text, re.S)[1])


def near(told: str, value: object) -> bool:
    if value is None:
        return told in ("", "–")
    if isinstance(value, str):
        return told == value
    return told != "" and abs(float(told.replace(",", "")) - float(value)) <= 1e-6 * max(1.0, abs(float(value)))


@pytest.mark.parametrize("key", list(pages.PAGES))
def test_every_page_stands_without_inline_style_or_script(cast, key):
    text, _found = read(cast, key)
    assert " style=" not in text and "<script>" not in text and "onclick" not in text
    assert text.count("<h1") == 1
    option = figures(text)
    for card in option["figures"].values():
        assert card["title"] and card["option"]


def test_the_rows_of_months_and_quarters_are_those_of_the_summary(cast, run):
    _text, found = read(cast, "retention")
    rhythm = run.summary["activity"]["lead"] == "rhythm"
    rows = run.summary["retention_rhythm"] if rhythm else run.summary["retention"]
    for card, step in (("quarters", "quarter"), ("months", "month")):
        told = found.cards[card][1:]
        assert len(told) == len(rows[step])
        for cells, row in zip(told, reversed(rows[step]), strict=True):
            keys = ("S", "N", "reactivated", "lost", "E")
            assert [int(c.replace(",", "")) for c in cells[1:6]] == [row[k] for k in keys], row["period"]
            assert near(cells[6], row["retention_rate"])
            churn = cells[7].split("\t")
            assert all(
                near(t, row[k])
                for t, k in zip(
                    churn, ("absolute_churn", "absolute_churn_low", "absolute_churn_high", "S"), strict=True
                )
            )
            assert near(cells[8], row["relative_churn"]) and near(cells[9], row["revenue_retention"])
            assert near(cells[10], row["net_revenue_retention"]) and near(cells[11], row["gross_revenue_retention"])


def test_the_cells_of_the_grids_are_those_of_the_summary(cast, run):
    summary = run.summary
    _text, found = read(cast, "rfm")
    told = {(c[0], c[1]): (c[2], c[3]) for c in found.cards["rfm-grid"][1:]}
    for cell in summary["rfm"]["grid"]:
        customers, profit = told[str(cell["r"]), str(cell["f"])]
        assert near(customers, cell["customers"]) and near(profit, cell["profit"])
    _text, found = read(cast, "cohorts")
    shown = [c for c in summary["cohorts"] if c["offset"] > 0]
    rows = found.cards["cohorts"][1:]
    by_key = {(c["cohort"], c["offset"]): c for c in shown}
    assert len(rows) > 50
    for row in rows:
        cell = by_key[row[0][:7], int(row[1])]
        assert near(row[2], cell["cohort_size"]) and near(row[3], cell["customers"]) and near(row[4], cell["share"])
        assert near(row[5], cell["amount"])
    _text, found = read(cast, "quadrants")
    moves = summary["migration"]["rows"]
    assert sorted(int(r[2].replace(",", "")) for r in found.cards["migration"][1:]) == sorted(
        m["customers"] for m in moves
    )
    held = {r[0][:1]: r for r in found.cards["quadrant-classes"][1:]}
    for key in "bcde":
        row = summary["customers"]["quadrant"][key]
        assert near(held[key][1], row["customers"]) and near(held[key][3], row["profit"])


def test_classes_stages_and_states_are_those_of_the_summary(cast, run):
    classes = run.summary["customers"]
    _text, found = read(cast, "classes")
    for row in found.cards["abc-classes"][1:]:
        assert near(row[2], classes["abc"][row[0]]["customers"]) and near(row[3], classes["abc"][row[0]]["profit"])
    points = run.summary["pareto"]["points"]
    told = found.cards["pareto"][1:]
    assert len(told) == len(points) and all(
        near(r[0], p[0]) and near(r[1], p[1]) for r, p in zip(told, points, strict=True)
    )
    _text, found = read(cast, "rhythm")
    assert [int(r[1].replace(",", "")) for r in found.cards["rhythm"][1:]] == [
        classes["rhythm"][k]["customers"] for k in ("on_rhythm", "due", "slipping", "dormant", "lost")
    ]
    _text, found = read(cast, "lifecycle")
    flow = [r for r in run.summary["lifecycle_flow"] if r["customers"]]
    assert [int(r[2].replace(",", "")) for r in found.cards["lifecycle"][1:]] == [r["customers"] for r in flow]


def counted(cast, name, address):
    """How many customers the list behind a door holds for somebody."""
    from regulars.crm.customers.listing.counting import count
    from regulars.crm.customers.listing.request import listing

    answer = cast.client(name).get(address)
    assert answer.status_code == 302, (address, answer.status_code)
    query = parse_qs(urlsplit(answer["Location"]).query)
    made = listing(cast.people[name], filter=query["f"][0])
    return count(made).customers


def doors_of(text, found):
    """(address, count) of every door in tables and sentences."""
    doors = [(href, shown) for href, shown in found.doors if "/numbers/people/" in href or "people/?who" in href]
    return [(href, int(shown.replace(",", ""))) for href, shown in doors if shown.replace(",", "").isdigit()]


@pytest.mark.parametrize("key", list(pages.PAGES))
def test_the_list_behind_every_number_has_as_many_customers_as_it_says(cast, key):
    text, found = read(cast, key)
    doors = doors_of(text, found)
    if key not in ("products", "quality"):
        assert doors, key
    seen = set()
    for address, shown in doors:
        if (address, shown) not in seen:
            seen.add((address, shown))
            assert counted(cast, "alice", address) == shown, (key, address)


@pytest.mark.parametrize("key", [k for k in pages.PAGES if k not in ("products", "quality")])
def test_every_mark_of_a_figure_opens_a_list(cast, key):
    text, _found = read(cast, key)

    def marks(part):
        if isinstance(part, dict):
            if "who" in part:
                yield part["who"]
            for value in part.values():
                yield from marks(value)
        elif isinstance(part, list):
            for value in part:
                yield from marks(value)

    opened = 0
    for address in sorted(set(marks(figures(text)["figures"]))):
        counted(cast, "alice", address)
        opened += 1
    assert opened > 0


def test_who_may_not_see_everybody_opens_his_own_only(cast):
    text, found = read(cast, "classes", "carol")
    whole = {address: shown for address, shown in doors_of(text, found)}
    for address, shown in whole.items():
        mine = counted(cast, "carol", address)
        assert mine < shown or shown < 3
        assert mine + counted(cast, "alice", address) > 0
    assert "您可见" in text or "you may see" in text


def test_without_the_right_there_is_no_page(cast):
    assert cast.client("erin").get("/numbers/").status_code == 403
    assert cast.client("erin").get("/numbers/people/?who=abc:A").status_code == 403
    assert cast.client("alice").get("/numbers/people/?who=nonsense:1").status_code == 404
    assert cast.client("alice").get("/numbers/nowhere/").status_code == 404


def test_definitions_carry_the_numbers_of_the_page(cast, run):
    answer = cast.client("alice").get("/numbers/retention/movement/definition/", headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert answer.status_code == 200 and "regulars explain movement_bridge" in text
    bridge = run.summary["bridge"]["window"]
    assert f"{bridge['S']:,}" in text and run.summary["as_of"] in text


def test_an_earlier_day_is_read_on_every_page_until_one_goes_back(cast):
    from regulars.crm.insights.earlier import kept_runs

    client = cast.client("alice")
    late, early = kept_runs()
    text = client.get(f"/numbers/classes/?run={early.public_id}").content.decode()
    assert f"{early.as_of}" in text
    _text, found = read(cast, "classes")
    told = {r[0]: int(r[2].replace(",", "")) for r in found.cards["abc-classes"][1:]}
    from regulars.crm.insights.models import Run

    assert told == {k: v["customers"] for k, v in Run.objects.get(pk=early.pk).summary["customers"]["abc"].items()}
    answer = client.get("/numbers/people/?who=abc:A")
    listed = client.get(answer["Location"])
    assert listed.status_code == 200
    client.get("/numbers/classes/?run=latest")
    _text, found = read(cast, "classes")
    told = {r[0]: int(r[2].replace(",", "")) for r in found.cards["abc-classes"][1:]}
    assert told == {k: v["customers"] for k, v in Run.objects.get(pk=late.pk).summary["customers"]["abc"].items()}


@pytest.mark.parametrize("key", list(pages.PAGES))
def test_a_page_costs_few_queries(cast, key, query_count):
    read(cast, key)
    with query_count() as seen:
        read(cast, key)
    assert seen.count <= 16, seen.statements


def test_the_list_says_how_many_more_there_are_outside_ones_scope(cast, run):
    whole = run.summary["customers"]["abc"]["A"]["customers"]
    mine = counted(cast, "carol", "/numbers/people/?who=abc:A")
    text = cast.client("carol").get("/numbers/people/note/?who=abc:A").content.decode()
    assert str(whole - mine) in text and run.summary["as_of"] in text
    assert "outside" not in cast.client("alice").get("/numbers/people/note/?who=abc:A").content.decode()
    listed = cast.client("carol").get(cast.client("carol").get("/numbers/people/?who=abc:A")["Location"])
    assert "/numbers/people/note/?who=abc%3AA" in listed.content.decode()


def test_a_figure_that_one_customer_makes_says_that_it_is_one(cast, run):
    from regulars.crm.insights.models import Run
    from tests.report import sample

    for made, words in ((sample.bare(), "one customer"), (sample.tiny(), "too few for rates")):
        Run.objects.filter(pk=run.pk).update(summary=made.summary, as_of=made.summary["as_of"])
        forget()
        for key in pages.PAGES:
            path = "/numbers/" if key == "overview" else f"/numbers/{key}/"
            answer = cast.client("alice").get(path, headers={"Accept-Language": "en"})
            assert answer.status_code == 200, (key, words)
            assert words in answer.content.decode()


def test_data_too_young_for_churn_say_so(cast, run):
    from regulars.crm.insights.models import Run
    from tests.report import sample

    made = sample.young()
    Run.objects.filter(pk=run.pk).update(summary=made.summary, as_of=made.summary["as_of"])
    forget()
    text = cast.client("alice").get("/numbers/retention/", headers={"Accept-Language": "en"}).content.decode()
    assert "nobody can be seen to leave" in text


def test_a_failed_and_a_running_run_are_told(cast, run):
    from regulars.crm.insights.models import Run

    late = Run.objects.create(
        state=Run.State.FAILED, reason="night", error={"template": "The disk is full.", "code": "no_space"}
    )
    text = cast.client("alice").get("/numbers/rfm/", headers={"Accept-Language": "en"}).content.decode()
    assert "did not finish" in text and run.summary["as_of"] in text and "/runs/" in text
    Run.objects.filter(pk=late.pk).update(state=Run.State.RUNNING)
    text = cast.client("alice").get("/numbers/rfm/", headers={"Accept-Language": "en"}).content.decode()
    assert "A new run is under way" in text
