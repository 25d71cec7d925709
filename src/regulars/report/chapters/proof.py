"""Cards: how well the forecast did on earlier days, which model made it, and when not to trust it."""

from __future__ import annotations

from markupsafe import Markup

from regulars.charts import calibration as tenths
from regulars.charts import numbers, reliability
from regulars.charts.drawing import Column, Row, Table
from regulars.report import cautions as doubts
from regulars.report import value_titles as titles
from regulars.report.chapters.quality import basis
from regulars.report.html_tables import Shown, labelled_rows, table_html
from regulars.report.page import Card, Use
from regulars.report.rich import joined, rich
from regulars.report.view import View

NAMES = {"bg_nbd": "BG/NBD", "pareto_nbd": "Pareto/NBD", "gamma_gamma": "Gamma-Gamma"}


def without(view: View) -> int:
    """Customers that have no predicted value."""
    notes = (view.worth or {}).get("notes") or {}
    return sum(count for code, count in notes.items() if code != "no_repeat")


def margin(view: View) -> str:
    """What turns the money of a purchase into profit."""
    found = (view.clv or {}).get("margin") or {}
    if found.get("basis") == "revenue" or found.get("rate") is None:
        return basis(view)
    return view.reader.say("margin {rate}, each customer's own leaning on it", rate=numbers.rate(found["rate"]))


def calibration(view: View) -> Card:
    say, proof = view.reader.say, view.backtest or {}
    drawing = tenths.by_decile(proof, view.reader)
    drawn = drawing.option is not None
    key = Markup('<div class="key"><span><i class="k-vC"></i>{}</span><span><i class="k-vA dot"></i>{}</span></div>')
    return Card(
        key="calibration",
        title=titles.calibration(view),
        question=say("Of what was foretold on earlier days, how much came?"),
        drawing=drawing,
        body=key.format(say("Actual"), say("Predicted")) + _in_words(view) if drawn else "",
        foot=hold_out(view),
        uses=(Use("calibration"), Use("backtest", _here(view)), Use("ngini"), Use("top_decile_capture")),
    )


def _in_words(view: View) -> Markup:
    """Bias, ranking and capture."""
    found = (view.backtest or {}).get("model") or {}
    if found.get("bias") is None or found.get("gini") is None or found.get("capture") is None:
        return Markup("")
    words = rich(
        view.reader,
        "In total {bias}. The ranking reaches {gini} of a perfect one; the tenth expected highest bought {capture} of"
        " what the best tenth bought.",
        bias=signed(found["bias"]),
        gini=numbers.share(found["gini"]),
        capture=numbers.share(found["capture"]),
    )
    return Markup('<p class="aside">{}</p>').format(words)


def _here(view: View) -> tuple[tuple[str, str], ...]:
    found = (view.backtest or {}).get("model") or {}
    if found.get("bias") is None:
        return ()
    counts = numbers.fraction(found["forecast"], found["actual"])
    return ((view.reader.say("bias"), f"{counts} − 1 = {signed(found['bias'])}"),)


def signed(share: float | None) -> str:
    """A difference as a share of the actual: +4.2%, −14.0%."""
    if share is None:
        return numbers.ABSENT
    text = numbers.rate(share)
    return text if text.startswith(numbers.MINUS) or text == "0.0%" else f"+{text}"


def hold_out(view: View) -> Markup:
    """On how many earlier days, how far ahead, and with how many customers it was tried."""
    proof = view.backtest
    if not proof:
        return Markup("")
    days = view.reader.days(proof["horizon_days"])
    tried = view.reader.say("1 earlier day, {days} ahead", days=days)
    if len(proof["origins"]) > 1:
        n = numbers.count(len(proof["origins"]))
        tried = view.reader.say("{n} earlier days, {days} ahead of each", n=n, days=days)
    return joined([tried, view.reader.say("n {n} forecasts of a customer", n=numbers.count(proof["customers"]))])


def chances(view: View) -> Card:
    say, proof = view.reader.say, view.backtest or {}
    days = reliability.span_of(proof)
    drawing = reliability.chances(proof, view.reader)
    span = view.reader.days(int(days) if days else view.rules.risk_days)
    return Card(
        key="chances",
        title=titles.chances(view),
        question=say("Of those who were given a chance to buy within {days}, how many bought?", days=span),
        drawing=drawing,
        foot=joined([say("interval (95%)"), say("dashed: as often as said"), say("hollow: under 20 customers")]),
        uses=(Use("p_active"), Use("reliability"), Use("wilson_interval")),
    )


