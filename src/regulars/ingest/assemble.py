"""Rows of all files -> orders, lines, customers, rejects and counters."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field

import numpy as np

from regulars.ingest import reasons
from regulars.ingest.cells import Cells
from regulars.ingest.currency import convert, currency_of_rows, one_currency
from regulars.ingest.customers import alike, build_customers
from regulars.ingest.duplicates import find_duplicates
from regulars.ingest.facts import Facts, Limbs, optional_money, worth_of
from regulars.ingest.fields import wordlist
from regulars.ingest.grouping import by_customer, grouped
from regulars.ingest.lines import build_lines, product_names
from regulars.ingest.options import IngestOptions
from regulars.ingest.orders import (
    ORDER_TEXTS,
    Grouped,
    Moneys,
    When,
    build_orders,
    order_totals,
    refunds_of,
    settle_money,
    statuses,
)
from regulars.ingest.preset_files import matching_layout
from regulars.ingest.rejects import beyond_limit, limit_error, reject_table
from regulars.ingest.rows import Rows
from regulars.ingest.schema import Counters, Ingested, Note, note
from regulars.ingest.scope import Scopes, borrow, lendable, settle_scopes
from regulars.ingest.screen import screen, skip_footers, status_codes
from regulars.ingest.texts import TextColumns
from regulars.ingest.zones import localize

_EXAMPLES = 3


@dataclass
class Load:
    """The sheets read so far. ``again`` tells, per sheet of orders, whether its file was given before."""

    notes: list[Note]
    orders: list[Rows] = field(default_factory=list)
    customers: list[Rows] = field(default_factory=list)
    again: list[bool] = field(default_factory=list)


@dataclass
class _Judged:
    """Rows with verdicts, and the order each belongs to (``alone``: one of its own)."""

    facts: Facts
    verdict: np.ndarray
    when: When
    moneys: Moneys
    whole: np.ndarray
    group: np.ndarray
    groups: int
    alone: bool
    repeated: int
    currency: str | None


def assemble(load: Load, options: IngestOptions, pool: Executor, *, last_day: int) -> Ingested:
    """Judge, group and add up. ``last_day`` is the last day an order may have."""
    notes = [*load.notes, *(n for rows in (*load.orders, *load.customers) for n in rows.notes)]
    judged = _judged(load, options, pool, last_day, notes)
    facts, verdict = judged.facts, judged.verdict
    counters = _counted(load, verdict, judged.repeated)
    rejecting = pool.submit(reject_table, facts, verdict)
    if beyond_limit(counters, options.max_rejects):
        raise limit_error(facts, rejecting.result(), counters, options.max_rejects)
    by_order, split = _ordered(judged)
    texts = (
        TextColumns(facts, (*ORDER_TEXTS, "product_id", "category"), by_order.rows, pool) if by_order.alone else None
    )
    spelling = pool.submit(_spelling, facts, verdict)
    if split.size:
        notes.append(_split_note(facts, split))
    said = facts.has("status") or facts.has("cancelled_at")
    status, void = statuses(by_order, facts.per_sheet(lambda rows: _status_of(rows, options)) if said else None)
    moneys = settle_money(by_order, judged.moneys, judged.whole, void)
    amount, dated = order_totals(facts, by_order, moneys)
    lines, line_count = build_lines(facts, by_order, moneys, amount.rounded(), judged.whole, void, texts, pool)
    orders, source = build_orders(
        facts, by_order, texts, moneys, judged.when, status, judged.whole, line_count, amount, dated,
        options.timezone, pool,
    )  # fmt: skip
    notes += spelling.result()
    best = 1 if facts.has("profit") else 2
    fallback = int((source != best).sum()) if facts.has("profit") or facts.has("cost") else 0
    mappings = {rows.sheet.file: rows.mapping for rows in facts.sheets}
    return Ingested(
        orders=orders,
        lines=lines(),
        customers=build_customers(load.customers, facts.sheets, verdict != reasons.FINE, options.timezone),
        products=product_names(facts, by_order),
        rejects=rejecting.result(),
        counters=_final(counters, int(split.size), fallback).checked(),
        currency=judged.currency,
        mapping=facts.sheets[0].mapping,
        mappings=mappings,
        source=options.source,
        content=(),
        warnings=tuple(notes),
    )


def _ordered(judged: _Judged) -> tuple[Grouped, np.ndarray]:
    """(the rows by order and customer, the first row of every order id that stands under two customers)."""
    live = judged.verdict == reasons.FINE
    nobody = np.zeros(0, np.int64)
    if judged.alone:
        rows = np.flatnonzero(live)
        return Grouped(rows, np.arange(rows.size + 1), nobody), nobody
    customers = judged.facts.cells("customer_id")
    group, groups, owner, split = by_customer(judged.group, judged.groups, customers)
    return Grouped.of(group, groups, owner), split


def _spelling(facts: Facts, verdict: np.ndarray) -> list[Note]:
    spelled = 0
    for rows in facts.sheets:
        spelled |= rows.spellings
    if spelled & 3 != 3 and not spelled & 4:
        return []
    customers = facts.cells("customer_id")
    dead = verdict != reasons.FINE
    found = alike(customers.blanked(dead) if dead.any() else customers)
    return [found] if found else []


def _judged(load: Load, options: IngestOptions, pool: Executor, last_day: int, notes: list[Note]) -> _Judged:
    facts = Facts(load.orders)
    ordered = facts.dates("ordered_at")
    numbered = pool.submit(_numbered, facts)
    money_read = pool.submit(worth_of, facts)
    day, key = localize(ordered.value, ordered.form, options.timezone)
    worth, line_worth = money_read.result()
    refund = refunds_of(facts) if facts.has("refunded_amount") else Limbs.none(len(facts))
    verdict = screen(facts, ordered, day, worth, refund, last_day)
    for i, rows in enumerate(facts.sheets):
        skip_footers(rows, verdict[int(facts.first[i]) : int(facts.first[i + 1])])
    codes, names = currency_of_rows(facts, verdict, options)
    ids = facts.cells("order_id") if facts.has("order_id") else None
    lacking = lendable(verdict, ids.filled if ids is not None else np.zeros(len(facts), bool))
    again = np.repeat(np.array(load.again, bool), np.diff(facts.first)) if any(load.again) else np.zeros(1, bool)
    if again.any():
        notes.append(_again_note(facts, again))
        verdict[again & ((verdict == reasons.FINE) | lacking)] = reasons.DROPPED
        lacking &= ~again
    group, groups = numbered.result()
    group[(verdict != reasons.FINE) & ~lacking] = -1
    alone = groups == len(facts)
    duplicates = find_duplicates(facts, verdict, group, ids, ordered, worth, options.drop_duplicates, alone)
    if duplicates.drop.size:
        verdict[duplicates.drop] = reasons.DROPPED
        lacking[duplicates.drop] = False
        group[duplicates.drop] = -1
    notes += duplicates.notes
    scopes: Scopes = settle_scopes(facts, group, groups, worth, line_worth, alone)
    notes += scopes.notes
    borrow(lacking, verdict, group, groups, ordered.form, day, key, worth, scopes.whole, _mute(facts))
    group[verdict != reasons.FINE] = -1
    alone = alone and not duplicates.drop.size
    currency = one_currency(facts, verdict, codes, names, options)
    amounts = [worth, line_worth, refund, *(facts.limbs(optional_money(f)) for f in ("discount", "profit", "cost"))]
    if codes is not None and options.rates:
        amounts = [convert(amount, codes, names, options) for amount in amounts]
    moneys = Moneys(*amounts)
    repeated = duplicates.repeated + int((again & (verdict == reasons.DROPPED)).sum() if again.any() else 0)
    return _Judged(
        scopes.facts, verdict, When(day, key, ordered.form), moneys, scopes.whole, group, groups, alone, repeated,
        currency,
    )  # fmt: skip


def _mute(facts: Facts) -> np.ndarray:
    """Rows of files without a word on money."""
    priced = {"amount", "order_amount", "unit_price"}
    return facts.per_sheet(lambda rows: np.full(len(rows), not priced & set(rows.columns)))


def _numbered(facts: Facts) -> tuple[np.ndarray, int]:
    """Groups of rows with the same order id, whatever becomes of the rows."""
    n = len(facts)
    if not facts.has("order_id"):
        return np.arange(n, dtype=np.int32), n
    return grouped(facts.cells("order_id"), np.zeros(n, bool))


def _status_of(rows: Rows, options: IngestOptions) -> np.ndarray:
    layout = matching_layout(rows.sheet.names, rows.mapping.preset) if rows.mapping.preset else None
    cancelled, unpaid = options.cancelled_words, options.unpaid_words
    if cancelled is None:
        cancelled = layout.cancelled if layout and layout.cancelled else wordlist("cancelled").words
    if unpaid is None:
        unpaid = layout.unpaid if layout and layout.unpaid else wordlist("unpaid").words
    return status_codes(rows, cancelled, unpaid)


def _counted(load: Load, verdict: np.ndarray, repeated: int) -> Counters:
    counts = np.array([np.count_nonzero(verdict == kind) for kind in range(reasons.DROPPED + 1)])
    junk = sum(rows.sheet.junk for rows in load.orders)
    return Counters(
        rows=int(verdict.size) + junk,
        used_rows=int(counts[reasons.FINE]),
        rejected_rows=int(counts[reasons.FINE + 1 : reasons.SKIPPED].sum()),
        dropped_rows=int(counts[reasons.DROPPED]),
        skipped_rows=int(counts[reasons.SKIPPED]) + junk,
        duplicate_rows=repeated,
    )


def _final(counters: Counters, split: int, fallback: int) -> Counters:
    return Counters(**{**counters.as_dict(), "split_orders": split, "profit_fallback_orders": fallback})


def _split_note(facts: Facts, split: np.ndarray) -> Note:
    ids: Cells = facts.cells("order_id")
    return note(
        "split_orders",
        "{count} order ids stand under more than one customer; each customer's part is an order of its own: "
        "{examples}.",
        count=int(split.size),
        examples=", ".join(f"{ids.text(int(row))} ({facts.place(int(row))})" for row in split[:_EXAMPLES]),
    )


def _again_note(facts: Facts, again: np.ndarray) -> Note:
    rows = np.flatnonzero(again)
    files: Sequence[str] = sorted(
        {facts.sheet_at(int(row))[0].sheet.file for row in rows[:: max(1, rows.size // 1000)]}
    )
    return note(
        "same_file_twice", "{files} holds the same as an earlier file and was left out.", files=", ".join(files)
    )
