"""Chapter: products, channels, campaigns, margin by tenure, referral: what the file knows of them."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from regulars.charts import numbers
from regulars.charts.drawing import Column, Row, Table
from regulars.charts.reader import mark
from regulars.charts.sparks import spark
from regulars.report import titles
from regulars.report.called import products_by_name
from regulars.report.chapters.retention import interval_labels
from regulars.report.html_tables import Shown, letter, rate_with_interval
from regulars.report.page import Card, Chapter, Layout, Use
from regulars.report.rich import joined, trusted
from regulars.report.view import View

ROWS_AT_ONCE = 15


def chapter(view: View) -> Chapter:
    rows: list[tuple[Layout, tuple[Card, ...]]] = [("full", (_products(view),))]
    for key, title in (("channels", mark("Channels")), ("campaigns", mark("Campaigns"))):
        card = _named(view, key, title)
        if card:
            rows.append(("full", (card,)))
    rows.append(("two", (_tenure(view), _referral(view))))
    return Chapter("offers", view.reader.say("Products & channels"), "", tuple(rows))


def _void(view: View, sentence: str) -> Markup:
    return Markup('<p class="void">{}</p>').format(sentence)


def _products(view: View) -> Card:
    say, products = view.reader.say, products_by_name(view.part("products"))
    if not products or not products["rows"]:
        body = _void(view, say("The file names no products, so nothing can be said about them."))
        return Card(key="products", title=say("Products"), body=body, uses=(Use("product_abc"),))
    rows = products["rows"]
    foot = [say("second purchase within {days}", days=_second_days(view)), say("orders of {span}", span=view.span)]
    if products["total"] > len(rows):
        shown, total = numbers.count(len(rows)), numbers.count(products["total"])
        foot.append(say("the first {n} of {total} by {profit}", n=shown, total=total, profit=view.reader.profit))
    return Card(
        key="products",
        title=titles.offers(view, rows, "product", mark("Products")),
        question=say("What do they begin with, and do they come back?"),
        table=_product_table(view, rows),
        first=ROWS_AT_ONCE,
        foot=joined(list(foot)),
        uses=(Use("product_abc"), Use("second_purchase_by_origin"), Use("first_year_retention"), Use("replenish_days")),
    )


def _second_days(view: View) -> str:
    return view.reader.days((view.part("repurchase") or {}).get("second_purchase_days") or 90)


def _product_table(view: View, rows: list[Row]) -> Table:
    say = view.reader.say
    columns = (
        Column("product", say("Product"), more=(say("Category"),)),
        Column("abc", say("Class")),
        Column("customers", say("Customers"), "count"),
        Column("profit", view.reader.profit_title, "money"),
        Column("first_buyers", say("Began"), "count"),
        Column("second_purchase_rate", say("2nd purchase (95%)"), "rate", interval_labels(view)),
        Column("retention_1y", say("Ret. 1 y"), "rate", ("n",)),
        Column("repurchase_rate", say("Again"), "rate"),
        Column("replenish_days", say("Cycle, days"), "days"),
        Column("profit_per_first_buyer", say("Each"), "each"),
        Column("monthly", say("12 months")),
    )
    return Table(columns, tuple(_product_row(view, row) for row in rows))


def _product_row(view: View, row: Row) -> tuple[Any, ...]:
    category = row.get("category")
    name = Markup('{}<span class="cat">{}</span>').format(row["product"], category or "")
    return (
        Shown(name, (row["product"], category)),
        letter(row["abc"]) if row.get("abc") else None,
        row["customers"],
        row["profit"],
        row["first_buyers"],
        *_returning(row),
        Shown(escape(numbers.rate(row.get("repurchase_rate"), row["customers"])), (row.get("repurchase_rate"),)),
        row.get("replenish_days"),
        row.get("profit_per_first_buyer"),
        _course(view, row),
    )


def _returning(row: Row) -> tuple[Shown, Shown]:
    second = rate_with_interval(
        row.get("second_purchase_rate"),
        row.get("second_purchase_low"),
        row.get("second_purchase_high"),
        row.get("second_purchase_base"),
    )
    kept, base = row.get("retention_1y"), row.get("retention_1y_base")
    return second, Shown(escape(numbers.rate(kept, base)), (kept, base))


def _course(view: View, row: Row) -> Shown:
    """The amounts of twelve months as a line, said in words for those who do not see it."""
    monthly = list(row.get("monthly") or ())
    ends = [view.reader.money(monthly[0]), view.reader.money(monthly[-1])] if len(monthly) > 1 else []
    words = view.reader.say("from {first} to {last} a month", first=ends[0], last=ends[1]) if ends else ""
    return Shown(trusted(spark(monthly, words)), (" ".join(f"{value:g}" for value in monthly),))


def _named(view: View, key: str, title: str) -> Card | None:
    """Channels or campaigns; None where the file has none, and their absence needs no card."""
    part = view.part(key)
    if not part or not part["rows"]:
        return None
    say, rows = view.reader.say, part["rows"]
    columns = (
        Column("name", say(title)),
        Column("orders", say("Orders"), "count"),
        Column("customers", say("Customers"), "count"),
        Column("amount", say("Amount"), "money"),
        Column("profit", view.reader.profit_title, "money"),
        Column("share", say("of amount"), "rate"),
        Column("first_buyers", say("Began"), "count"),
        Column("second_purchase_rate", say("2nd purchase (95%)"), "rate", interval_labels(view)),
        Column("retention_1y", say("Ret. 1 y"), "rate", ("n",)),
        Column("monthly", say("12 months")),
    )
    plain = ("name", "orders", "customers", "amount", "profit", "share", "first_buyers")
    made = tuple((*(row.get(name) for name in plain), *_returning(row), _course(view, row)) for row in rows)
    return Card(
        key=key,
        title=titles.offers(view, rows, "name", title) if key == "channels" else say(title),
        question=say("Whom do they bring, and do these return?"),
        table=Table(columns, made),
        first=ROWS_AT_ONCE,
        foot=joined([say("by the first purchase"), say("second purchase within {days}", days=_second_days(view))]),
        uses=(Use("channel_value"), Use("second_purchase_by_origin"), Use("first_year_retention")),
    )


def _tenure(view: View) -> Card:
    say, margin = view.reader.say, view.part("tenure_margin") or {}
    days = view.reader.days(view.rules.new_customer_days)
    columns = (
        Column("tenure", say("Customers")),
        Column("orders", say("Orders"), "count"),
        Column("profit_per_order", say("{profit} an order", profit=view.reader.profit_title), "each"),
        Column("discount_rate", say("Discount"), "rate"),
    )
    names = (("new", say("New, first {days}", days=days)), ("old", say("Old, later")))
    rows = tuple(
        (name, *(margin[key].get(column.key) for column in columns[1:]))
        for key, name in names
        if (margin.get(key) or {}).get("orders")
    )
    body: Markup | str = "" if rows else _void(view, say("No order in the window."))
    return Card(
        key="tenure",
        title=titles.tenure(view),
        question=say("Do old customers cost more in discounts than they bring?"),
        table=Table(columns, rows) if rows else None,
        body=body,
        foot=joined([say("counted from the first purchase"), say("orders of {span}", span=view.span)]) if rows else "",
        uses=(Use("tenure_margin"),),
    )


def _referral(view: View) -> Card:
    say, part = view.reader.say, view.part("referral")
    title, question = say("Referral"), say("How many new customers come through others, and are they worth more?")
    if not part or not part["new_customers"]:
        body = _void(view, say("The file names no referrers."))
        return Card(key="referral", title=title, question=question, body=body, uses=(Use("referral"),))
    columns = (
        Column("kind", say("New customers")),
        Column("customers", say("Customers"), "count"),
        Column("value", say("{profit} each", profit=view.reader.profit_title), "each"),
        Column("second_purchase_rate", say("Second purchase"), "rate"),
    )
    others = part["new_customers"] - part["referred"]
    rows = (
        (say("referred"), part["referred"], part.get("referred_value"), part.get("referred_second_purchase_rate")),
        (say("others"), others, part.get("other_value"), part.get("other_second_purchase_rate")),
    )
    return Card(
        key="referral",
        title=title,
        question=question,
        table=Table(columns, rows),
        foot=say(
            "{n} of {total} new customers, {share}",
            n=numbers.count(part["referred"]),
            total=numbers.count(part["new_customers"]),
            share=numbers.rate(part.get("share"), part["new_customers"]),
        ),
        uses=(Use("referral"),),
    )
