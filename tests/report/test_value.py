"""The chapter on value: whole where a forecast is published, one card that says why where none is."""

import pytest

from regulars.report.cautions import cautions
from regulars.report.chapters import proof, value
from tests.report.stories import plain, told

CARDS = [
    "value-total",
    "clv-concentration",
    "at-risk",
    "calibration",
    "chances",
    "backtest",
    "origins",
    "purchase-model",
    "cautions",
    "alive",
    "second-purchase-time",
    "second-purchase-quarters",
    "second-purchase-products",
    "look-alikes",
]


def card(key, changes=None, **where):
    (found,) = [one for one in value.chapter(told(changes or {}, **where)).cards if one.key == key]
    return found


def test_a_published_forecast_has_every_card():
    chapter = value.chapter(told({}))
    assert [one.key for one in chapter.cards] == CARDS
    assert chapter.sub == "what customers should bring in the next 12 months"


def test_products_and_look_alikes_are_there_only_when_given():
    keys = [one.key for one in value.chapter(told({"value.survival.by_product": None, "value.lookalikes": None})).cards]
    assert keys == CARDS[:-2]


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        ({"clv": None}, "without the probability models", "没有跑概率模型"),
        ({"clv.reason": "history_too_short"}, "Too few purchases for a forecast: the history", "购买太少，不给预测。"),
        ({"clv.reason": "no_repeats"}, "nobody has bought a second time", "还没有人买过第二次"),
        ({"clv.reason": "no_purchases"}, "Too few purchases for a forecast: there is none.", "还没有一次购买"),
        ({"clv.reason": "no_spend"}, "no second purchase day has a positive value", "没有一个再次购买日的金额为正"),
        (
            {"clv.reason": "fit_failed"},
            "could not be fitted to these data (fit_failed)",
            "模型无法拟合这些数据（fit_failed）",
        ),
        ({"clv.reason": "abstain"}, "not closer than going on as before", "都比“照旧”猜得准"),
    ],
)
def test_without_a_forecast_there_is_one_card_with_the_reason_and_no_curve(changes, english, chinese):
    changes = {"clv.published": False, **changes} if "clv" not in changes else {**changes, "value": None}
    for lang, words in (("en", english), ("zh", chinese)):
        (only,) = value.chapter(told(changes, lang=lang)).cards
        assert only.drawing is None and only.table is None
        assert words in plain(only.body)


def test_who_abstains_shows_what_was_reached():
    (only,) = value.chapter(told({}, of="young")).cards
    assert only.exportable
    assert "As before (x ÷ T)" in only.body and "1 earlier day, 91 days ahead" in only.foot
    (short,) = value.chapter(told({}, of="tiny")).cards
    assert not short.exportable and "<table" not in short.body


def test_the_totals_have_ranges_and_the_customers_without_a_value_are_counted():
    body = card("value-total").body
    assert "<span>Without one</span><b>54</b>" in body
    assert "<span>¥150K–¥191K</span>" in body
    bare = {"value.total_low": None, "value.expected_purchases_90": {"total": 9.0, "low": None, "high": None}}
    assert "–" not in plain(card("value-total", bare).body)


def test_the_first_tenth_and_twentieth_are_told_in_words():
    held = {"value.concentration.top": {"1": 0.137, "10": 0.567, "20": 0.762}}
    assert "The best 1% of customers hold 14% of the predicted value, 10% hold 57%, 20% hold 76%." in plain(
        card("clv-concentration", held).body
    )


def test_bias_ranking_and_capture_are_told_and_mae_never():
    found = {"n": 4805, "forecast": 4988.0, "actual": 5800.0, "bias": -0.14, "wape": 0.8, "rmse": 1.7, "gini": 0.663,
             "capture": 0.675}  # fmt: skip
    one = card("calibration", {"clv.backtest.model": found}, lang="zh")
    assert plain(one.title) == "这组预测偏低 14%"
    assert "总数偏差 −14.0%。排序达到完美排序的 66%；预测最高的一成，买到了真正最好一成的 68%。" in plain(one.body)
    assert all("MAE" not in str(each) for each in value.chapter(told({})).cards)


def test_the_model_stands_beside_as_before_and_nobody():
    table = card("backtest").table
    assert [row[0] for row in table.rows] == [
        "The model",
        "As before (x ÷ T)",
        "Nobody comes back",
        "The model, in money",
        "As before, in money",
    ]
    assert [column.key for column in table.columns] == [
        "name", "forecast", "actual", "bias", "wape", "rmse", "gini", "capture"
    ]  # fmt: skip
    assert plain(table.rows[2][3].html) == "−100.0%"
    no_money = card("backtest", {"clv.backtest.value": None, "clv.backtest.value_naive": None}).table
    assert len(no_money.rows) == 3


def test_days_are_told_one_by_one_the_latest_first():
    one = card("origins")
    assert [row[0] for row in one.table.rows] == ["2026-05-02", "2025-11-01", "2025-05-03"]
    assert "model chosen on 2 Nov 2024" in one.foot