def accuracy(view: View) -> Card:
    """The model beside the naive forecast and beside "nobody comes back", over all reported days."""
    return Card(
        key="backtest",
        title=titles.backtest(view),
        question=view.reader.say("Purchase days and money that came, beside three forecasts of them"),
        table=accuracy_table(view),
        foot=hold_out(view),
        uses=(Use("backtest"), Use("naive_forecast"), Use("ngini"), Use("top_decile_capture")),
    )


def accuracy_table(view: View) -> Table:
    say, proof = view.reader.say, view.backtest or {}
    columns = (
        Column("name", say("Forecast")),
        Column("forecast", say("Predicted"), "count"),
        Column("actual", say("Actual"), "count"),
        Column("bias", say("Bias"), "rate"),
        Column("wape", "WAPE", "ratio"),
        Column("rmse", "RMSE", "ratio"),
        Column("gini", say("Ranking (nGini)"), "ratio"),
        Column("capture", say("Top tenth"), "rate"),
    )
    rows = [
        _accuracy_row(say("The model"), proof.get("model")),
        _accuracy_row(say("As before (x ÷ T)"), proof.get("naive")),
        _accuracy_row(say("Nobody comes back"), proof.get("zero")),
    ]
    for name, key in ((say("The model, in money"), "value"), (say("As before, in money"), "value_naive")):
        if proof.get(key):
            rows.append(_accuracy_row(name, proof[key], view))
    return Table(columns, tuple(row for row in rows if row))


def _accuracy_row(name: str, found: Row | None, money: View | None = None) -> tuple[object, ...]:
    """A row of the table; with ``money`` the sums and the error are amounts of its currency."""
    if not found:
        return ()
    sums: tuple[object, ...] = (found["forecast"], found["actual"])
    error: object = found["rmse"]
    if money is not None:
        sums = tuple(_amount(money, found[key]) for key in ("forecast", "actual"))
        error = _amount(money, error)
    bias = Shown(Markup("{}").format(signed(found["bias"])), (found["bias"],))
    return (name, *sums, bias, found["wape"], error, found["gini"], found["capture"])


def _amount(view: View, value: object) -> Shown:
    amount = float(value) if isinstance(value, int | float) else None
    return Shown(Markup("{}").format(view.reader.money(amount)), (value,), look="money")


def origins(view: View) -> Card:
    """One row a reported day, the latest first."""
    say, proof = view.reader.say, view.backtest or {}
    selected = [view.reader.day(day) for day in proof.get("selected_on") or []]
    chosen_on = say("model chosen on {days}", days=", ".join(selected)) if selected else ""
    return Card(
        key="origins",
        title=say("One earlier day at a time"),
        question=say("Fitted on what was known that day, compared with what came after it"),
        table=origins_table(view),
        foot=joined([chosen_on, say("WAPE: sum of errors ÷ sum of purchases")]),
        uses=(Use("backtest"), Use("naive_forecast"), Use("forecast_interval")),
    )


def origins_table(view: View) -> Table:
    say, proof = view.reader.say, view.backtest or {}
    columns = (
        Column("period", say("As of"), "day"),
        Column("customers", say("Customers"), "count"),
        Column("actual", say("Actual"), "count"),
        Column("forecast", say("Predicted"), "count"),
        Column("bias", say("Bias"), "rate"),
        Column("wape", "WAPE", "ratio"),
        Column("naive", say("As before: bias"), "rate"),
        Column("naive_wape", say("As before: WAPE"), "ratio"),
        Column("coverage", say("Within the 80% interval"), "rate"),
    )
    return Table(columns, tuple(_origin_row(one) for one in reversed(proof.get("origins") or [])))


def _origin_row(one: Row) -> tuple[object, ...]:
    model, naive = one["model"], one["naive"]
    ours, theirs = (Shown(Markup("{}").format(signed(row["bias"])), (row["bias"],)) for row in (model, naive))
    wape = (model["wape"], theirs, naive["wape"])
    return (one["day"], one["customers"], model["actual"], model["forecast"], ours, *wape, one["coverage"])


def model(view: View) -> Card:
    """Which model was taken and why; its parameters where they are estimates of anything."""
    say, clv = view.reader.say, view.clv or {}
    spend = clv.get("spend")
    parts: list[str | Markup] = [say("n {n}", n=numbers.count(clv.get("n")))]
    if clv.get("log_likelihood") is not None:
        parts.append(say("log-likelihood {value}", value=numbers.fixed(clv["log_likelihood"], 1)))
    name = name_of(clv["model"], clv.get("k"))
    with_spend = f"{name} × {NAMES[spend['model']]}" if spend else name
    return Card(
        key="purchase-model",
        title=rich(view.reader, "Made by {model}", model=with_spend),
        question=say("Which model, why this one, and with which parameters?"),
        body=_reasons(view) + _parameters(view),
        foot=joined(parts),
        exportable=bool(candidates(view)),
        uses=(Use("purchase_model"), Use("model_choice"), Use("spend_model"), Use("log_likelihood")),
    )


