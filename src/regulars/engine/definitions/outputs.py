"""The fixed names of everything one analysis writes: columns of tables and keys of summary.json, with their types.

Types: text, date (ISO day), day offsets and counts as integer, money (units of currency), share (0 to 1), number, flag
(true or false), class (one of a few words), list, object. A path may hold ``*`` for the names of classes or periods.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

Columns = Mapping[str, str]


def _columns(text: str) -> Columns:
    """``name type`` pairs divided by commas and lines; a path before a colon goes before every name of its line."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        prefix, _, rest = line.strip().rpartition(": ")
        for entry in rest.split(", "):
            name, kind = entry.split(" ")
            found[f"{prefix}.{name}" if prefix else name] = kind
    return MappingProxyType(found)


CUSTOMER_COLUMNS = _columns("""
    customer_id text, first_purchase date, last_purchase date, recency_days integer, tenure_days integer
    orders integer, purchase_days integer, amount_total money, profit_total money
    orders_window integer, amount_window money, profit_window money, mean_order_value money, active flag
    abc class, frequency_class class, amount_class class, r_score integer, f_score integer, m_score integer
    rfm_group class, quadrant class, lifecycle class, lifecycle_b class
    typical_gap number, lateness number, lateness_percentile share, rhythm class
    next_purchase_from date, next_purchase_to date
""")

MODEL_COLUMNS = _columns("""
    p_alive share
    expected_purchases_30 number, expected_purchases_30_low number, expected_purchases_30_high number
    expected_purchases_90 number, expected_purchases_90_low number, expected_purchases_90_high number
    expected_purchases_365 number, expected_purchases_365_low number, expected_purchases_365_high number
    p_active_30 share, p_active_90 share, p_active_365 share, expected_spend money, overdue_on date
    clv_12m money, clv_12m_low money, clv_12m_high money, value_at_risk money, potential_12m money, clv_note text
""")

SPELL_COLUMNS = _columns("customer_id text, kind class, start date, end date, days integer, purchases integer")

CONTACT_COLUMNS = _columns("""
    customer_id text, name text, abc class, rhythm class, typical_gap number, recency_days integer
    lateness number, lateness_percentile share, last_purchase date, next_purchase_to date
    profit_window money, amount_window money, orders_window integer, purchases_recent list, amounts_recent list
""")

CONTACT_MODEL_COLUMNS = _columns("p_alive share, clv_12m money, value_at_risk money")

REJECT_COLUMNS = _columns("file text, line integer, column text, value text, reason text")

BRIDGE_FIELDS = _columns("""
    start date, end date, S integer, E integer, N integer, reactivated integer, lost integer, new_and_lost integer
    retention_rate number, strict_retention_rate share, absolute_churn share, absolute_churn_low share
    absolute_churn_high share, relative_churn share, fully_observed flag, spend_start money, spend_lost money
""")

PERIOD_FIELDS: Columns = MappingProxyType(
    {
        "period": "text",
        **BRIDGE_FIELDS,
        **_columns("""
            strict_retention_low share, strict_retention_high share
            revenue_retention number, net_revenue_retention number, gross_revenue_retention number
            profit_retention number, net_profit_retention number, gross_profit_retention number
            value money, value_previous money, profit_value money, profit_previous money, alarm object
        """),
    }
)

_BEHAVIOUR = """first_buyers integer, second_purchase_rate share, second_purchase_low share, \
second_purchase_high share, second_purchase_base integer, retention_1y share, retention_1y_base integer, monthly list"""

_SUMMARY = _columns(f"""
    as_of date, timezone text, profit_basis class, parameters object, version text, title text, sources list
    input: rows integer, used_rows integer, rejected_rows integer, dropped_rows integer, skipped_rows integer
    input: orders integer, purchases integer, returns integer, customers integer
    input: unattributed_orders integer, unattributed_amount money, duplicate_rows integer
    input: unpaid_orders integer, cancelled_orders integer, split_orders integer, profit_fallback_orders integer
    input: no_profit_share share, currency text, first_day date, last_day date
    customers: total integer, active integer
    customers: abc.* object, rfm_group.* object, quadrant.* object, lifecycle.* object, lifecycle_b.* object
    customers: rhythm.* object, frequency_class.* object, amount_class.* object
    activity: policy class, lead class, observable flag, observable_from date
    cohorts: cohort text, month text, offset integer, cohort_size integer, customers integer, share share
    cohorts: amount money, complete flag
    repurchase: second_purchase_rate share, second_purchase_days integer, second_purchase_base integer
    repurchase: repurchase_rate share, repurchase_base integer
    migration: from date, to date, rows list
    rhythm: population_gap number, ratio_q1 number, ratio_median number, ratio_q3 number, gaps integer
    rhythm: late_valuable object
    pareto: base class, customers_positive integer, customers_other integer, total money, points list, cuts object
    rfm: means object, grid list
    quadrants: frequency_cut number, value_cut money, x_edges list, y_edges list, cells list, points list
    lifecycle_flow list, lifecycle_history list
    window_totals: customers integer, amount money, profit money, orders integer
    tenure_margin.*: orders integer, amount money, profit money, profit_per_order money, discount money
    tenure_margin.*: discount_rate share
    referral: new_customers integer, referred integer, share share, referred_value money, other_value money
    referral: referred_second_purchase_rate share, other_second_purchase_rate share
    products: total integer
    products.rows: product text, category text, customers integer, orders integer, quantity number, amount money
    products.rows: profit money, abc class, repurchase_rate share, replenish_days number
    products.rows: profit_per_first_buyer money, {_BEHAVIOUR}
    channels.rows: name text, orders integer, customers integer, amount money, profit money, share share, {_BEHAVIOUR}
    campaigns.rows: name text, orders integer, customers integer, amount money, profit money, share share, {_BEHAVIOUR}
    contacts: total integer, profit money, rule text
    quality: unattributed_share share, no_profit_share share, duplicate_rows integer, duplicates_dropped integer
    quality: rejected_reasons list, warnings list
""")

