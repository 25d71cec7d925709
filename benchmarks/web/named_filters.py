"""Twenty filters that people use: selective and not, over fields, tags, numbers, follow-ups; most have five conditions.

``SALES`` stands for the public id of a sales person.
"""

from __future__ import annotations

from typing import Any

SALES = "SALES"


def _c(field: str, op: str, value: Any = None) -> dict[str, Any]:
    return {"field": field, "op": op} | ({} if value is None else {"value": value})


def _m(column: str, op: str, value: Any = None) -> dict[str, Any]:
    return _c(f"metric.{column}", op, value)


FILTERS: dict[str, dict[str, Any]] = {
    "everybody": {},
    "valuable and late": {
        "all": [
            _m("profit_total", "at_least", 300),
            _c("source", "is_not", ["展会"]),
            {"any": [_m("rhythm", "is", ["slipping", "dormant", "lost"]), _m("p_alive", "below", 0.6)]},
            {"none": [_c("follow_up", "within", 14), _c("tag", "is", ["已迁出"])]},
        ]
    },
    "class A going": {
        "all": [
            _m("abc", "is", ["A"]),
            _m("rhythm", "is", ["slipping", "dormant"]),
            _m("lifecycle", "is", ["decline"]),
            _c("follow_up", "not_within", 30),
            _c("kind", "is", ["individual"]),
        ]
    },
    "new, no second order": {
        "all": [
            _m("orders", "equals", 2),
            _m("recency_days", "at_most", 60),
            _c("created", "last_days", 365),
            _c("source", "is", ["小程序", "抖音"]),
            _c("tag", "is_not", ["VIP"]),
        ]
    },
    "organizations of mine": {
        "all": [
            _c("kind", "is", ["organization"]),
            _c("owner", "is", [SALES]),
            _m("orders_window", "at_least", 3),
            _m("abc", "is", ["A", "B"]),
            _c("region", "filled"),
        ]
    },
    "one town": {
        "all": [
            _c("region", "is", ["丽江"]),
            _m("abc", "is", ["A"]),
            _m("lifecycle", "is", ["decline"]),
            _c("tag", "is", ["批发"]),
            _m("p_alive", "below", 0.5),
        ]
    },
    "due these days": {"all": [_c("next_follow_up", "next_days", 3)]},
    "overdue and valuable": {
        "all": [
            _c("next_follow_up", "before", "2026-10-31"),
            _m("value_at_risk", "at_least", 50),
            _m("abc", "is", ["A", "B"]),
            _m("rhythm", "is_not", ["on_rhythm"]),
            _c("owner", "filled"),
        ]
    },
    "never contacted": {
        "all": [
            _c("last_follow_up", "empty"),
            _m("clv_12m", "at_least", 100),
            _m("recency_days", "at_most", 90),
            _m("quadrant", "is", ["e"]),
            _c("source", "is", ["门店"]),
        ]
    },
    "gold members at risk": {
        "all": [
            _c("tier", "is", ["金卡"]),
            _m("rhythm", "is", ["dormant", "lost"]),
            _m("profit_window", "above", 20),
            _c("follow_up", "not_within", 90),
            _c("tag", "is_not", ["已迁出"]),
        ]
    },
    "tagged VIP": {"all": [_c("tag", "is", ["VIP"]), _m("abc", "is", ["A"])]},
    "bought this week": {
        "all": [
            _m("last_purchase", "since", "2026-10-25"),
            _m("orders", "at_least", 3),
            _m("lifecycle", "is", ["maturity"]),
            _c("region", "is", ["杭州", "上海", "宁波"]),
            _m("mean_order_value", "above", 40),
        ]
    },
    "window closing": {
        "all": [
            _m("next_purchase_to", "between", ["2026-10-31", "2026-11-03"]),
            _m("abc", "is", ["A", "B"]),
            _m("rhythm", "is", ["due", "slipping"]),
            _c("follow_up", "not_within", 7),
            _c("owner", "filled"),
        ]
    },
    "top by value, one sales person": {
        "all": [
            _c("owner", "is", [SALES]),
            _m("abc", "is", ["A", "B"]),
            _c("region", "is", ["杭州"]),
            _m("rhythm", "is", ["due"]),
            _m("orders_window", "at_least", 5),
        ]
    },
    "without a purchase": {"all": [_m("orders", "empty"), _c("created", "older_days", 30)]},
    "champions": {
        "all": [
            _m("rfm_group", "is", ["HHH"]),
            _m("r_score", "at_least", 4),
            _m("f_score", "at_least", 4),
            _m("active", "yes"),
            _c("kind", "is", ["individual"]),
        ]
    },
    "neither A nor from shops": {"none": [_m("abc", "is", ["A"]), _c("source", "is", ["门店", "天猫"])]},
    "name contains": {"all": [_c("name", "contains", "梓轩")]},
    "phone": {"all": [_c("phone", "is", ["13812345678"])]},
    "nobody": {"all": [_c("region", "is", ["火星"]), _m("abc", "is", ["A"]), _m("active", "yes"), _c("tag", "empty")]},
}
SEARCHES = ("王伟", "梓轩", "欧阳", "swq", "4471", "u500@example.com", "王", "13812345678")
ORDERS = ("-metric.profit_window", "name")
