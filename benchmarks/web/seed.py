"""Fill an empty SQLite installation with a crowd of customers and a published run, by bulk SQL.

    REGULARS_DATA=/path python -m benchmarks.web.seed --customers 1000000

Names are invented, skewed as Chinese names are (a few surnames are common), so that two-character searches meet both
rare and frequent names. Everything is drawn from one seed: the same size gives the same crowd.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
    "范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅建国志文斌波辉鹏飞宇浩然子涵梓轩雨欣怡佳琪晨曦思远嘉雪婷慧颖琳璐"
    "倩云帆晓燕淑芬海燕春光晴川若兰书瑶诗涵可馨语嫣梦洁俊熙天佑泽宇博文昊天奕辰"
)
REGIONS = (
    "杭州",
    "上海",
    "北京",
    "广州",
    "深圳",
    "成都",
    "南京",
    "苏州",
    "武汉",
    "西安",
    "宁波",
    "重庆",
    "长沙",
    "厦门",
    "青岛",
    "合肥",
    "无锡",
    "绍兴",
    "乌鲁木齐",
    "丽江",
)
SOURCES = tuple(["小程序", "门店", "天猫", "京东", "抖音", "转介绍", "展会", "官网"])
TAGS = tuple(["金卡", "企业", "批发", "已迁出", "投诉过", "节日", "试饮", "VIP"])
TODAY = date(2026, 10, 31)
BATCH = 50_000


def crowd(count: int, seed: int) -> dict[str, Any]:
    """The columns of ``count`` customers."""
    rng = np.random.default_rng(seed)
    weight = 1 / (np.arange(len(SURNAMES)) + 3)
    surnames = np.array(list(SURNAMES))[rng.choice(len(SURNAMES), count, p=weight / weight.sum())]
    given = np.array(list(GIVEN))
    first = given[(rng.beta(1, 2.2, count) * len(given)).astype(int)]
    second = np.where(rng.random(count) < 0.22, "", given[rng.integers(0, len(given), count)])
    tail = np.char.zfill(rng.integers(0, 10**8, count).astype(str), 8)
    return {
        "rng": rng,
        "name": np.char.add(np.char.add(surnames, first), second),
        "phone": np.char.add(rng.choice(["138", "139", "135", "186", "177", "150"], count), tail),
        "region": np.array(REGIONS)[(rng.beta(1, 3, count) * len(REGIONS)).astype(int)],
        "source": np.array(SOURCES)[rng.choice(len(SOURCES), count)],
        "tier": np.array(("", "银卡", "金卡"))[rng.choice(3, count, p=(0.8, 0.15, 0.05))],
        "organization": rng.random(count) < 0.03,
        "email": rng.random(count) < 0.2,
        "created": rng.integers(0, 900, count),
    }


def public_ids(rng: Any, count: int) -> Iterator[str]:
    letters = np.array(list("23456789abcdefghjkmnpqrstuvwxyz"))
    for row in letters[rng.integers(0, len(letters), (count, 14))]:
        yield "".join(row)


def pinyin() -> dict[str, str]:
    from pypinyin import lazy_pinyin

    return {letter: lazy_pinyin(letter)[0] for letter in set(SURNAMES + GIVEN)}


def insert(db: sqlite3.Connection, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    names = list(columns)
    marks = ",".join("?" * len(names))
    quoted = ",".join(f'"{name}"' for name in names)
    db.executemany(f'INSERT INTO "{table}" ({quoted}) VALUES ({marks})', rows)


def write_customers(db: sqlite3.Connection, people: dict[str, Any], owners: list[int], departments: list[int]) -> None:
    rng, count = people["rng"], len(people["name"])
    sound = pinyin()
    owner = np.where(rng.random(count) < 0.05, -1, rng.integers(0, len(owners), count))
    last = np.where(rng.random(count) < 0.3, rng.integers(0, 400, count), -1)
    coming = np.where(rng.random(count) < 0.02, rng.integers(-20, 40, count), -999)
    ids = public_ids(rng, count)
    start = datetime(2026, 10, 31, 12)

    def rows() -> Iterator[tuple[Any, ...]]:
        for at in range(count):
            name, phone = str(people["name"][at]), str(people["phone"][at])
            email = f"u{at}@example.com" if people["email"][at] else ""
            holder = owners[owner[at]] if owner[at] >= 0 else None
            created = (start - timedelta(days=int(people["created"][at]), seconds=at % 86_400)).isoformat(" ")
            followed = (start - timedelta(days=int(last[at]))).isoformat(" ") if last[at] >= 0 else None
            due = (TODAY + timedelta(days=int(coming[at]))).isoformat() if coming[at] > -999 else None
            yield (
                at + 1,
                next(ids),
                f"C{at + 1:07d}",
                "organization" if people["organization"][at] else "individual",
                name,
                " ".join(sound[letter] for letter in name),
                phone,
                phone,
                email,
                email,
                "",
                str(people["region"][at]),
                "",
                str(people["source"][at]),
                str(people["tier"][at]),
                holder,
                departments[owner[at] % len(departments)] if holder else None,
                "{}",
                "",
                due,
                followed,
                created,
                created,
            )

    columns = (
        "id public_id key kind name sort_name phone phone_key email email_key wechat region address source tier"
        " owner_id department_id consent notes next_follow_up last_follow_up created_at updated_at"
    )
    insert(db, "customers_customer", columns.split(), rows())


def write_tags(db: sqlite3.Connection, rng: Any, count: int) -> None:
    insert(db, "customers_tag", ("id", "name", "colour"), [(at + 1, name, "") for at, name in enumerate(TAGS)])
    pairs = set()
    for at, share in enumerate((0.05, 0.03, 0.02, 0.01, 0.01, 0.08, 0.02, 0.001)):
        chosen = rng.choice(count, int(count * share), replace=False)
        pairs |= {(int(each) + 1, at + 1) for each in chosen}
    insert(db, "customers_customer_tags", ("customer_id", "tag_id"), sorted(pairs))


def write_grams(db: sqlite3.Connection, people: dict[str, Any]) -> None:
    sound = pinyin()
    rows: list[tuple[str, int]] = []
    for at, (name, phone) in enumerate(zip(people["name"].tolist(), people["phone"].tolist(), strict=True), start=1):
        short = "".join(sound[letter][0] for letter in name)
        found = set(name) | {name[i : i + 2] for i in range(len(name) - 1)}
        found |= {f":{short[i : i + 2]}" for i in range(len(short) - 1)}
        found.add(f"#{phone[-4:]}")
        if people["email"][at - 1]:
            found.add(f"@u{at - 1}@example.com")
        rows += [(gram, at) for gram in found]
    rows.sort()
    insert(db, "customers_gram", ("gram", "customer_id"), rows)


def metrics(people: dict[str, Any]) -> dict[str, Any]:
    """Columns of customers.parquet, drawn so that classes and states hang together."""
    rng, count = people["rng"], len(people["name"])
    bought = np.flatnonzero(rng.random(count) < 0.92)
    size = len(bought)
    orders = 1 + rng.geometric(0.12, size)
    recency = np.minimum((rng.exponential(90, size)).astype(int), 720)
    gap = np.maximum(3, rng.gamma(2, 22, size))
    lateness = np.round(recency / gap, 3)
    amount = np.round(orders * rng.lognormal(4.2, 0.7, size), 2)
    profit = np.round(amount * rng.uniform(0.1, 0.5, size), 2)
    in_window = recency < 365
    rank = np.empty(size)
    rank[np.argsort(-profit)] = np.arange(size) / size
    score = np.minimum(5, 1 + (5 * (1 - rank)).astype(int))
    states = np.array(("on_rhythm", "due", "slipping", "dormant", "lost"))
    alive = np.round(np.clip(1.1 - lateness / 5 + rng.normal(0, 0.05, size), 0.01, 0.99), 4)
    clv = np.round(profit * alive * rng.uniform(0.3, 0.9, size), 2)
    from_day = np.datetime64(TODAY) - recency + np.round(gap * 0.7).astype(int)
    return {
        "customer_id": bought + 1,
        "customer_key": bought,
        "first_purchase": np.datetime64(TODAY) - recency - rng.integers(0, 500, size),
        "last_purchase": np.datetime64(TODAY) - recency,
        "recency_days": recency,
        "tenure_days": recency + 100,
        "orders": orders,
        "purchase_days": np.maximum(1, orders - 1),
        "amount_total": amount,
        "profit_total": profit,
        "orders_window": np.where(in_window, orders, 0),
        "amount_window": np.where(in_window, amount, 0),
        "profit_window": np.where(in_window, profit, 0),
        "mean_order_value": np.round(amount / orders, 2),
        "active": in_window,
        "abc": np.array(("A", "B", "C"))[np.digitize(rank, (0.12, 0.3))],
        "frequency_class": np.array(("low", "mid", "high"))[np.digitize(orders, (4, 9))],
        "amount_class": np.array(("high", "mid", "low"))[np.digitize(rank, (0.33, 0.66))],
        "r_score": np.clip(5 - recency // 60, 1, 5),
        "f_score": np.clip(orders // 4 + 1, 1, 5),
        "m_score": score,
        "rfm_group": np.array(("HHH", "HHL", "HLH", "HLL", "LHH", "LHL", "LLH", "LLL"))[rng.integers(0, 8, size)],
        "quadrant": np.where(in_window, np.array(("b", "c", "d", "e"))[rng.integers(0, 4, size)], "dormant"),
        "lifecycle": np.where(
            ~in_window, "churned", np.where(lateness > 2, "decline", np.where(orders > 2, "maturity", "growth"))
        ),
        "lifecycle_b": np.where(orders > 4, "loyal", np.where(orders > 2, "repeat", "first")),
        "typical_gap": np.round(gap, 2),
        "lateness": lateness,
        "lateness_percentile": np.round(np.clip(lateness / 4, 0, 0.999), 3),
        "rhythm": states[np.digitize(lateness, (1, 1.5, 2.5, 4))],
        "next_purchase_from": from_day,
        "next_purchase_to": from_day + np.round(gap * 0.6).astype(int),
        "p_alive": alive,
        "expected_purchases_90": np.round(alive * 90 / gap, 3),
        "clv_12m": clv,
        "clv_12m_low": np.round(clv * 0.4, 2),
        "clv_12m_high": np.round(clv * 1.9, 2),
        "value_at_risk": np.round(clv * (1 - alive), 2),
        "potential_12m": np.round(clv - profit * 0.3, 2),
    }


def write_metrics(db: sqlite3.Connection, table: str, columns: dict[str, Any], known: list[str]) -> None:
    names = [name for name in known if name in columns]
    lists = []
    for name in names:
        values = columns[name]
        lists.append(values.astype(str).tolist() if values.dtype.kind == "M" else values.tolist())
    insert(db, table, names, zip(*lists, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.config.settings")
    import django

    django.setup()
    print(json.dumps(fill(given.customers, given.seed)))


def fill(count: int, seed: int = 7) -> dict[str, float]:
    """Fill the database of the settings with people and a run that is drawn, too; seconds of each part."""
    from django.core.management import call_command

    from benchmarks.web.published import begin, end

    call_command("migrate", verbosity=0)
    people = crowd(count, seed)
    run, table, known = begin(TODAY)
    took = _filled(people, {"metrics": lambda db: write_metrics(db, table, metrics(people), known)}, (table,))
    end(run, count)
    return took


def fill_people(count: int, seed: int = 7) -> dict[str, float]:
    """People alone, for an installation whose run is computed from its orders; seconds of each part."""
    return _filled(crowd(count, seed), {}, ())


def _filled(people: dict[str, Any], more: dict[str, Any], tables: tuple[str, ...]) -> dict[str, float]:
    from django.db import connection

    owners, departments = staff()
    connection.close()
    db = sqlite3.connect(str(connection.settings_dict["NAME"]))
    db.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-800000; PRAGMA foreign_keys=OFF;"
    )
    filled = ("customers_customer", "customers_gram", "customers_customer_tags", *tables)
    dropped = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type='index' AND sql IS NOT NULL AND tbl_name IN"
        f" ({','.join('?' * len(filled))})",
        filled,
    ).fetchall()
    for name, _sql in dropped:
        db.execute(f'DROP INDEX "{name}"')
    parts = {
        "customers": lambda db: write_customers(db, people, owners, departments),
        "tags": lambda db: write_tags(db, people["rng"], len(people["name"])),
        **more,
        "grams": lambda db: write_grams(db, people),
        "indexes": lambda db: [db.execute(sql) for _name, sql in dropped],
        "analyze": lambda db: db.execute("PRAGMA analysis_limit=2000; ") and db.execute("ANALYZE"),
    }
    took: dict[str, float] = {}
    for name, work in parts.items():
        start = time.perf_counter()
        work(db)
        db.commit()
        took[name] = round(time.perf_counter() - start, 1)
    db.execute("PRAGMA journal_mode=WAL")
    db.close()
    return took


def staff() -> tuple[list[int], list[int]]:
    """An owner (owner@example.com / benchmark-2026) and twenty sales people in four departments."""
    from regulars.crm.accounts.models import Department, Role, User
    from regulars.crm.accounts.permissions import ROLES

    roles = {}
    for key, default in ROLES.items():
        told = {
            "scope": default.scope,
            "permissions": list(default.permissions),
            "clear_fields": list(default.clear_fields),
        }
        roles[key], _new = Role.objects.get_or_create(key=key, defaults=told)
    departments = []
    for name in ("华东", "华南", "华北", "西部"):
        made = Department.objects.create(name=name)
        made.path = f"/{made.pk}/"
        made.save()
        departments.append(made)
    owner = User(email="owner@example.com", name="林薇", role=roles["owner"])
    owner.set_password("benchmark-2026")
    owner.save()
    people = []
    for at in range(20):
        one = User(
            email=f"sales{at}@example.com", name=f"销售{at + 1}", role=roles["sales"], department=departments[at % 4]
        )
        one.set_password("benchmark-2026")
        one.save()
        people.append(one.pk)
    return people, [each.pk for each in departments]


if __name__ == "__main__":
    main()
