"""Chapter: what customers should bring, who holds it, and how far the forecast can be trusted."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import alive, at_risk, clv, numbers, survival
from regulars.charts.drawing import Row
from regulars.charts.words import ABC, ABC_COLOUR, RHYTHM, RHYTHM_COLOUR
from regulars.report import value_titles as titles
from regulars.report.chapters import look_alikes, proof, unpublished
from regulars.report.page import Card, CardRows, Chapter, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View


def chapter(view: View) -> Chapter:
    """The forecast and its proof; a single card that says why where there is none."""
    say = view.reader.say
    if view.worth is None:
        return Chapter("value", name(view), "", (("full", (unpublished.card(view),)),))
    by_product = [_by_product(view)] if view.survival.get("by_product") else []
    rows: list[tuple[str, list[Card]]] = [
        ("full", [_total(view)]),
        ("wide", [_concentration(view), _at_risk(view)]),
        ("two", [proof.calibration(view), proof.chances(view)]),
        ("full", [proof.accuracy(view)]),
        ("full", [proof.origins(view)]),
        ("wide", [proof.model(view), proof.cautions(view)]),
        ("full", [_alive(view)]),
        ("two", [_second(view), _by_quarter(view)]),
        ("full", by_product),
        ("full", look_alikes.cards(view)),
    ]
    sub = say("what customers should bring in the next {n} months", n=view.months_ahead)
    made: CardRows = tuple((layout, tuple(cards)) for layout, cards in rows if cards)  # type: ignore[misc]
    return Chapter("value", name(view), sub, made)


def name(view: View) -> str:
    """What the chapter and its sheet are called."""
    return view.reader.say("Value")


def _total(view: View) -> Card:
    """The sums of everybody, with bands from the errors of earlier forecasts."""
    say, worth = view.reader.say, view.worth or {}
    soon = worth["expected_purchases_90"]
    figures = (
        (say("Value, {n} months", n=view.months_ahead), view.reader.money(worth["total"]), _money_band(view, worth)),
        (say("Purchase days, {days}", days=view.reader.days(90)), numbers.count(soon["total"]), _count_band(soon)),
        (say("Value at risk"), view.reader.money(worth["at_risk"]["total"]), ""),
        (say("Customers with a value"), numbers.count(worth["customers"]), ""),
        (say("Without one"), numbers.count(proof.without(view)), ""),
    )
    cells = Markup("").join(
        Markup("<div><span>{}</span><b>{}</b><span>{}</span></div>").format(*figure) for figure in figures
    )
    return Card(
        key="value-total",
        title=titles.total(view),
        question=say("What should all customers together bring, discounted to today?"),
        body=Markup('<div class="st five-of">{}</div>').format(cells),
        foot=joined(
            [
                say("{rate} a year discounted", rate=numbers.share((view.clv or {}).get("discount_rate"))),
                say("ranges: 80%, from the errors of earlier forecasts"),
                proof.margin(view),
            ]
        ),
        uses=(Use("clv_12m", _here(view)), Use("value_at_risk"), Use("expected_purchases"), Use("total_band")),
    )


def _money_band(view: View, worth: Row) -> str:
    low, high = worth["total_low"], worth["total_high"]
    return titles.band(view, low, high) if low is not None and high is not None else ""


def _count_band(row: Row) -> str:
    if row["low"] is None or row["high"] is None:
        return ""
    return f"{numbers.count(row['low'])}–{numbers.count(row['high'])}"


def _here(view: View) -> tuple[tuple[str, str], ...]:
    worth = view.worth or {}
    return ((view.reader.say("here"), f"{view.reader.money(worth['total'])} / {numbers.count(worth['customers'])}"),)


def _concentration(view: View) -> Card:
    say, worth = view.reader.say, view.worth or {}
    drawing = clv.concentration(worth, view.reader)
    drawn = drawing.option is not None
    names = (("vA", say("Predicted value")), ("vC", say("{money} of the window", money=view.reader.profit_title)))
    return Card(
        key="clv-concentration",
        title=titles.concentration(view),
        question=say("How few customers carry the value to come, and how few carried the {profit}?",
                     profit=view.reader.profit),
        drawing=drawing,
        body=_key(names) + _top(view) if drawn else "",
        foot=say("n: {customers} with a predicted value", customers=view.reader.customers(worth["customers"])),
        uses=(Use("clv_concentration"), Use("clv_12m")),
    )  # fmt: skip


def _top(view: View) -> Markup:
    """What the best 1, 10 and 20 % should bring, in words."""
    held = ((view.worth or {}).get("concentration") or {}).get("top") or {}
    if not all(key in held for key in ("1", "10", "20")):
        return Markup("")
    words = rich(
        view.reader,
        "The best 1% of customers hold {one} of the predicted value, 10% hold {ten}, 20% hold {twenty}.",
        one=numbers.share(held["1"]),
        ten=numbers.share(held["10"]),
        twenty=numbers.share(held["20"]),
    )
    return Markup('<p class="aside">{}</p>').format(words)


def _key(names: tuple[tuple[str, str], ...]) -> Markup:
    items = Markup("").join(Markup('<span><i class="k-{}"></i>{}</span>').format(*pair) for pair in names)
    return Markup('<div class="key">{}</div>').format(items)


def _at_risk(view: View) -> Card:
    say, found = view.reader.say, (view.worth or {}).get("at_risk") or {}
    drawing = at_risk.held(found, view.reader)
    body = Markup("")
    if drawing.option is not None:
        words = rich(
            view.reader,
            "Of a value of {total} lateness puts {money} at risk.",
            money=view.reader.money(found["total"]),
            total=view.reader.money((view.worth or {})["total"]),
        )
        classes = _key(tuple((ABC_COLOUR[key], f"{key} {say(name)}") for key, name in ABC.items()))
        states = _key(tuple((RHYTHM_COLOUR[key], say(name)) for key, name in RHYTHM.items()))
        body = classes + states + Markup('<p class="aside">{}</p>').format(words)
    return Card(
        key="at-risk",
        title=titles.at_risk(view),
        question=say("With which class, and in which state, is the value that lateness costs?"),
        drawing=drawing,
        body=body,
        foot=say("chance lost within {days} since the last purchase, times value",
                 days=view.reader.days(view.rules.risk_days)),
        uses=(Use("value_at_risk"), Use("abc"), Use("rhythm")),
    )  # fmt: skip


def _alive(view: View) -> Card:
    say = view.reader.say
    drawing = alive.alive_map((view.worth or {}).get("alive"), view.reader)
    foot: list[str | Markup] = [say("nobody can check it on a customer: judge the model by the chances of a purchase")]
    if any(cell["customers"] < alive.THIN_CELL for cell in ((view.worth or {}).get("alive") or {}).get("cells") or ()):
        foot.append(say("grey digits: under {n} customers", n=str(alive.THIN_CELL)))
    return Card(
        key="alive",
        title=say("P(alive) by recency and frequency"),
        question=say("Of 100 customers with so many purchase days and so long a silence, how many are still there?"),
        drawing=drawing,
        foot=joined(foot),
        uses=(Use("p_alive"),),
    )


def _second(view: View) -> Card:
    say, curve = view.reader.say, view.survival.get("overall")
    foot: list[str | Markup] = []
    if curve:
        foot = [
            say("n {n}, {events} came back", n=numbers.count(curve["customers"]),
                events=numbers.count(curve["events"])),
            say("band 95%"),
            say("who is too new counts as long as seen"),
        ]  # fmt: skip
    return Card(
        key="second-purchase-time",
        title=titles.second_purchase(view),
        question=say("Of new customers, how many have come back by which day?"),
        drawing=survival.overall(curve, view.reader),
        foot=joined(foot),
        uses=(Use("second_purchase_survival"), Use("second_purchase_rate")),
    )


def _by_quarter(view: View) -> Card:
    curves = view.survival.get("by_cohort") or []
    return Card(
        key="second-purchase-quarters",
        title=titles.by_quarter(view),
        question=view.reader.say("Do newer customers come back sooner?"),
        drawing=survival.groups(curves, [view.reader.period(curve["name"]) for curve in curves], view.reader),
        foot=_group_foot(view),
        uses=(Use("second_purchase_survival"), Use("cohort")),
    )


def _by_product(view: View) -> Card:
    curves = view.survival.get("by_product") or []
    return Card(
        key="second-purchase-products",
        title=titles.by_product(view),
        question=view.reader.say("After which first product do customers come back, and how soon?"),
        drawing=survival.groups(curves, [str(curve["name"]) for curve in curves], view.reader),
        foot=_group_foot(view),
        uses=(Use("second_purchase_survival"),),
    )


def _group_foot(view: View) -> str:
    return view.reader.say(
        "at most {n} lines; groups of under {least} customers are left out",
        n=str(survival.MOST_LINES),
        least=str(survival.FEWEST_IN_A_LINE),
    )
