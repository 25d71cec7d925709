"""Cohorts and repurchase."""

from regulars.engine.definitions.definition import Definition

REPURCHASE = (
    Definition(
        key="cohort",
        section="repurchase",
        name="cohort",
        aliases="cohorts, cohort size",
        sentence="Customers whose first purchase lies in the same month, followed month by month.",
        formula="row = month of first purchase; column = months since",
        unit="customers",
        example="First purchases on 15 and 20 January: cohort 2011-01 of 2; its offset 2 is March.",
        output=(
            "summary.json: cohorts.cohort",
            "summary.json: cohorts.month",
            "summary.json: cohorts.offset",
            "summary.json: cohorts.cohort_size",
            "summary.json: cohorts.complete",
        ),
        note="A cell whose month is not over at D is marked as not complete.",
        see_also=("cohort_share",),
    ),
    Definition(
        key="cohort_share",
        section="repurchase",
        name="cohort share",
        aliases="cohort retention",
        sentence="The share of a cohort that bought in the month, and the net money of all its members in it.",
        formula="customers with a purchase in the month ÷ cohort size",
        unit="share",
        example="Cohort of 2; in March one of them buys: 1 ÷ 2 = 50%. A return alone: 0 customers, a negative amount.",
        output=(
            "summary.json: cohorts.customers",
            "summary.json: cohorts.share",
            "summary.json: cohorts.amount",
        ),
        see_also=("cohort",),
    ),
    Definition(
        key="second_purchase_rate",
        section="repurchase",
        name="second-purchase rate",
        aliases="second purchase, second_purchase",
        sentence=(
            "Of the customers old enough to judge, the share that came back on another day within 90 days of the first "
            "purchase."
        ),
        formula="customers with a second purchase day ≤ first + N ÷ customers with D − first ≥ N, N = 90",
        unit="share",
        example="A back after exactly 90 days, C after 91, B first bought 89 days ago: A of A and C, 1 ÷ 2 = 50%.",
        parameters=(
            "second_purchase_days",
            "confidence",
        ),
        output=(
            "summary.json: repurchase.second_purchase_rate",
            "summary.json: repurchase.second_purchase_days",
            "summary.json: repurchase.second_purchase_base",
        ),
        see_also=(
            "repurchase_rate",
            "second_purchase_survival",
        ),
    ),
    Definition(
        key="repurchase_rate",
        section="repurchase",
        name="repurchase rate",
        aliases="repeat rate, repeat purchase rate",
        sentence="Of the buyers in the window, the share that bought on two or more days of it.",
        formula="customers with ≥ 2 purchase days in the window ÷ customers with ≥ 1",
        unit="share",
        example="100 buyers, 39 of them on two or more days: 39%, interval 30–49%.",
        parameters=(
            "window",
            "confidence",
        ),
        output=(
            "summary.json: repurchase.repurchase_rate",
            "summary.json: repurchase.repurchase_base",
        ),
        note="It judges newcomers of last week too; the second-purchase rate gives everyone the same time.",
        see_also=("second_purchase_rate",),
    ),
)
