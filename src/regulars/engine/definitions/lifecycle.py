"""Lifecycle in both views."""

from regulars.engine.definitions.definition import Definition

LIFECYCLE = (
    Definition(
        key="lifecycle",
        section="lifecycle",
        name="lifecycle, view A",
        aliases="lifecycle, lifecycle stage, growth, maturity, decline, churned",
        sentence=(
            "The stage by rhythm and money: growth, maturity, decline or churned; who is known but has not bought is "
            "in acquisition."
        ),
        formula=(
            "churned: not active; decline: percentile ≥ 0.80, or newer half of the window ≤ ½ × a positive older half; "
            "maturity: ≥ 3 purchase days; else growth. Tested in this order"
        ),
        unit="class",
        example="50 in the newer half of the year and 100 in the older: decline. 50.01 and 100: not falling.",
        parameters=(
            "policy",
            "window",
            "late_percentile",
            "growth_max_days",
            "falling_share",
        ),
        output=("customers.parquet: lifecycle",),
        note=(
            "The halves are ⌊W/2⌋ days long, so with W = 365 the oldest day of the window is in neither. Purchase days "
            "count to date."
        ),
        see_also=(
            "lifecycle_b",
            "lateness_percentile",
            "active",
        ),
    ),
    Definition(
        key="lifecycle_b",
        section="lifecycle",
        name="lifecycle, view B",
        aliases="lifecycle_b, loyalty stage, first-time, repeat, loyal",
        sentence=(
            "The stage by how often the customer has bought: first-time, repeat or loyal; known but never bought is "
            "potential."
        ),
        formula="1 purchase day first; 2–3 repeat; ≥ 4 and active loyal; ≥ 4 and not active repeat",
        unit="class",
        example="Four purchase days in 2009 and none since, as of 2011: repeat. Four up to now: loyal.",
        parameters=(
            "loyal_min_days",
            "policy",
            "window",
        ),
        output=("customers.parquet: lifecycle_b",),
        see_also=(
            "lifecycle",
            "purchase_day",
        ),
    ),
    Definition(
        key="lifecycle_flow",
        section="lifecycle",
        name="lifecycle, A against B",
        aliases="lifecycle_flow",
        sentence="How the stages of the two views meet: customers and profit of every pair.",
        formula="cell (a, b) = customers with lifecycle a and lifecycle_b b",
        unit="customers",
        example="decline × loyal = 120: 120 regulars are on their way out.",
        parameters=("window",),
        output=("summary.json: lifecycle_flow",),
        see_also=(
            "lifecycle",
            "lifecycle_b",
        ),
    ),
    Definition(
        key="lifecycle_history",
        section="lifecycle",
        name="lifecycle over time",
        aliases="lifecycle_history",
        sentence="How many customers stood in each stage at each of the last 24 month ends, by what was known then.",
        formula="lifecycle recomputed with D = each month end",
        unit="customers",
        example="June: decline 310, July: decline 420: 110 more on the way out.",
        parameters=(
            "policy",
            "window",
            "late_percentile",
        ),
        output=("summary.json: lifecycle_history",),
        note="Left out for very large data, where it would take longer than all the rest.",
        see_also=("lifecycle",),
    ),
)