def name_of(model: str, k: int | None) -> str:
    """BG/NBD, Pareto/NBD, MBG/NBD, MBG/CNBD-2."""
    if model == "mbg_cnbd_k":
        return "MBG/NBD" if k == 1 else f"MBG/CNBD-{k}"
    return NAMES.get(model, model)


def candidates(view: View) -> list[Row]:
    """The models that stood for election, the best first."""
    found = (view.clv or {}).get("choice") or []
    return sorted(found, key=lambda one: -one["out_of_sample"])


def _reasons(view: View) -> Markup:
    """Why this model, and the candidates it stood against."""
    if not candidates(view):
        return Markup("")
    caption = view.reader.say("Models that stood for election")
    table = table_html(candidates_table(view), view.reader, caption=caption)
    return Markup('<p class="aside">{}</p>').format(why(view)) + table


def why(view: View) -> Markup:
    """The choice in words; there must have been candidates."""
    clv, found = view.clv or {}, candidates(view)
    best, chosen = found[0], (clv["model"], clv.get("k"))
    words = {
        "model": name_of(*chosen),
        "n": numbers.count(len(found)),
        "best": name_of(best["model"], best["k"]),
    }
    if (best["model"], best["k"]) == chosen:
        return rich(
            view.reader,
            "Of {n} models {model} gave what came later, and was hidden from it, the highest probability.",
            **words,
        )
    return rich(
        view.reader,
        "Of {n} models {best} gave what came later, and was hidden from it, the highest probability, {model}"
        " practically the same: it is preferred because in it customers may leave at any time, or its parameters"
        " can be told.",
        **words,
    )


def candidates_table(view: View) -> Table:
    say, found = view.reader.say, candidates(view)
    columns = (
        Column("name", say("Model")),
        Column("out_of_sample", say("Log-probability a customer"), "ratio"),
        Column("behind", say("Behind the best"), "ratio"),
    )
    best, chosen = found[0]["out_of_sample"], ((view.clv or {})["model"], (view.clv or {}).get("k"))
    rows = tuple(
        (
            _stood(name_of(one["model"], one["k"]), (one["model"], one["k"]) == chosen),
            _exactly(one["out_of_sample"]),
            _exactly(one["out_of_sample"] - best),
        )
        for one in found
    )
    return Table(columns, rows)


def _stood(name: str, chosen: bool) -> Shown:
    """The name of a candidate, bold where it was taken."""
    return Shown((Markup("<b>{}</b>") if chosen else Markup("{}")).format(name), (name,))


def _exactly(value: float) -> Shown:
    return Shown(Markup("{}").format(numbers.fixed(value, 4)), (value,), look="fine")


def _parameters(view: View) -> Markup:
    """Purchases in days, then spending; purchases only where the fit says that they are estimates."""
    clv, say = view.clv or {}, view.reader.say
    heading, note = Markup('<p class="aside">{}</p>'), say("not shown: here they are not estimates of anything")
    made = heading.format(say("Parameters of {model}, in days", model=name_of(clv["model"], clv.get("k"))))
    made += labelled_rows(_pairs(clv)) if clv.get("trusted") else Markup('<p class="dim sm">{}</p>').format(note)
    if clv.get("spend"):
        name = NAMES[clv["spend"]["model"]]
        made += heading.format(say("Parameters of {model}, in money", model=name)) + labelled_rows(_pairs(clv["spend"]))
    return made


def _pairs(fit: Row) -> list[tuple[str, str]]:
    greek = {"alpha": "α", "beta": "β"}
    errors = fit.get("standard_errors") or {}
    return [(greek.get(name, name), _with_error(value, errors.get(name))) for name, value in fit["parameters"].items()]


def _with_error(value: float, error: float | None) -> str:
    shown = f"{value:.4g}"
    return shown if error is None else f"{shown} ± {error:.2g}"


def cautions(view: View) -> Card:
    """What weakens these numbers, in sentences."""
    say = view.reader.say
    items = Markup("").join(Markup("<li>{}</li>").format(text) for text in doubts.cautions(view))
    return Card(
        key="cautions",
        title=say("When not to trust it"),
        question=say("What weakens these numbers, and what they cannot know"),
        body=Markup('<ul class="says">{}</ul>').format(items),
        uses=(Use("clv_note"), Use("forecast_interval"), Use("total_band")),
    )
