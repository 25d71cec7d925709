"""Purchase rhythm: gaps, lateness, spells."""

from regulars.engine.definitions.definition import Definition

RHYTHM = (
    Definition(
        key="gap",
        section="rhythm",
        name="gap",
        aliases="purchase gap, interpurchase time",
        sentence="Days between two successive purchase days of a customer.",
        formula="gap = purchase day − purchase day before",
        unit="days",
        example="Purchase days 1 March, 11 March and 10 April: gaps 10 and 30.",
        output=("summary.json: rhythm.gaps",),
        see_also=(
            "typical_gap",
            "purchase_day",
        ),
    ),
    Definition(
        key="population_gap",
        section="rhythm",
        name="population gap g₀",
        aliases="g0, population_gap",
        sentence="The gap of the middle customer: what the rhythm of a newcomer starts from.",
        formula="g₀ = median over customers with a gap of their mean gap",
        unit="days",
        example="Mean gaps 20 and 40: g₀ = 30.",
        output=("summary.json: rhythm.population_gap",),
        note="Nobody has bought on two days: g₀ and everything of the rhythm is absent, and absent is not late.",
        see_also=("typical_gap",),
    ),
    Definition(
        key="typical_gap",
        section="rhythm",
        name="typical gap",
        aliases="usual gap, own rhythm",
        sentence=(
            "How many days usually pass between two purchase days of this customer; few gaps lean on the population."
        ),
        formula="(2·g₀ + Σ gaps) ÷ (2 + n)",
        unit="days",
        example="g₀ = 30, gaps 10 and 30: (60 + 40) ÷ 4 = 25. Without a gap: 30.",
        parameters=("gap_prior",),
        output=(
            "customers.parquet: typical_gap",
            "contacts.csv: typical_gap",
        ),
        see_also=(
            "population_gap",
            "lateness",
        ),
    ),
    Definition(
        key="lateness",
        section="rhythm",
        name="lateness",
        aliases="lateness ratio, late",
        sentence=(
            "Days since the last purchase, measured in the customer's own typical gaps. 1 is the usual day, 2 twice "
            "the wait."
        ),
        formula="ℓ = days since the last purchase ÷ typical gap",
        unit="ratio",
        example="Usually every 21 days, now 38: lateness 1.81.",
        parameters=("gap_prior",),
        output=(
            "customers.parquet: lateness",
            "contacts.csv: lateness",
        ),
        see_also=(
            "rhythm",
            "lateness_percentile",
        ),
    ),
    Definition(
        key="lateness_percentile",
        section="rhythm",
        name="lateness percentile",
        aliases="percentile of lateness",
        sentence=(
            "The share of all completed gaps, each by its own customer's rhythm, that were shorter than the wait now."
        ),
        formula="share of (gap ÷ its customer's typical gap) strictly < ℓ, both in whole thousandths rounded down",
        unit="share",
        example="Ratios 5/6 four times and 5/3 once, lateness 1.25: four of five are shorter, 0.80, late.",
        parameters=(
            "gap_prior",
            "late_percentile",
        ),
        output=(
            "customers.parquet: lateness_percentile",
            "contacts.csv: lateness_percentile",
        ),
        note=(
            'It is taken over the gaps of all customers: say "later than 84% of returns, each by its own rhythm", '
            'never "of her own".'
        ),
        see_also=(
            "lateness",
            "lifecycle",
        ),
    ),
    Definition(
        key="gap_ratio",
        section="rhythm",
        name="gap ratio",
        aliases="ratio quartiles, ratio_median",
        sentence="How a gap compares with its customer's typical gap; the quartiles say how regular the customers are.",
        formula="gap ÷ typical gap; quartiles by linear interpolation over thousandths",
        unit="ratio",
        example="Ratios 0.4, 1.2, 1.2: first quartile 0.8, median 1.2.",
        parameters=("gap_prior",),
        output=(
            "summary.json: rhythm.ratio_q1",
            "summary.json: rhythm.ratio_median",
            "summary.json: rhythm.ratio_q3",
        ),
        see_also=("next_purchase",),
    ),
    Definition(
        key="next_purchase",
        section="rhythm",
        name="next purchase window",
        aliases="next purchase, due window",
        sentence="The days in which the middle half of all returns would fall, by this customer's own rhythm.",
        formula="last purchase + typical gap × q1 … + typical gap × q3, rounded to the nearest day, halves up",
        unit="date",
        example=(
            "Last purchase 21 January, typical gap 10, quartiles 0.75 and 1.25: 7.5 and 12.5 days, so 29 January to 3 "
            "February."
        ),
        parameters=("gap_prior",),
        output=(
            "customers.parquet: next_purchase_from",
            "customers.parquet: next_purchase_to",
            "contacts.csv: next_purchase_to",
        ),
        see_also=(
            "gap_ratio",
            "typical_gap",
        ),
    ),
    Definition(
        key="rhythm",
        section="rhythm",
        name="rhythm state",
        aliases="rhythm, rhythm states, on rhythm, due, slipping, dormant",
        sentence="How late a customer is by their own rhythm: on rhythm, due, slipping, dormant or lost.",
        formula="ℓ ≤ 1 on rhythm; ≤ 1.5 due; ≤ 2.5 slipping; ≤ 4 dormant; above lost",
        unit="class",
        example="Typical gap 10; 10, 15, 25, 40 and 41 days ago: on rhythm, due, slipping, dormant, lost.",
        parameters=(
            "rhythm_cuts",
            "gap_prior",
        ),
        output=(
            "customers.parquet: rhythm",
            "contacts.csv: rhythm",
        ),
        note="Independent of the activity policy: a customer can be active in the window and dormant by rhythm.",
        see_also=(
            "lateness",
            "active",
        ),
    ),
    Definition(
        key="spell",
        section="rhythm",
        name="spell",
        aliases="active spell, dormant spell, spells",
        sentence=(
            "Active spells are runs of purchase days no further apart than 2.5 typical gaps; dormant spells are the "
            "silences between two of them."
        ),
        formula="a gap > 2.5 × typical gap ends an active spell",
        unit="days",
        example=(
            "Typical gap 10, purchase days 1, 11, 21 and 60: active 1–21 (21 days), dormant 22–59 (38 days), active 60."
        ),
        parameters=(
            "spell_factor",
            "gap_prior",
        ),
        output=(
            "spells.parquet: kind",
            "spells.parquet: start",
            "spells.parquet: end",
            "spells.parquet: days",
            "spells.parquet: purchases",
        ),
        see_also=(
            "typical_gap",
            "rhythm",
        ),
    ),
    Definition(
        key="late_valuable",
        section="rhythm",
        name="late but valuable",
        aliases="late_valuable, late and valuable",
        sentence=(
            "Customers of class A who are slipping, dormant or lost by their own rhythm, and the profit they brought "
            "in the window."
        ),
        formula="abc = A and ℓ > 1.5",
        unit="customers",
        example="312 customers of class A are late; 52,800 of yearly profit stands behind them.",
        parameters=(
            "abc_cuts",
            "rhythm_cuts",
            "window",
        ),
        output=("summary.json: rhythm.late_valuable",),
        see_also=(
            "contacts",
            "abc",
            "rhythm",
        ),
    ),
    Definition(
        key="contacts",
        section="rhythm",
        name="customers to contact",
        aliases="contact list, contacts, call list",
        sentence=(
            "Customers who are late by their own rhythm and brought profit in the window, the most at stake first, "
            "with the reason in words."
        ),
        formula=(
            "slipping, dormant or lost by rhythm, and profit in the window > 0; ranked by value at risk, without "
            "forecasts by profit in the window"
        ),
        unit="customers",
        example="Usually every 21 days, now 38; 7,015 of profit in a year: near the top.",
        parameters=(
            "rhythm_cuts",
            "window",
        ),
        output=(
            "summary.json: contacts",
            "contacts.csv: profit_window",
        ),
        see_also=(
            "late_valuable",
            "value_at_risk",
        ),
    ),
)
