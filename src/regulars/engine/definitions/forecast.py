"""What the probability models say of each customer and of all of them."""

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
            "summary.json: clv.k",
            "summary.json: clv.time_unit",
            "summary.json: clv.parameters",
        ),
        source=(
            "Fader, Hardie, Lee 2005; Batislam et al. 2007; Platzer, Reutterer 2016; Schmittlein, Morrison, Colombo "
            "1987"
        ),
        note="Input are purchase days, in days: x repeat days, t_x recency, T age.",
        see_also=("p_alive", "expected_purchases", "model_choice", "backtest"),
    ),
    Definition(
        key="model_choice",
        section="forecast",
        name="choice of the model",
        aliases="model selection, candidates, out of sample",
        sentence="Which model is taken: the one that gave purchases it had not seen the highest probability.",
        formula=(
            "mean over customers of ln P(purchase days after an earlier day | history up to it); within 0.01 of the "
            "best the first without a ridge of Pareto/NBD, MBG/NBD and MBG/CNBD-k, BG/NBD"
        ),
        unit="number",
        example="Pareto/NBD −2.4126 a customer, MBG/CNBD-2 −2.4493: Pareto/NBD is taken.",
        output=(
            "summary.json: clv.choice",
            "summary.json: clv.backtest.selected_on",
        ),
        note=(
            "Judged on days that end before those the backtest reports on; where there are none, on the half of the "
            "customers that the model was not fitted to."
        ),
        see_also=("purchase_model", "backtest"),
    ),
    Definition(
        key="log_likelihood",
        section="forecast",
        name="log-likelihood and standard errors",
        aliases="log-likelihood, standard errors, fit quality, ridge, converged",
        sentence="How well the model fits what was seen, and how exactly its parameters are known.",
        formula="Σ log P(history of a customer | parameters); standard errors from the inverse Hessian",
        unit="number",
        example="r 0.243 with a standard error of 0.013: known to about 5%.",
        output=(
            "summary.json: clv.log_likelihood",
            "summary.json: clv.standard_errors",
            "summary.json: clv.gradient_norm",
            "summary.json: clv.condition",
            "summary.json: clv.converged",
            "summary.json: clv.trusted",
            "summary.json: clv.n",
            "summary.json: clv.warnings",
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
        output=("summary.json: clv.spend",),
        source="Fader, Hardie 2013",
        see_also=("expected_spend",),
    ),
    Definition(
        key="customer_margin",
        section="forecast",
        name="margin of a customer",
        aliases="shrunk margin, forecast margin",
        sentence="What part of the money to come is profit: the customer's own margin, leaning on that of all.",
        formula="(profit + M·c) ÷ (amount + c), both to date; M = Σ profit ÷ Σ amount, c = mean amount of a customer",
        unit="share",
        example="Margin of all 36%, mean amount 300; a customer with 60 of profit on 300: (60 + 108) ÷ 600 = 28%.",
        parameters=("margin",),
        output=("summary.json: clv.margin",),
        see_also=("clv_12m", "profit"),
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
        output=(
            "customers.parquet: p_alive",
            "contacts.csv: p_alive",
            "summary.json: value.alive",
        ),
        note="Nobody can check it on a customer: judge the model by P(active by a date), which can be checked.",
        see_also=("p_active", "purchase_model"),
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
        see_also=("p_alive", "reliability", "value_at_risk"),
    ),
    Definition(
        key="expected_purchases",
        section="forecast",
        name="expected purchases",
        aliases="expected purchase days, forecast purchases",
        sentence="Purchase days to expect in the next 30, 90 and 365 days, with an 80% interval.",
        formula=(
            "E(purchase days in (D, D + h] | x, t_x, T); interval: quantiles 10% and 90% of their distribution, "
            "widened to hold the expectation"
        ),
        unit="purchase days",
        example="1.4 in 90 days, interval 0–3: four of five such customers should end between none and three.",
        parameters=("forecast_interval",),
        output=(
            *(f"customers.parquet: expected_purchases_{h}{b}" for h in (30, 90, 365) for b in ("", "_low", "_high")),
            "summary.json: value.expected_purchases_90",
        ),
        see_also=("purchase_model", "forecast_interval"),
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
        formula="quantiles (1 ± 0.8) ÷ 2 of the predictive distribution; parameters count as known",
        unit="share",
        example="In the hold-out 81% of customers fell inside: the interval holds.",
        parameters=("forecast_interval",),
        output=("summary.json: clv.backtest.coverage",),
        see_also=("backtest", "expected_purchases", "total_band"),
    ),
    Definition(
        key="expected_spend",
        section="forecast",
        name="expected spend",
        aliases="expected value of a purchase",
        sentence="What a purchase day of the customer is expected to bring.",
        formula="p·(v + x·m) ÷ (p·x + q − 1), m the mean value of the x repeat days; the median where there is no mean",
        unit="money",
        example="Two repeat days of 100 among customers of 40 on average: expected between 40 and 100, say 74.",
        output=("customers.parquet: expected_spend",),
        source="Fader, Hardie 2013",
        see_also=("spend_model", "clv_12m"),
    ),
    Definition(
        key="overdue_on",
        section="forecast",
        name="overdue date",
        aliases="overdue, gap quantile",
        sentence=(
            "The day from which the silence is longer than nine in ten of the gaps the customer's own rate would give."
        ),
        formula="last purchase + (α + t_x)·((1 − q)^(−1/(r + x)) − 1), q = 0.9, rounded up to a day",
        unit="date",
        example="Last purchase 1 May, 90% of the gaps up to 24 days: overdue on 25 May.",
        output=("customers.parquet: overdue_on",),
        note="Empty where that would be more than 3,650 days: once bought tells too little.",
        see_also=("next_purchase", "lateness"),
    ),
    Definition(
        key="clv_12m",
        section="forecast",
        name="customer lifetime value, 12 months",
        aliases="CLV, lifetime value, LTV, clv",
        sentence="The profit expected from the customer in the next 12 months, discounted, with an 80% interval.",
        formula=(
            "margin × expected spend × Σ over the months of expected purchase days × (1 + d)^(−m/365), m the day in "
            "the middle of the month, d = 10% a year"
        ),
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
            "contacts.csv: clv_12m",
            "summary.json: clv.months",
            "summary.json: clv.discount_rate",
            "summary.json: value.customers",
            "summary.json: value.total",
        ),
        source="Fader, Hardie, Lee 2005",
        note="The interval is that of the undiscounted money of the same span, times the mean discount.",
        see_also=("expected_purchases", "expected_spend", "customer_margin", "value_at_risk", "clv_note"),
    ),
    Definition(
        key="clv_concentration",
        section="forecast",
        name="concentration of the predicted value",
        aliases="CLV concentration, value concentration",
        sentence="How large a part of the predicted value the best customers hold, beside that of the profit so far.",
        formula=(
            "customers with a value, highest first: share of customers against share of Σ CLV; realised: the same "
            "customers by profit in the window, negative as 0, highest first"
        ),
        unit="share",
        example="100 customers with a value of 10,000 in all, the best 10 with 4,500: 45%.",
        output=("summary.json: value.concentration",),
        see_also=("clv_12m", "pareto"),
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
        parameters=("risk_days", "clv_months"),
        output=(
            "customers.parquet: value_at_risk",
            "contacts.csv: value_at_risk",
            "summary.json: contacts.value_at_risk",
            "summary.json: value.at_risk",
        ),
        note="Without forecasts the profit in the window of those who are late stands in, and is called so.",
        see_also=("p_active", "clv_12m", "contacts"),
    ),
    Definition(
        key="potential_12m",
        section="forecast",
        name="potential",
        aliases="potential value, upside",
        sentence="How much more profit the next 12 months should bring than the last 365 days did.",
        formula="predicted 12-month profit, not discounted − profit of the last 365 days",
        unit="money",
        example="Predicted 300, last year 180: 120.",
        parameters=("clv_months",),
        output=("customers.parquet: potential_12m",),
        see_also=("clv_12m", "look_alikes"),
    ),
    Definition(
        key="clv_note",
        section="forecast",
        name="note in place of a forecast",
        aliases="not enough data, clv_note",
        sentence="Why a customer has no value, or one that is that of others, where the data are thin.",
        formula=(
            "new: bought on one day, under 30 days ago · no_spend: returns ate all repeat purchases · no_repeat: "
            "bought on one day only, a value is given · not_published: there is no forecast"
        ),
        unit="text",
        example="One purchase yesterday: new, and no value.",
        output=(
            "customers.parquet: clv_note",
            "summary.json: value.notes",
        ),
        see_also=("clv_12m", "published_forecast"),
    ),
    Definition(
        key="look_alikes",
        section="forecast",
        name="look-alikes",
        aliases="similar customers, look_alikes",
        sentence="Old customers who at the same age looked like this new one, by name, with what became of them.",
        formula=(
            "nearest in the logarithm of the first amount (in standard deviations), with 1 added to the squared "
            "distance for a channel or region that differs and 0.5 where it is unknown; similarity = 1 ÷ (1 + distance)"
        ),
        unit="customers",
        example=(
            "20 look-alikes of a newcomer: 13 still buy after a year; the backtest says how much such matches foretell."
        ),
        output=("summary.json: value.lookalikes",),
        note="Foretold is the mean of the 25 nearest over the 365 days after their first purchase, times the margin.",
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
        output=("summary.json: value.survival",),
        source="Kaplan, Meier 1958",
        note="summary.json holds the share not yet returned with its 95% limits, from Greenwood's variance.",
        see_also=("second_purchase_rate",),
    ),
)
