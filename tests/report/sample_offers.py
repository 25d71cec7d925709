"""FIXTURE: products, channels, campaigns and contacts of the sample analyses. Names are invented."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from tests.report.sample_classes import Judged
from tests.report.sample_periods import WINDOW, wilson
from tests.report.sample_shop import Array
from tests.report.sample_value import Foretold

Row = dict[str, Any]
PRODUCTS = (
    ("龙井 · 明前 100g", "绿茶", 0.20, 34),
    ("茉莉花茶 250g", "花茶", 0.18, 41),
    ("岩茶尝鲜装", "乌龙", 0.12, 52),
    ("中秋礼盒", "礼盒", 0.10, None),
    ("凤凰单丛 250g", "乌龙", 0.09, 47),
    ("正山小种 200g", "红茶", 0.08, 44),
    ("白毫银针 50g", "白茶", 0.07, 61),
    ("冷泡茶 12 包", "花茶", 0.06, 29),
    ('=HYPERLINK("x")普洱 <357g>', "黑茶", 0.05, 88),
    ("老白茶饼 300g", "白茶", 0.03, 74),
    ("旅行茶具一壶两杯", "器具", 0.018, None),
    ("白瓷盖碗", "器具", 0.002, None),
)
CHANNELS = (("小程序", 0.46), ("天猫", 0.31), ("门店", 0.17), ("团购", 0.06))
FAMILY = "沈罗黎诸高许苏贺林陈欧马周陆司阿赵"
GIVEN = ("曼青", "建国", "小满", "葛明", "远", "知微", "婉清", "东升", "子涵", "立群")


def _shares(judged: Judged, portions: list[float], seed: int) -> Array:
    """A label for every order, drawn by ``portions``."""
    rng = np.random.default_rng(seed)
    weights = np.array(portions) / sum(portions)
    return rng.choice(len(portions), len(judged.orders.day), p=weights)


def _second(judged: Judged, of: Array, seed: int) -> Row:
    """Second purchase within 90 days of the members of ``of``, a little different for each label."""
    first = judged.orders.first()
    days = judged.gaps
    second = np.full(judged.orders.n, 10**6)
    repeat = np.r_[False, days.customer[1:] == days.customer[:-1]]
    start = np.r_[True, ~repeat[1:]]
    at = np.where(repeat & np.r_[False, start[:-1]])[0]
    second[days.customer[at]] = days.day[at]
    base = of & (first <= judged.orders.last - 90)
    n = int(base.sum())
    hits = int((base & (second - first <= 90)).sum())
    hits = min(n, max(0, int(hits * (1 + 0.06 * ((seed % 5) - 2)))))
    low, high = wilson(hits, n)
    return {
        "second_purchase_rate": hits / n if n else None,
        "second_purchase_low": low,
        "second_purchase_high": high,
        "second_purchase_base": n,
    }


def _monthly(judged: Judged, chosen: Array) -> list[float]:
    last = judged.orders.last
    month = np.clip((last - judged.orders.day) // 31, 0, 12)
    sums = np.bincount(month[chosen], weights=judged.orders.amount[chosen], minlength=13)
    return [round(float(value), 2) for value in sums[:12][::-1]]


def _row(judged: Judged, label: Array, index: int) -> Row:
    orders = judged.orders
    inside = orders.day > orders.last - WINDOW
    chosen = (label == index) & inside
    firsts = np.r_[True, orders.customer[1:] != orders.customer[:-1]]
    first_buyers = np.zeros(orders.n, bool)
    first_buyers[orders.customer[firsts & (label == index)]] = True
    return {
        "customers": len(np.unique(orders.customer[chosen])),
        "orders": int(chosen.sum()),
        "amount": round(float(orders.amount[chosen].sum()), 2),
        "profit": round(float(orders.profit[chosen].sum()), 2),
        "first_buyers": int(first_buyers.sum()),
        **_second(judged, first_buyers, index),
        "retention_1y": float(judged.active[first_buyers].mean()) if first_buyers.sum() > 30 else None,
        "retention_1y_base": int(first_buyers.sum()),
        "monthly": _monthly(judged, label == index),
    }


def products(judged: Judged) -> Row:
    label = _shares(judged, [portion for _, _, portion, _ in PRODUCTS], 3)
    rows = []
    for index, (name, category, _, replenish) in enumerate(PRODUCTS):
        row = {"product": name, "category": category, "quantity": 0.0, **_row(judged, label, index)}
        row["quantity"] = float(row["orders"])
        row["abc"] = "A" if index < 6 else "B" if index < 8 else "C"
        row["repurchase_rate"] = 0.31 - index * 0.02 if row["customers"] >= 20 else None
        row["replenish_days"] = replenish
        row["profit_per_first_buyer"] = round(row["profit"] / row["first_buyers"], 2) if row["first_buyers"] else None
        rows.append(row)
    return {"total": len(rows), "rows": sorted(rows, key=lambda row: -row["profit"])}


def channels(judged: Judged, names: tuple[tuple[str, float], ...] = CHANNELS) -> Row:
    label = _shares(judged, [portion for _, portion in names], 5)
    total = float(judged.p.sum())
    rows = [{"name": name, **_row(judged, label, index)} for index, (name, _) in enumerate(names)]
    for row in rows:
        row["share"] = row["profit"] / total if total > 0 else None
    return {"rows": rows}


def campaigns(judged: Judged) -> Row:
    return channels(judged, (("双11", 0.06), ("春茶上新", 0.04), ("会员日", 0.02)))


def tenure_margin(judged: Judged) -> Row:
    orders = judged.orders
    inside = orders.day > orders.last - WINDOW
    age = orders.day - orders.first()[orders.customer]
    made = {}
    for name, chosen, discount in (("new", inside & (age <= 365), 0.061), ("old", inside & (age > 365), 0.092)):
        count, amount = int(chosen.sum()), float(orders.amount[chosen].sum())
        profit = float(orders.profit[chosen].sum())
        made[name] = {
            "orders": count,
            "amount": round(amount, 2),
            "profit": round(profit, 2),
            "profit_per_order": profit / count if count else None,
            "discount": round(amount * discount, 2),
            "discount_rate": discount if count else None,
        }
    return made


def referral(judged: Judged) -> Row:
    recent = judged.orders.first() > judged.orders.last - WINDOW
    new = int(recent.sum())
    value = float(judged.p[recent].mean()) if new else 0.0
    return {
        "new_customers": new,
        "referred": new // 9,
        "share": (new // 9) / new if new else None,
        "referred_value": round(value * 1.2, 2),
        "other_value": round(value * 0.97, 2),
        "referred_second_purchase_rate": 0.52,
        "other_second_purchase_rate": 0.44,
    }


def contacts(judged: Judged, worth: Foretold | None, limit: int = 1000) -> tuple[Row, pa.Table]:
    """The late with profit in the window, by value at risk, else by profit; the table holds the first ``limit``."""
    orders = judged.orders
    late = np.isin(judged.state, ("slipping", "dormant", "lost")) & (judged.p > 0) & judged.known
    if judged.gaps.g0 is None:
        late &= False
    stake = judged.p if worth is None else worth.at_risk
    chosen = np.where(late)[0][np.argsort(-stake[late], kind="stable")]
    ratios = judged.gaps.ratios
    q3 = float(np.quantile(ratios, 0.75)) if len(ratios) else 1.0
    rows = [_contact(judged, int(who), rank, q3) for rank, who in enumerate(chosen[:limit])]
    total = {"total": len(chosen), "profit": round(float(judged.p[late].sum()), 2), "rule": "late_by_profit"}
    schema = _schema()
    if worth is not None:
        rows = [{**row, **_worth(worth, int(who))} for row, who in zip(rows, chosen, strict=False)]
        total |= {"rule": "value_at_risk", "value_at_risk": round(float(worth.at_risk[late].sum()), 2)}
        for key in ("p_alive", "clv_12m", "value_at_risk"):
            schema = schema.append(pa.field(key, pa.float64()))
    columns = _contact(judged, 0, 0, q3) if not rows else rows[0]
    table = pa.table({key: [row[key] for row in rows] for key in columns}, schema=schema)
    assert orders.n >= len(chosen)
    return total, table


def _worth(worth: Foretold, who: int) -> Row:
    """Forecast columns; who has none has no value."""
    given = bool(worth.given[who])
    return {
        "p_alive": round(float(worth.alive[who]), 4),
        "clv_12m": round(float(worth.clv[who]), 2) if given else None,
        "value_at_risk": round(float(worth.at_risk[who]), 2) if given else None,
    }


def name_of(who: int, rank: int) -> str:
    return "上海拾光民宿" if rank == 2 else "+SUM(A1)<b>" if rank == 7 else FAMILY[who % 17] + GIVEN[who % 10]


def _contact(judged: Judged, who: int, rank: int, q3: float) -> Row:
    orders = judged.orders
    mine = (orders.customer == who) & (orders.day > orders.last - WINDOW)
    days, position = np.unique(orders.day[mine], return_inverse=True)
    amounts = np.bincount(position, weights=orders.amount[mine], minlength=len(days))
    latest = int(orders.latest(orders.last)[who])
    typical = float(judged.gaps.typical[who])
    until = orders.date_of(latest + round(0 if np.isnan(typical) else typical * q3))
    name = name_of(who, rank)
    return {
        "customer_id": f"C{who:06d}",
        "name": name if rank % 11 else None,
        "abc": str(judged.abc[who]),
        "rhythm": str(judged.state[who]),
        "typical_gap": round(typical, 3),
        "recency_days": int(judged.recency[who]),
        "lateness": round(float(judged.late[who]), 4),
        "lateness_percentile": round(float(judged.percentile[who]), 4),
        "last_purchase": orders.date_of(latest),
        "next_purchase_to": until,
        "profit_window": round(float(judged.p[who]), 2),
        "amount_window": round(float(judged.m[who]), 2),
        "orders_window": int(judged.f[who]),
        "purchases_recent": [int(orders.last - day) for day in days],
        "amounts_recent": [round(float(amount), 2) for amount in amounts],
    }


def _schema() -> pa.Schema:
    texts = [(key, pa.string()) for key in ("customer_id", "name", "abc", "rhythm")]
    numbers = [("typical_gap", pa.float64()), ("recency_days", pa.int32())]
    numbers += [("lateness", pa.float64()), ("lateness_percentile", pa.float64())]
    days = [("last_purchase", pa.date32()), ("next_purchase_to", pa.date32())]
    money = [("profit_window", pa.float64()), ("amount_window", pa.float64()), ("orders_window", pa.int32())]
    recent = [("purchases_recent", pa.list_(pa.int32())), ("amounts_recent", pa.list_(pa.float64()))]
    return pa.schema(texts + numbers + days + money + recent)