SUMMARY_KEYS: Columns = MappingProxyType(
    {
        **_SUMMARY,
        **{f"retention.*.{name}": kind for name, kind in PERIOD_FIELDS.items()},
        **{f"retention_rhythm.*.{name}": kind for name, kind in PERIOD_FIELDS.items()},
        **{f"bridge.*.{name}": kind for name, kind in BRIDGE_FIELDS.items()},
    }
)

_ACCURACY = """n integer, forecast number, actual number, bias number, wape number, rmse number, gini number, \
capture share"""
_CURVE = "customers integer, events integer, median_days integer, points list"
_HELD = "customers integer, value_at_risk money, clv money"

MODEL_KEYS = _columns(f"""
    contacts: value_at_risk money
    clv: published flag, reason class, model class, k integer, time_unit class, months integer, discount_rate share
    clv: parameters object, standard_errors object, trusted flag, log_likelihood number, gradient_norm number
    clv: condition number, converged flag, n integer, warnings list
    clv.choice: model class, k integer, out_of_sample number
    clv.spend: model class, parameters object, standard_errors object, log_likelihood number, n integer, warnings list
    clv.spend: statistic class
    clv.margin: basis class, rate share
    clv.backtest: horizon_days integer, customers integer, selected_on list, coverage share, band list
    clv.backtest.origins: day date, customers integer, model object, naive object, coverage share
    clv.backtest.model: {_ACCURACY}
    clv.backtest.naive: {_ACCURACY}
    clv.backtest.zero: {_ACCURACY}
    clv.backtest.value: {_ACCURACY}
    clv.backtest.value_naive: {_ACCURACY}
    clv.backtest.deciles: customers integer, forecast number, actual number
    clv.backtest.reliability.*: low share, high share, customers integer, forecast share, actual share
    clv.backtest.reliability.*: actual_low share, actual_high share
    value: customers integer, notes object, total money, total_low money, total_high money
    value.expected_purchases_90: total number, low number, high number
    value.concentration: points list, realised list, top object
    value.at_risk: total money, customers integer
    value.at_risk.by_abc.*: {_HELD}
    value.at_risk.by_rhythm.*: {_HELD}
    value.alive: recency_edges list, frequency_edges list
    value.alive.cells: recency integer, frequency integer, customers integer, p_alive share
    value.survival.overall: {_CURVE}
    value.survival.by_cohort: name text, {_CURVE}
    value.survival.by_product: name text, {_CURVE}
    value.lookalikes: backtest object
    value.lookalikes.rows: customer_id text, name text, first_day date, first_amount money
    value.lookalikes.rows: foretold_12m money, foretold_low money, foretold_high money
    value.lookalikes.rows.matches: customer_id text, name text, similarity share, profit_12m money
    value.lookalikes.rows.matches: purchase_days integer, still_active flag
""")

FILES: Mapping[str, Columns] = MappingProxyType(
    {
        "customers.parquet": {**CUSTOMER_COLUMNS, **MODEL_COLUMNS},
        "spells.parquet": SPELL_COLUMNS,
        "contacts.csv": {**CONTACT_COLUMNS, **CONTACT_MODEL_COLUMNS},
        "rejects.csv": REJECT_COLUMNS,
        "summary.json": {**SUMMARY_KEYS, **MODEL_KEYS},
    }
)


def per_period(*names: str) -> tuple[str, ...]:
    """Paths of fields that stand in every row of a period, by window and by rhythm, and in the year's bridge."""
    paths = []
    for name in names:
        paths += [f"summary.json: {table}.*.{name}" for table in ("retention", "retention_rhythm")]
        if name in BRIDGE_FIELDS:
            paths.append(f"summary.json: bridge.*.{name}")
    return tuple(paths)
