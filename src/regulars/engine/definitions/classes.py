"""Classes of customers."""

from regulars.engine.definitions.definition import Definition

CLASSES = (
    Definition(
        key="abc",
        section="classes",
        name="ABC class",
        aliases="ABC, ABC analysis, class A",
        sentence=(
            "Customers sorted by profit in the window: A (key) bring the first 80%, B (main) the next 10%, C "
            "(ordinary) the rest."
        ),
        formula="share of profit of all customers with strictly more profit: < 80% A, < 90% B, else C; profit ≤ 0 is C",
        unit="class",
        example=(
            "Profits 50, 30, 10, 10: above each stand 0, 50, 80, 80%. A, A, B, B; nobody is C, because equal profit "
            "shares a class."
        ),
        parameters=(
            "abc_cuts",
            "abc_base",
            "window",
        ),
        output=(
            "customers.parquet: abc",
            "summary.json: customers.abc",
            "contacts.csv: abc",
        ),
        note="It looks back: a customer who stopped yesterday can be A. Read it beside the rhythm.",
        see_also=(
            "pareto",
            "contribution",
            "rhythm",
        ),
    ),
    Definition(
        key="pareto",
        section="classes",
        name="Pareto curve",
        aliases="Pareto, concentration, 80/20",
        sentence="Which share of the customers brings which share of the profit, from the most profitable down.",
        formula="x = customers ÷ customers with profit > 0; y = cumulative profit ÷ Σ positive profit",
        unit="share",
        example=(
            "Profits 70, 20, 10, −50: the first of three brings 70%; the base is the 100 of the positive ones, not the "
            "net 50."
        ),
        parameters=(
            "abc_base",
            "window",
        ),
        output=("summary.json: pareto",),
        see_also=("abc",),
    ),
    Definition(
        key="frequency_class",
        section="classes",
        name="frequency class",
        aliases="by frequency",
        sentence="High, mid or low by the number of orders in the window; none without one.",
        formula="share of buyers strictly below: < 1/3 low, < 2/3 mid, else high; or fixed thresholds",
        unit="class",
        example="1, 2 and 3 orders: shares below 0, 1/3, 2/3, so low, mid, high.",
        parameters=(
            "class_shares",
            "frequency_thresholds",
            "window",
        ),
        output=(
            "customers.parquet: frequency_class",
            "summary.json: customers.frequency_class",
        ),
        see_also=(
            "amount_class",
            "quadrant",
        ),
    ),
    Definition(
        key="amount_class",
        section="classes",
        name="amount class",
        aliases="by amount",
        sentence="High, mid or low by the net amount in the window; none without a purchase in it.",
        formula="share of buyers strictly below: < 1/3 low, < 2/3 mid, else high; or fixed thresholds",
        unit="class",
        example="10, 20, 20, 40, 50: shares below 0, 0.2, 0.2, 0.6, 0.8, so low, low, low, mid, high.",
        parameters=(
            "class_shares",
            "amount_thresholds",
            "window",
        ),
        output=(
            "customers.parquet: amount_class",
            "summary.json: customers.amount_class",
        ),
        see_also=("frequency_class",),
    ),
    Definition(
        key="rfm_scores",
        section="classes",
        name="RFM scores",
        aliases="RFM, R score, F score, M score, r_score, f_score, m_score",
        sentence=(
            "How recently (R), how often (F) and for how much (M) a customer bought, each scored 1 to 5 against all "
            "customers."
        ),
        formula="score = min(5, 1 + ⌊5 × share of customers strictly worse⌋)",
        unit="score",
        example="Amounts 10, 20, 20, 40, 50: strictly worse 0, 1, 1, 3, 4 of 5, scores 1, 2, 2, 4, 5.",
        parameters=(
            "rfm_scores",
            "rfm_recency_thresholds",
            "rfm_frequency_thresholds",
            "rfm_amount_thresholds",
            "window",
        ),
        output=(
            "customers.parquet: r_score",
            "customers.parquet: f_score",
            "customers.parquet: m_score",
            "summary.json: rfm.grid",
        ),
        note="Equal values share a score, so whole rows of the grid can be empty.",
        see_also=(
            "rfm_group",
            "recency",
            "orders_window",
            "amount_window",
        ),
    ),
    Definition(
        key="rfm_group",
        section="classes",
        name="RFM group",
        aliases="eight groups, rfm_group, champions, promising, win back",
        sentence="Eight groups by whether R, F and M are each at least as good as the mean of all customers.",
        formula="H when R ≤ mean R, F ≥ mean F, M ≥ mean M; else L: HHH … LLL",
        unit="class",
        example="Mean recency 25 days, mean 2 orders, mean 28: a customer with 24 days, 1 order, 40 is HLH.",
        parameters=("window",),
        output=(
            "customers.parquet: rfm_group",
            "summary.json: customers.rfm_group",
            "summary.json: rfm.means",
        ),
        note=(
            "HHH champions, HLH promising, LHH keep, LLH win back; with M low HHL steady and small, HLL newcomers, LHL "
            "fading, LLL gone."
        ),
        see_also=("rfm_scores",),
    ),
    Definition(
        key="quadrant",
        section="classes",
        name="quadrant",
        aliases="quadrants, quadrants a-e, segment matrix",
        sentence=(
            "Where a customer stands by how often and how much at a time: b rare and small, c frequent and small, d "
            "rare and large, e frequent and large."
        ),
        formula=(
            "high = orders in the window ≥ cut, mean order value ≥ cut; cuts are the means over buyers in the window"
        ),
        unit="class",
        example="Cuts 2 orders and 20: 1 order of 10 is b, 3 of 10 c, 1 of 30 d, 3 of 30 e.",
        parameters=(
            "quadrant_frequency",
            "quadrant_value",
            "window",
        ),
        output=(
            "customers.parquet: quadrant",
            "summary.json: customers.quadrant",
            "summary.json: quadrants",
        ),
        note="a is known but never bought; the dormant (gone quiet) bought before, but not in the window.",
        see_also=(
            "migration",
            "mean_order_value",
        ),
    ),
    Definition(
        key="migration",
        section="classes",
        name="migration matrix",
        aliases="migration, quadrant migration",
        sentence=(
            "From which quadrant to which the customers moved within the last 365 days, by the thresholds of the start."
        ),
        formula='cell (from, to) = customers in "from" at D − 365 and in "to" at D',
        unit="customers",
        example="X had one order of 10 (b), now two of 20; cuts of the start 2 orders and 20: X moved from b to e.",
        parameters=(
            "migration_days",
            "quadrant_frequency",
            "quadrant_value",
            "window",
        ),
        output=("summary.json: migration",),
        note="Who bought first after the start comes from a. Profit is that of the window that ends at D.",
        see_also=("quadrant",),
    ),
    Definition(
        key="class_totals",
        section="classes",
        name="totals by class",
        aliases="class sums",
        sentence="Customers, net amount and profit in the window of every class.",
        formula="counts and sums over the customers of the class",
        unit="customers",
        example="abc.A = {customers 3, amount 90, profit 40}: three A customers brought 90, and 40 of it was profit.",
        parameters=("window",),
        output=(
            "summary.json: customers.lifecycle",
            "summary.json: customers.lifecycle_b",
            "summary.json: customers.rhythm",
        ),
        see_also=(
            "abc",
            "quadrant",
            "lifecycle",
            "rhythm",
        ),
    ),
)
