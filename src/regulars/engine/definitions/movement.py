"""Who is active, who came and who left."""

from regulars.engine.definitions.definition import Definition
from regulars.engine.definitions.outputs import per_period

MOVEMENT = (
    Definition(
        key="activity_policy",
        section="movement",
        name="activity policy",
        aliases="policy, activity rule",
        sentence=(
            "The rule that says who is active on a day: by a window (bought in the last days) or by rhythm (not silent "
            "for too long by their own habit)."
        ),
        formula="window(W): a purchase in (D − W, D]; rhythm(k): days since the last purchase ≤ k × own typical gap",
        unit="text",
        example=(
            "Typical gap 20 days, 50 days silent: active under window(365) and under rhythm(3) (50 ≤ 60), not under "
            "rhythm(2)."
        ),
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=(
            "summary.json: activity.policy",
            "summary.json: activity.lead",
        ),
        note="A year is long for a bakery and short for a furniture shop: look at the rhythm beside the window.",
        see_also=(
            "active",
            "observable",
            "typical_gap",
        ),
    ),
    Definition(
        key="active",
        section="movement",
        name="active",
        aliases="active customer, active customers",
        sentence="A customer who counts as still here on a day, by the activity policy.",
        formula="see activity policy",
        unit="yes or no",
        example="Last purchase 364 days ago, W = 365: active; 365 days ago: not.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=(
            "customers.parquet: active",
            "summary.json: customers.active",
        ),
        see_also=(
            "activity_policy",
            "lost",
        ),
    ),
    Definition(
        key="observable",
        section="movement",
        name="observable churn",
        aliases="observability, not observable yet",
        sentence=(
            "Whether the data are old enough for window churn: nobody can be lost before they are W days old. Until "
            "then the report leads with rhythm."
        ),
        formula="observable from = first day + W",
        unit="yes or no",
        example="First order on 1 March 2024, W = 365: window churn can be seen from 1 March 2025 on.",
        parameters=(
            "window",
            "policy",
        ),
        output=(
            "summary.json: activity.observable",
            "summary.json: activity.observable_from",
        ),
        see_also=(
            "activity_policy",
            "fully_observed",
        ),
    ),
    Definition(
        key="movement_bridge",
        section="movement",
        name="movement bridge",
        aliases="bridge, S, E, waterfall",
        sentence=(
            "How the active customers of the start became those of the end: some left, some came back, some are new. "
            "Counted customer by customer, never by subtracting totals."
        ),
        formula="E = S + N + Ra − L",
        unit="customers",
        example="S 500, lost 25, reactivated 5, new 40: E = 500 + 40 + 5 − 25 = 520, difference 0.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=per_period("S", "E"),
        note="A bridge that does not reconcile stops the run: it would be a defect, not a footnote.",
        see_also=(
            "new_customers",
            "reactivated",
            "lost",
            "new_and_lost",
        ),
    ),
    Definition(
        key="new_customers",
        section="movement",
        name="new",
        aliases="new customers, N, acquired",
        sentence="Customers whose first purchase lies in the period and who are active at its end.",
        formula="first purchase > D0 and active at D1",
        unit="customers",
        example="First purchase on 2 February, active on 28 February: new in February.",
        parameters=(
            "policy",
            "window",
        ),
        output=per_period("N"),
        see_also=(
            "new_and_lost",
            "movement_bridge",
        ),
    ),
    Definition(
        key="reactivated",
        section="movement",
        name="reactivated",
        aliases="reactivation, won back, Ra",
        sentence="Customers who bought before, were not active at the start and are active again at the end.",
        formula="active at D1, not at D0, first purchase ≤ D0",
        unit="customers",
        example="Purchases on 10 January 2010 and 424 days later: reactivated in March 2011.",
        parameters=(
            "policy",
            "window",
        ),
        output=per_period("reactivated"),
        see_also=(
            "movement_bridge",
            "strict_retention_rate",
        ),
    ),
    Definition(
        key="lost",
        section="movement",
        name="lost",
        aliases="lost customers, L, left",
        sentence="Customers active at the start of the period and not at its end, by the activity policy.",
        formula="active at D0, not at D1",
        unit="customers",
        example="Last purchase 15 January 2010, W = 365: active on 31 December 2010, lost in January 2011.",
        parameters=(
            "policy",
            "window",
            "rhythm_k",
        ),
        output=per_period("lost"),
        note="The rhythm state of the same name goes by the customer's own gap; screens name which one they show.",
        see_also=(
            "absolute_churn",
            "rhythm",
            "movement_bridge",
        ),
    ),
    Definition(
        key="new_and_lost",
        section="movement",
        name="new and lost again",
        aliases="gone again",
        sentence=(
            "Customers who first bought in the period and are inactive again at its end. They are in neither N nor L."
        ),
        formula="D0 < first purchase ≤ D1 and not active at D1",
        unit="customers",
        example="W = 20, first purchase 2 February: outside (8 February, 28 February], so apart.",
        parameters=(
            "policy",
            "window",
        ),
        output=per_period("new_and_lost"),
        see_also=("new_customers",),
    ),
    Definition(
        key="period",
        section="movement",
        name="period",
        aliases="month, quarter, periods",
        sentence=(
            "A calendar month or quarter from its first to its last day; listed from the second one with an order up "
            "to the last one that is over."
        ),
        formula="D0 = start − 1, D1 = end",
        unit="text",
        example="Orders in January and April alone, as of 31 May: April and May are listed.",
        output=per_period("period", "start", "end"),
        see_also=(
            "movement_bridge",
            "fully_observed",
        ),
    ),
    Definition(
        key="fully_observed",
        section="movement",
        name="fully observed",
        aliases="not fully observed",
        sentence=(
            "Whether the window before the start of the period lies within the data. Rows where it does not are "
            "hatched and not to be compared."
        ),
        formula="D0 − W ≥ first day − 1",
        unit="yes or no",
        example="Data from 1 January 2010, W = 365: periods that start on or after 1 January 2011 are fully observed.",
        parameters=("window",),
        output=per_period("fully_observed"),
        see_also=(
            "observable",
            "period",
        ),
    ),
)
