"""What the probability models say."""

from regulars.engine.definitions.definition import Definition

FORECAST = (
    Definition(
        key="purchase_model",
        section="forecast",
        name="purchase model",
        aliases="model, BG/NBD, MBG/NBD, CNBD-k, Pareto/NBD, bg_nbd, mbg_cnbd_k, pareto_nbd",
        sentence=(
            "The model of when customers buy and when they silently stop; the one that foretold unseen months best is "
            "taken."
        ),
        formula=(
            "each customer buys at a rate of their own and may drop out; rates vary over customers as a gamma "
            "distribution"
        ),
        unit="text",
        example="CDNOW sample, BG/NBD: r 0.243, α 4.414, a 0.793, b 2.426, log-likelihood −9582.4.",
        output=(
            "summary.json: clv.model",
            "summary.json: clv.parameters",
            "summary.json: clv.warnings",
        ),
        source=(
            "Fader, Hardie, Lee 2005; Batislam et al. 2007; Platzer, Reutterer 2016; Schmittlein, Morrison, Colombo "
            "1987"
        ),
        note="Input are purchase days, in days: x repeat days, t_x recency, T age.",
        see_also=(
            "p_alive",
            "expected_purchases",
            "backtest",
        ),
    ),
    Definition(
        key="log_likelihood",
        section="forecast",
        name="log-likelihood and standard errors",
        aliases="log-likelihood, standard errors, fit quality",
        sentence="How well the model fits what was seen, and how exactly its parameters are known.",
        formula="Σ log P(history of a customer | parameters); standard errors from the inverse Hessian",
        unit="number",
        example="r 0.243 with a standard error of 0.013: known to about 5%.",
        output=(
            "summary.json: clv.log_likelihood",
            "summary.json: clv.standard_errors",
        ),
        note=(
            "A flat ridge means that many parameters fit alike; it is reported, and its parameters are not printed as "
            "truth."
        ),
        see_also=("purchase_model",),
    ),
    Definition(
        key="spend_model",
        section="forecast",
        name="spend model",
        aliases="Gamma-Gamma, spend",
        sentence=(
            "The model of what a purchase day is worth: customers with few repeat days lean on the average of all."
        ),
        formula="Gamma-Gamma, fitted on repeat purchase days; a return lowers the purchase day before it",
        unit="text",
        example="CDNOW sample: p 6.25, q 3.74, v 15.45; with q ≤ 1 there is no mean, and it says so.",
        output=("summary.json: clv.spend_model",),
        source="Fader, Hardie 2013",
        see_also=("expected_spend",),
    ),
    Definition(
        key="p_alive",
        section="forecast",
        name="probability of being alive",
        aliases="P(alive), p_alive, alive",
        sentence="How likely it is that the customer has not stopped for good, given when they bought.",
        formula="P(not dropped out | x, t_x, T)",
        unit="share",
        example="Every 10 days for a year, then 80 days of silence: close to 0. Once a year, 80 days: close to 1.",
        output=("customers.parquet: p_alive",),
        note="Nobody can check it on a customer: judge the model by P(active by a date), which can be checked.",
        see_also=(
            "p_active",
            "purchase_model",
        ),
    ),
    Definition(
        key="p_active",
        section="forecast",
        name="probability of a purchase",
        aliases="P(active), p_active, p_active_90",
        sentence="How likely the customer buys at least once in the next 30, 90 or 365 days.",
        formula="P(≥ 1 purchase day in (D, D + h])",
        unit="share",
        example="100 customers with 0.30 each: about 30 should buy, and the reliability table shows how many did.",
        output=(
            "customers.parquet: p_active_30",
            "customers.parquet: p_active_90",
            "customers.parquet: p_active_365",
        ),
        see_also=(
            "p_alive",
            "backtest",
            "value_at_risk",
        ),
    ),
    Definition(
        key="expected_purchases",
        section="forecast",
        name="expected purchases",
        aliases="expected purchase days, forecast purchases",
        sentence="Purchase days to expect in the next 30, 90 and 365 days, with an 80% interval.",
        formula="E(purchase days in (D, D + h] | x, t_x, T)",
        unit="purchase days",
        example="1.4 in 90 days, interval 0–3: four of five such customers should end between none and three.",
        parameters=("forecast_interval",),
        output=(
            "customers.parquet: expected_purchases_30",
            "customers.parquet: expected_purchases_30_low",
            "customers.parquet: expected_purchases_30_high",
            "customers.parquet: expected_purchases_90",
            "customers.parquet: expected_purchases_90_low",
            "customers.parquet: expected_purchases_90_high",
            "customers.parquet: expected_purchases_365",
            "customers.parquet: expected_purchases_365_low",
            "customers.parquet: expected_purchases_365_high",
        ),
        see_also=(
            "purchase_model",
            "forecast_interval",
        ),
    ),
    Definition(
        key="forecast_interval",
        section="forecast",
        name="forecast interval",
        aliases="prediction interval, 80% interval, coverage",
        sentence=(
            "The range meant to hold the outcome of four in five customers; on totals it comes from past errors, not "
            "from parameters."
        ),
        formula="quantiles (1 ± 0.8) ÷ 2 of the predictive distribution",
        unit="share",
        example="In the hold-out 81% of customers fell inside: the interval holds.",
        parameters=("forecast_interval",),
        output=("summary.json: clv.backtest",),
        see_also=(
            "backtest",
            "expected_purchases",
        ),
    ),
    Definition(
        key="expected_spend",
        section="forecast",
        name="expected spend",
        aliases="expected value of a purchase",
        sentence="What a purchase day of the customer is expected to bring.",
        formula="E(mean value of a purchase day | x, mean spend so far)",
        unit="money",
        example="Two repeat days of 100 among customers of 40 on average: expected between 40 and 100, say 74.",
        output=("customers.parquet: expected_spend",),
        see_also=(
            "spend_model",
            "clv_12m",
        ),
    ),
    Definition(
        key="overdue_on",
        section="forecast",
        name="overdue date",
        aliases="overdue, gap quantile",
        sentence=(
            "The day from which the silence is longer than four in five of the gaps the customer's own rate would give."
        ),
        formula="last purchase + (α + T)·((1 − q)^(−1/(r + x)) − 1), q = 0.8",
        unit="date",
        example="Last purchase 1 May, 80% of the gaps up to 24 days: overdue on 25 May.",
        parameters=("late_percentile",),
        output=("customers.parquet: overdue_on",),
        see_also=(
            "next_purchase",
            "lateness",
        ),
    ),
    Definition(
        key="clv_12m",
        section="forecast",
        name="customer lifetime value, 12 months",
        aliases="CLV, lifetime value, LTV, clv",
        sentence="The profit expected from the customer in the next 12 months, discounted, with an 80% interval.",
        formula="Σ over future days of expected purchases × expected spend × margin × (1 + d)^(−t), d = 10% a year",
        unit="money",
        example="6 purchase days of 50 at a margin of 40%, discounted by about 5%: 6 × 50 × 0.4 × 0.95 = 114.",
        parameters=(
            "discount_rate",
            "clv_months",
            "forecast_interval",
            "margin",
        ),
        output=(
            "customers.parquet: clv_12m",
            "customers.parquet: clv_12m_low",
            "customers.parquet: clv_12m_high",
        ),
        source="Fader, Hardie, Lee 2005",
        see_also=(
            "expected_purchases",
            "expected_spend",
            "value_at_risk",
            "clv_note",
        ),
    ),
    Definition(
        key="value_at_risk",
        section="forecast",
        name="value at risk",
        aliases="VaR, at risk",
        sentence=(
            "What the customer's lateness costs: the chance lost since the last purchase, times the lifetime value."
        ),
        formula="max(0, P(active in 90 days) had the customer bought today − P(active in 90 days) now) × CLV",
        unit="money",
        example="0.85 had she bought today, 0.40 now, CLV 400: 0.45 × 400 = 180.",
        parameters=(
            "risk_days",
            "clv_months",
        ),
        output=(
            "customers.parquet: value_at_risk",
            "summary.json: value",
        ),
        note="Without forecasts the profit in the window of those who are late stands in, and is called so.",
        see_also=(
            "p_active",
            "clv_12m",
            "contacts",
        ),
    ),
    Definition(
        key="potential_12m",
        section="forecast",
        name="potential",
        aliases="potential value, upside",
        sentence=(
            "How much more profit the next 12 months should bring than the last, and the room up to similar customers."
        ),
        formula="predicted 12-month profit − profit of the last 12 months",
        unit="money",
        example="Predicted 300, last year 180: 120.",
        parameters=("clv_months",),
        output=("customers.parquet: potential_12m",),
        see_also=(
            "clv_12m",
            "look_alikes",
        ),
    ),
    Definition(
        key="clv_note",
        section="forecast",
        name="note in place of a forecast",
        aliases="not enough data, clv_note",
        sentence="Why a customer has no forecast, where the data are too thin to give one.",
        formula="set when the model or the customer's history does not carry a number",
        unit="text",
        example='One purchase yesterday: "no repeat purchase yet".',
        output=("customers.parquet: clv_note",),
        see_also=("clv_12m",),
    ),
    Definition(
        key="backtest",
        section="forecast",
        name="backtest",
        aliases="hold-out, calibration, bias, backtesting",
        sentence=(
            "The same model fitted on earlier data alone and compared with what then happened, beside a naive forecast "
            "and zero."
        ),
        formula="bias = Σ predicted ÷ Σ actual − 1; WAPE = Σ |predicted − actual| ÷ Σ actual",
        unit="ratio",
        example='Predicted 860, actual 1,000: bias −14%; "this forecast runs 14% low" is then written beside it.',
        output=("summary.json: clv.backtest",),
        note="A model that does not beat the naive forecast is not published as a forecast.",
        see_also=(
            "ngini",
            "top_decile_capture",
            "purchase_model",
        ),
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
        output=("summary.json: clv.backtest",),
        see_also=(
            "backtest",
            "top_decile_capture",
        ),
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
        output=("summary.json: clv.backtest",),
        see_also=(
            "ngini",
            "backtest",
        ),
    ),
    Definition(
        key="look_alikes",
        section="forecast",
        name="look-alikes",
        aliases="similar customers, look_alikes",
        sentence="Old customers who at the same age looked like this new one, by name, with what became of them.",
        formula="nearest by first basket, amount, channel, region and source at the same age",
        unit="customers",
        example=(
            "20 look-alikes of a newcomer: 13 still buy after a year; the backtest says how much such matches foretell."
        ),
        see_also=("potential_12m",),
    ),
    Definition(
        key="second_purchase_survival",
        section="forecast",
        name="time to the second purchase",
        aliases="Kaplan-Meier, survival curve",
        sentence=(
            "The share of customers who have come back by each day after the first purchase; those still too new are "
            "counted as long as they were seen."
        ),
        formula="1 − Π over days (1 − returns on the day ÷ customers still waiting)",
        unit="share",
        example="10 wait, 2 return on day 20, 3 leave sight on day 30, 1 of 5 returns on day 40: 1 − 0.8 × 0.8 = 36%.",
        source="Kaplan, Meier 1958",
        see_also=("second_purchase_rate",),
    ),
)
