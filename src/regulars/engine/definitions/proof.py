"""How well the forecasts did on earlier days, and when they are published at all."""

from regulars.engine.definitions.definition import Definition

PROOF = (
    Definition(
        key="published_forecast",
        section="forecast",
        name="when a forecast is published",
        aliases="abstain, abstention, no forecast",
        sentence="A forecast is shown only where it was tried on earlier days and was closer than going on as before.",
        formula="WAPE and RMSE of the model both below those of the naive forecast, over all reported days together",
        unit="text",
        example="Model WAPE 0.78 and RMSE 1.72, naive 1.02 and 2.35: published. WAPE 1.10 against 1.02: abstain.",
        output=(
            "summary.json: clv.published",
            "summary.json: clv.reason",
        ),
        note=(
            "Other reasons: history_too_short (under 84 days), no_repeats, no_purchases, no_spend. Nothing of a "
            "forecast that is not published stands in a table."
        ),
        see_also=("backtest", "naive_forecast", "clv_note"),
    ),
    Definition(
        key="backtest",
        section="forecast",
        name="backtest",
        aliases="hold-out, backtesting, rolling origin",
        sentence=(
            "The same model fitted on earlier data alone and compared with what then happened, beside a naive forecast "
            "and zero."
        ),
        formula=(
            "bias = Σ predicted ÷ Σ actual − 1; WAPE = Σ |predicted − actual| ÷ Σ actual; RMSE = √ mean (predicted − "
            "actual)²; of purchase days, and of money"
        ),
        unit="ratio",
        example='Predicted 860, actual 1,000: bias −14%; "this forecast runs 14% low" is then written beside it.',
        output=("summary.json: clv.backtest",),
        note=(
            "The longest of 365, 182, 91, 56 and 28 days that fits three times ahead of up to six earlier days; the "
            "first half of them chooses the model, the others are reported on."
        ),
        see_also=("published_forecast", "naive_forecast", "ngini", "top_decile_capture", "purchase_model"),
    ),
    Definition(
        key="naive_forecast",
        section="forecast",
        name="naive forecast",
        aliases="as before, naive, zero forecast",
        sentence="What one would say without a model: everybody goes on as before; zero is that nobody comes back.",
        formula="repeat purchase days ÷ age × days ahead; in money times the mean value of a repeat day",
        unit="purchase days",
        example="3 repeat days in 300 days: in the next 90 days 0.9.",
        output=(
            "summary.json: clv.backtest.naive",
            "summary.json: clv.backtest.zero",
            "summary.json: clv.backtest.value_naive",
        ),
        see_also=("backtest",),
    ),
    Definition(
        key="calibration",
        section="forecast",
        name="calibration by tenth",
        aliases="decile table, deciles",
        sentence="Customers in ten equal groups by what was expected of them: mean expected beside mean that came.",
        formula="ten groups in order of the forecast, the best first; who has the same forecast shares the mean",
        unit="purchase days",
        example="Best tenth: 5.4 expected, 5.7 came; last tenth 0.08 and 0.02.",
        output=("summary.json: clv.backtest.deciles",),
        see_also=("backtest", "reliability"),
    ),
    Definition(
        key="reliability",
        section="forecast",
        name="reliability of chances",
        aliases="reliability diagram, calibration of P(active)",
        sentence="Of the customers who were given a chance to buy, how many did: said and done should be alike.",
        formula="chances in ten equal ranges: mean chance, share that bought, its 95% Wilson interval",
        unit="share",
        example="A chance of 60–70% went to 249, 65.5% on average; 157 bought: 63.1%, interval 56.9–68.8%.",
        output=("summary.json: clv.backtest.reliability",),
        see_also=("p_active", "wilson_interval"),
    ),
    Definition(
        key="ngini",
        section="forecast",
        name="normalised Gini",
        aliases="nGini, Gini",
        sentence="How well the forecast ranks customers: 1 is the perfect order, 0 is chance.",
        formula="Gini of actuals ordered by prediction ÷ Gini of actuals ordered by actuals",
        unit="ratio",
        example="0.663: two thirds of what a perfect ranking would reach.",
        output=("summary.json: clv.backtest.model.gini",),
        see_also=("backtest", "top_decile_capture"),
    ),
    Definition(
        key="top_decile_capture",
        section="forecast",
        name="top-decile capture",
        aliases="capture, top 10%",
        sentence="What the tenth predicted highest really bought, against what the best tenth bought.",
        formula="actuals held by the top 10% predicted ÷ by the top 10% actual",
        unit="share",
        example="The predicted top tenth bought 675, the true one 1,000: 0.675.",
        output=("summary.json: clv.backtest.model.capture",),
        see_also=("ngini", "backtest"),
    ),
    Definition(
        key="total_band",
        section="forecast",
        name="range of a total",
        aliases="band of a total, total_low, total_high",
        sentence=(
            "The range meant to hold the total in four of five cases; it comes from how far earlier totals were off."
        ),
        formula=(
            "total × exp(± t·s): s = root mean square of ln(actual ÷ predicted) over the reported days, t the 90% "
            "quantile of Student's t with as many degrees of freedom"
        ),
        unit="money",
        example="Actual ÷ predicted 0.95, 1.04 and 0.93 on three days: from 0.91 to 1.10 times the total.",
        output=(
            "summary.json: clv.backtest.band",
            "summary.json: value.total_low",
            "summary.json: value.total_high",
        ),
        note="Learnt on purchase days over the span of the backtest and applied to every total; few days make it wide.",
        see_also=("forecast_interval", "backtest", "clv_12m"),
    ),
)