@pytest.mark.parametrize(
    ("model", "k", "name"),
    [("bg_nbd", 1, "BG/NBD"), ("pareto_nbd", 1, "Pareto/NBD"), ("mbg_cnbd_k", 1, "MBG/NBD"),
     ("mbg_cnbd_k", 3, "MBG/CNBD-3")],
)  # fmt: skip
def test_models_go_by_their_names(model, k, name):
    assert proof.name_of(model, k) == name


def test_the_choice_says_whether_it_was_the_best_or_as_good():
    assert "Of 4 models Pareto/NBD gave what came later" in plain(card("purchase-model").body)
    near = {"clv.model": "mbg_cnbd_k", "clv.k": 1}
    words = plain(card("purchase-model", near).body)
    assert "Pareto/NBD gave what came later" in words and "MBG/NBD practically the same" in words
    none = card("purchase-model", {"clv.choice": []})
    assert "models" not in plain(none.body) and not none.exportable


def test_candidates_stand_in_the_order_of_what_they_told():
    assert [(one["model"], one["k"]) for one in proof.candidates(told({}))] == [
        ("pareto_nbd", 1), ("mbg_cnbd_k", 1), ("bg_nbd", 1), ("mbg_cnbd_k", 2)
    ]  # fmt: skip


def test_parameters_on_a_ridge_are_not_shown():
    assert "0.8812 ± 0.032" in plain(card("purchase-model").body)
    ridge = plain(card("purchase-model", {"clv.trusted": False}).body)
    assert "0.8812" not in ridge and "not estimates of anything" in ridge
    assert "5.41 ± 0.22" in ridge


def doubts(changes=None, **where):
    return [plain(text) for text in cautions(told(changes or {}, **where))]


def test_thin_customers_are_counted_and_the_unknown_is_named():
    found = doubts()
    assert "47 have no value: they bought once, and only recently." in found
    assert "7 have no value: returns ate the money of their repeat purchases." in found
    assert any(text.startswith("926 bought on one day only") for text in found)
    assert found[-1].startswith("The models know purchase days and money alone")
    assert not any("have no value" in text for text in doubts({"value.notes": {"new": 0, "no_spend": 0}}))


def test_warnings_of_the_fits_are_explained_once_in_both_languages():
    warned = {"clv.warnings": ["ridge", "too_few_repeats"], "clv.spend.warnings": ["too_few_repeats", "q_le_1"]}
    assert doubts(warned)[0].startswith("The likelihood is flat along a ridge")
    assert sum("Fewer than 50" in text for text in doubts(warned)) == 1
    assert any("中位数" in text for text in doubts(warned, lang="zh"))
    assert doubts({"clv.warnings": ["something_new"]})[0] == "something new"


@pytest.mark.parametrize(
    ("band", "said"),
    [([None, None], "has no range"), ([0.0, None], "has no range"), ([0.31, 3.2], "is wide"), ([0.89, 1.13], "")],
)
def test_the_range_of_the_total_is_doubted_where_it_is_wide_or_missing(band, said):
    texts = [text for text in doubts({"clv.backtest.band": band}) if "total" in text]
    assert len(texts) == bool(said) and all(said in text for text in texts)


def test_intervals_that_hold_too_little_are_called_too_narrow():
    assert "Intervals are too narrow: meant to hold 80%, they held 71%." in doubts({"clv.backtest.coverage": 0.71})
    assert "Intervals of single customers, meant to hold 80%, held 84%." in doubts()


def test_a_bias_and_a_weak_ranking_by_money_are_told():
    low = {"clv.backtest.model": {"forecast": 4988.0, "actual": 5800.0, "bias": -0.14}}
    assert "On earlier days it ran 14% low." in doubts(low)
    weak = {"clv.backtest.value": {"gini": 0.12}}
    assert any("By money the ranking reached 12%" in text for text in doubts(weak))


def test_look_alikes_have_names_and_what_became_of_them():
    one = card("look-alikes")
    lines = one.table.rows[0][3]
    assert lines.values[0].count("; ") == 2
    assert "in 12 months, purchase days 1, still buying" in lines.values[0]
    assert plain(one.table.rows[0][4].html) == "¥41.20¥12.50–¥66.00"
    assert "ranking 41% of a perfect one, error 9% below that of the mean, n 1,184" in one.foot
    assert "no better" not in one.foot
    useless = told({})
    useless.summary["value"]["lookalikes"]["backtest"]["useful"] = False
    assert "no better than the mean" in value.look_alikes.cards(useless)[0].foot
    useless.summary["value"]["lookalikes"]["backtest"] = None
    assert value.look_alikes.cards(useless)[0].foot.startswith("the nearest by name")


def test_names_of_look_alikes_are_escaped_and_formulas_disarmed():
    view = told({})
    view.summary["value"]["lookalikes"]["rows"][0]["name"] = "=1+1<b>"
    shown = value.look_alikes.cards(view)[0].table.rows[0][0]
    assert "&lt;b&gt;" in shown.html and "<b>" not in shown.html


def test_revenue_is_called_revenue():
    basis = {"profit_basis": "revenue", "clv.margin": {"basis": "revenue", "rate": 1.0}}
    assert "revenue stands in for profit" in card("value-total", basis).foot
    assert "Revenue of the window" in card("clv-concentration", basis).body
