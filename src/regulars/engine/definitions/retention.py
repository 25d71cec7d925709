"""Retention, churn, their intervals and alarms."""

from regulars.engine.definitions.definition import Definition
from regulars.engine.definitions.outputs import per_period

RETENTION = (
    Definition(
        key="retention_rate",
        section="retention",
        name="retention rate",
        aliases="retention, customer retention",
        sentence=(
            "Active customers at the end who are not new, for each customer of the start. Those who came back count, "
            "so it can pass 100%."
        ),
        formula="(E − N) ÷ S",
        unit="rate",
        example="S = 1, E = 2 with one reactivated and none new: 2 ÷ 1 = 200%; strict retention 100%.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=per_period("retention_rate"),
        note="It has no interval, because it is no share of customers.",
        see_also=(
            "strict_retention_rate",
            "absolute_churn",
        ),
    ),
    Definition(
        key="strict_retention_rate",
        section="retention",
        name="strict retention",
        aliases="strict retention rate",
        sentence="The share of the customers of the start who are still active at the end.",
        formula="(S − L) ÷ S = 1 − absolute churn",
        unit="share",
        example="S = 500, 25 lost: 475 ÷ 500 = 95%, interval 92.7–96.6%.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
            "confidence",
        ),
        output=per_period("strict_retention_rate", "strict_retention_low", "strict_retention_high"),
        see_also=(
            "retention_rate",
            "wilson_interval",
            "alarm",
        ),
    ),
    Definition(
        key="absolute_churn",
        section="retention",
        name="absolute churn",
        aliases="churn, churn rate, customer churn, attrition",
        sentence="The share of the customers of the start who were lost in the period.",
        formula="L ÷ S",
        unit="share",
        example="25 of 500 lost: 5%, interval 3.4–7.3%.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
            "confidence",
        ),
        output=per_period("absolute_churn", "absolute_churn_low", "absolute_churn_high"),
        note=(
            "With a window of a year, a yearly churn of one half is ordinary for a shop, and a sale season comes back "
            "as churn twelve months later."
        ),
        see_also=(
            "relative_churn",
            "strict_retention_rate",
            "wilson_interval",
            "lost",
        ),
    ),
    Definition(
        key="relative_churn",
        section="retention",
        name="relative churn",
        aliases="money churn, spend churn",
        sentence=(
            "The share of the spending of all customers of the start that belonged to the lost. Above absolute churn, "
            "the big spenders left."
        ),
        formula=(
            "absolute churn × mean purchase amount of the lost ÷ mean purchase amount of all S = spend of the lost ÷ "
            "spend of S"
        ),
        unit="share",
        example="500 customers, 25 lost who bought at three times the mean: 5% × 3 = 15% (1,425 of 9,500).",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=per_period("relative_churn", "spend_start", "spend_lost"),
        note="Purchases alone, over the window that ends at D0; returns are not subtracted. Nobody lost: 0.",
        see_also=("absolute_churn",),
    ),
    Definition(
        key="wilson_interval",
        section="retention",
        name="95% interval",
        aliases="interval, confidence interval, Wilson interval",
        sentence="The range in which the true share plausibly lies, given how many customers stand behind it.",
        formula="(p + z²/2n ± z·√(p(1 − p)/n + z²/4n²)) ÷ (1 + z²/n), z = 1.96",
        unit="share",
        example="25 of 500: p = 5%, interval 3.4–7.3%; 1 of 20: the same 5%, interval 0.9–23.6%.",
        parameters=("confidence",),
        source="Wilson 1927",
        see_also=(
            "absolute_churn",
            "alarm",
        ),
    ),
    Definition(
        key="period_value",
        section="retention",
        name="value of a period",
        aliases="period revenue, period profit",
        sentence=(
            "Net money and net profit of attributed customers dated in the period, and the same of the period before."
        ),
        formula="Σ amount, Σ profit dated in p and in p − 1",
        unit="money",
        example="January: 100, 50 and a return of −20: 130.",
        output=per_period("value", "value_previous", "profit_value", "profit_previous"),
        see_also=("revenue_retention",),
    ),
    Definition(
        key="revenue_retention",
        section="retention",
        name="revenue and profit retention",
        aliases="revenue retention, profit retention",
        sentence="What the period brought without its new customers, against the whole period before.",
        formula="(value in p − value in p from customers new in p) ÷ value in p − 1",
        unit="rate",
        example="January 130, February 195 of which 25 from new customers: 170 ÷ 130 = 131%.",
        output=per_period("revenue_retention", "profit_retention"),
        note="Absent when the period before brought nothing or less.",
        see_also=(
            "net_revenue_retention",
            "gross_revenue_retention",
        ),
    ),
    Definition(
        key="net_revenue_retention",
        section="retention",
        name="net revenue and profit retention",
        aliases="net revenue retention, NRR, net profit retention",
        sentence=(
            "What the buyers of the period before brought in this one, against the whole period before. It passes 100% "
            "when they buy more."
        ),
        formula="value in p from customers of p − 1 ÷ value in p − 1",
        unit="rate",
        example="January 130; its buyers A and B bring 60 + 80 in February: 140 ÷ 130 = 108%.",
        output=per_period("net_revenue_retention", "net_profit_retention"),
        see_also=(
            "revenue_retention",
            "gross_revenue_retention",
        ),
    ),
    Definition(
        key="gross_revenue_retention",
        section="retention",
        name="gross revenue and profit retention",
        aliases="gross revenue retention, GRR, gross profit retention",
        sentence=(
            "What was kept of each customer's money of the period before; growth of one does not hide the loss of "
            "another."
        ),
        formula="Σ min(value in p, value in p − 1) ÷ Σ value in p − 1, over customers with a positive value in p − 1",
        unit="rate",
        example="A 100 → 60, B 50 → 80: (60 + 50) ÷ 150 = 73%.",
        output=per_period("gross_revenue_retention", "gross_profit_retention"),
        note="The minimum can be negative when a customer only returned.",
        see_also=("net_revenue_retention",),
    ),
    Definition(
        key="alarm",
        section="retention",
        name="alarm",
        aliases="alarms, unusual period",
        sentence="Fires when strict retention of a period differs from what is usual by more than chance explains.",
        formula=(
            "Newcombe interval of (strict retention − mean of the same season in earlier periods) leaves 0, Holm's "
            "correction over the page"
        ),
        unit="yes or no",
        example="Usually 3.7–4.1% of customers leave in November, now 4.6% of 461,448: outside, worse.",
        parameters=(
            "alarm_confidence",
            "alarm_baseline",
            "alarm_correction",
        ),
        output=per_period("alarm"),
        source="Newcombe 1998; Holm 1979",
        note="Within noise nothing is said. The alarm names no cause.",
        see_also=(
            "strict_retention_rate",
            "wilson_interval",
        ),
    ),
)
