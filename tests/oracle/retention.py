"""Section 2: the movement bridge, retention of customers, revenue and profit, churn, alarms.

Plain readings taken here:

* *The second calendar period that has any order* looks at every order up to D, zero, cancelled and unattributed ones
  too.
* ``start`` and ``end`` of a row are the first and the last day of the period; D0 is the day before ``start``. The
  bridge of the last 365 days goes from D0 = D - 365 to D, so its ``start`` is D0 + 1.
* Mean purchase amount is per customer: the spend of the lost per lost customer over the spend of S per customer of S,
  which makes relative churn the share of the lost in S's spend. With S > 0 and nobody lost it is 0, also on no spend;
  with somebody lost and no spend, or with S = 0, it is null.
* The value of the period before the first listed one is taken as it is, even where that period began before the data.
* *Begins before the first day*: the first day inside (D0 - W, D0] is D0 - W + 1, compared with the first day of any
  order.
* **Alarm.** A row with S > 0 that is fully observed is compared with the pooled strict retention (sum of S - L over
  sum of S, the mean weighted by S, which is what a Newcombe interval needs) of earlier fully observed rows with S >
  0: those of the same month (quarter) of earlier years, or all earlier ones where there is none. Its p-value is the
  level at which Newcombe's interval of the difference just touches 0. Holm runs at 5 % over the compared rows of one
  list (the months, or the quarters, of one policy). ``usual`` is the pooled share with its Wilson interval.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from tests.oracle import calendar_periods as periods
from tests.oracle.activity import Activity
from tests.oracle.facts import Facts
from tests.oracle.intervals import holm, newcombe_p, wilson


def share(part: int | Fraction, base: int | Fraction) -> Fraction | None:
    """part / base, null on a base of zero or less."""
    return Fraction(part) / base if base > 0 else None


def movement(facts: Facts, activity: Activity, d0: int, d1: int) -> dict[str, Any]:
    """The bridge from D0 to D1 with its rates, intervals and spend."""
    before, after = activity.at(d0), activity.at(d1)
    new = {h.customer for h in facts.customers if d0 < h.first <= d1}
    lost = before - after
    spent = {key: facts.histories[key].between(d0 - activity.window, d0).bought for key in before}
    s, e, gone = len(before), len(after), len(lost)
    low, high = wilson(gone, s)
    strict_low, strict_high = wilson(s - gone, s)
    return {
        "start": periods.day_of(d0 + 1).isoformat(),
        "end": periods.day_of(d1).isoformat(),
        "S": s,
        "E": e,
        "N": len(new & after),
        "reactivated": len(after - before - new),
        "lost": gone,
        "new_and_lost": len(new - after),
        "retention_rate": share(e - len(new & after), s),
        "strict_retention_rate": share(s - gone, s),
        "strict_retention_low": strict_low,
        "strict_retention_high": strict_high,
        "absolute_churn": share(gone, s),
        "absolute_churn_low": low,
        "absolute_churn_high": high,
        "relative_churn": _relative_churn(spent, lost),
        "fully_observed": d0 - activity.window + 1 >= facts.first_day,
        "spend_start": Fraction(sum(spent.values()), 100),
        "spend_lost": Fraction(sum(spent[key] for key in lost), 100),
    }


def _relative_churn(spent: dict[str, int], lost: frozenset[str]) -> Fraction | None:
    if not spent:
        return None
    if not lost:
        return Fraction(0)
    return share(sum(spent[key] for key in lost), sum(spent.values()))


class PeriodMoney:
    """Net amount and profit of attributed customers by calendar period, and who bought in it."""

    def __init__(self, facts: Facts, kind: str) -> None:
        self.kind = kind
        self.value: dict[str, dict[int, dict[str, int]]] = {
            name: defaultdict(lambda: defaultdict(int)) for name in ("amount", "profit")
        }
        self.buyers: dict[int, set[str]] = defaultdict(set)
        self.first = {h.customer: periods.period_of(kind, h.first) for h in facts.customers}
        for order in facts.orders:
            if order.customer is None or order.status not in ("valid", "refund"):
                continue
            period = periods.period_of(kind, order.day)
            self.value["amount"][period][order.customer] += order.amount
            self.value["profit"][period][order.customer] += order.profit
            if order.status == "valid" and order.amount > 0:
                self.buyers[period].add(order.customer)

    def rates(self, name: str, period: int) -> tuple[int, int, list[Fraction | None]]:
        """Value of the period and of the one before; retention, net and gross retention."""
        now, before = self.value[name].get(period, {}), self.value[name].get(period - 1, {})
        total, base = sum(now.values()), sum(before.values())
        new = sum(value for key, value in now.items() if self.first.get(key) == period)
        kept = sum(value for key, value in now.items() if key in self.buyers.get(period - 1, ()))
        positive = {key: value for key, value in before.items() if value > 0}
        smaller = sum(min(now.get(key, 0), value) for key, value in positive.items())
        return total, base, [share(total - new, base), share(kept, base), share(smaller, sum(positive.values()))]


def retention_rows(facts: Facts, activity: Activity, kind: str) -> list[dict[str, Any]]:
    """Every period from the second one with an order to the last that is over at D."""
    seen = sorted({periods.period_of(kind, day) for day in facts.order_days})
    if len(seen) < 2:
        return []
    income, rows = PeriodMoney(facts, kind), []
    for period in range(seen[1], periods.period_of(kind, facts.as_of) + 1):
        end = periods.last_day(kind, period)
        if end > facts.as_of:
            break
        row = {"period": periods.label(kind, period)}
        row |= movement(facts, activity, periods.first_day(kind, period) - 1, end)
        row |= _money_columns(income, period)
        rows.append(row)
    _mark_alarms(rows, [periods.season(kind, seen[1] + place) for place in range(len(rows))])
    return rows


def _money_columns(income: PeriodMoney, period: int) -> dict[str, Any]:
    value, previous, revenue = income.rates("amount", period)
    profit, profit_previous, earned = income.rates("profit", period)
    names = ("{}_retention", "net_{}_retention", "gross_{}_retention")
    columns = dict(zip((name.format("revenue") for name in names), revenue, strict=True))
    columns |= dict(zip((name.format("profit") for name in names), earned, strict=True))
    totals = {"value": value, "value_previous": previous, "profit_value": profit, "profit_previous": profit_previous}
    return columns | {name: Fraction(minor, 100) for name, minor in totals.items()}


def _mark_alarms(rows: list[dict[str, Any]], seasons: list[int]) -> None:
    compared = []
    usable = [place for place, row in enumerate(rows) if row["S"] and row["fully_observed"]]
    for place in usable:
        earlier = [other for other in usable if other < place]
        same = [other for other in earlier if seasons[other] == seasons[place]]
        base = same or earlier
        if base:
            usual = (sum(rows[o]["S"] - rows[o]["lost"] for o in base), sum(rows[o]["S"] for o in base))
            compared.append((place, usual, bool(same)))
    strict = [(row["S"] - row["lost"], row["S"]) for row in rows]
    fired = holm([newcombe_p(strict[place], usual) for place, usual, _ in compared])
    for row in rows:
        row["alarm"] = None
    for (place, usual, seasonal), fires in zip(compared, fired, strict=True):
        if fires:
            rows[place]["alarm"] = _alarm(strict[place], usual, seasonal)


def _alarm(strict: tuple[int, int], usual: tuple[int, int], seasonal: bool) -> dict[str, Any]:
    low, high = wilson(*usual)
    worse = Fraction(*strict) < Fraction(*usual)
    return {
        "usual": Fraction(*usual),
        "usual_low": low,
        "usual_high": high,
        "seasonal": seasonal,
        "direction": "worse" if worse else "better",
    }
