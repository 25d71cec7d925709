"""The compiled fold over one bucket: one pass over sorted histories, states and tallies out.

Everything here is arithmetic on integers. The meaning of the columns is given in fold.py, which is the only caller.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import boolean, int8, int16, int32, int64, njit, types, void

# columns of a movement tally, one row a period
START, END, NEW, REACTIVATED, LOST, NEW_AND_LOST, SPEND_START, SPEND_LOST = range(8)
BRIDGE_COLUMNS = 8

# columns of a money tally, one row a period; the profit columns follow in the same order
VALUE, FROM_NEW, FROM_PREVIOUS, SMALLER, POSITIVE = range(5)
PROFIT = 5
MONEY_COLUMNS = 10

# entries of the count tally
(
    CUSTOMERS,
    ORDERS,
    PURCHASES,
    RETURNS,
    CANCELLED,
    UNPAID,
    SECOND_BASE,
    SECOND_HITS,
    WINDOW_BUYERS,
    WINDOW_REPEAT,
) = range(10)
COUNTS = 10


def _read(kind: Any) -> Any:
    return types.Array(kind, 1, "C", readonly=True)


_CLOSE = void(int64[:, ::1], int64, int64, int64, boolean, boolean, boolean, int64, int64)


@njit(_CLOSE, cache=True, nogil=True)
def _close_period(
    money: Any, period: int, value: int, profit: int, is_first: bool, follows: bool, bought_before: bool,
    value_before: int, profit_before: int,
) -> None:  # fmt: skip
    """Add one customer's money of one period to the tally (definitions, section 2: revenue and profit retention).

    ``follows``: the customer's money of the period before is given; ``is_first``: the first purchase lies in this one.
    Indices are written out and arguments are scalars: row views and small arrays cost several times the arithmetic.
    """
    money[period, VALUE] += value
    money[period, PROFIT + VALUE] += profit
    if is_first:
        money[period, FROM_NEW] += value
        money[period, PROFIT + FROM_NEW] += profit
    if value > 0:
        money[period, POSITIVE] += value
    if profit > 0:
        money[period, PROFIT + POSITIVE] += profit
    if follows:
        if bought_before:
            money[period, FROM_PREVIOUS] += value
            money[period, PROFIT + FROM_PREVIOUS] += profit
        if value_before > 0:
            money[period, SMALLER] += min(value, value_before)
        if profit_before > 0:
            money[period, PROFIT + SMALLER] += min(profit, profit_before)


@njit(void(int64[:, ::1], int64, boolean, int64, boolean, boolean), cache=True, nogil=True)
def count_movement(table: Any, at: int, was: bool, spend: int, now: bool, is_new: bool) -> None:
    """One customer's step from D0 to D1 in row ``at`` of a movement tally; ``is_new``: first purchase after D0."""
    if was:
        table[at, START] += 1
        table[at, SPEND_START] += spend
        if not now:
            table[at, LOST] += 1
            table[at, SPEND_LOST] += spend
    if now:
        table[at, END] += 1
        if not was:
            table[at, NEW if is_new else REACTIVATED] += 1
    elif is_new:
        table[at, NEW_AND_LOST] += 1


_LEAVE = void(
    int64[:, ::1], int64, int64, int64, boolean, int64, int64, int32[::1], int64[::1], int64,
)  # fmt: skip


@njit(_LEAVE, cache=True, nogil=True)
def _count_run(
    table: Any, enter: int, leave: int, over: int, is_first: bool, before_leaving: int, active_days: int,
    days: Any, spends: Any, purchase_days: int,
) -> None:  # fmt: skip
    """One run of activity of a customer, from the first period end it covers to the first it does not.

    Periods are those of ``table``; ``over`` of them are over. END receives differences only: E is their running sum and
    S is E of the period before. ``before_leaving`` is the last day of the period before ``leave`` (D0 of the loss).
    """
    if enter >= over:
        return
    if enter == leave:
        if is_first:
            table[enter, NEW_AND_LOST] += 1
        return
    table[enter, NEW if is_first else REACTIVATED] += 1
    table[enter, END] += 1
    if leave < over:
        table[leave, END] -= 1
        table[leave, LOST] += 1
        at = purchase_days - 1
        while at >= 0 and days[at] > before_leaving - active_days:
            if days[at] <= before_leaving:  # with a short window the last purchase may lie after D0
                table[leave, SPEND_LOST] += spends[at]
            at -= 1


# rows and columns of the tenure tally
OF_NEW, OF_OLD = range(2)
T_ORDERS, T_AMOUNT, T_PROFIT, T_DISCOUNT = range(4)
TENURE_COLUMNS = 4

_FOLD = int64(
    _read(int32), _read(int32), _read(int64), _read(int64), _read(int8), _read(int64),
    int64[::1],
    _read(int32), _read(int32), _read(int32), _read(int32), _read(boolean),
    int32[:, ::1], int64[:, ::1], int8[::1], int16[::1],
    int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[:, ::1], int64[::1], int64[::1],
    int64[:, ::1], int64[:, ::1], int64[::1], int32[::1],
)  # fmt: skip

# positions in the parameter vector
(
    P_FIRST_DAY, P_AS_OF, P_WINDOW, P_ACTIVE_DAYS, P_BACK_DAY, P_SECOND, P_HALF, P_FALL_NUM, P_FALL_DEN, P_LONGEST,
    P_NEW_DAYS, P_MONTHS_OVER, P_QUARTERS_OVER,
) = range(13)  # fmt: skip

# rows of the int32 and int64 state matrices
FIRST, LAST, SECOND, ORDERS_TOTAL, PURCHASE_DAYS, ORDERS_WINDOW, BACK_ORDERS, BACK_LAST = range(8)
STATE32 = 8
AMOUNT_TOTAL, PROFIT_TOTAL, AMOUNT_WINDOW, PROFIT_WINDOW, SPEND_WINDOW, BACK_SPEND = range(6)
STATE64 = 6
NEVER = -(2**31)


@njit(_FOLD, cache=True, nogil=True)
def fold_bucket_kernel(
    customer: Any, day: Any, amount: Any, profit: Any, status: Any, discount: Any,
    parameters: Any,
    month_of_day: Any, month_ends: Any, quarter_ends: Any, quarter_of_month: Any, ends_quarter: Any,
    state32: Any, state64: Any, falling: Any, gaps: Any,
    bridge_month: Any, bridge_quarter: Any, money_month: Any, money_quarter: Any, cohort_count: Any, cohort_amount: Any,
    orders_month: Any, counts: Any, bridge_year: Any, tenure: Any,
    spend_by_day: Any, day_orders: Any,
) -> int:  # fmt: skip
    """Fold every history of a bucket; returns how many gaps were written.

    ``month_ends`` holds the ends of the months that are over only; ``state32``/``state64`` are (columns, customers).
    """
    first_day, as_of = parameters[P_FIRST_DAY], parameters[P_AS_OF]
    window, active_days = parameters[P_WINDOW], parameters[P_ACTIVE_DAYS]
    back, second_days, half = parameters[P_BACK_DAY], parameters[P_SECOND], parameters[P_HALF]
    fall_num, fall_den = parameters[P_FALL_NUM], parameters[P_FALL_DEN]
    window_opens = as_of - window
    back_opens = back - window
    older_opens = as_of - 2 * half
    newer_opens = as_of - half
    has_status = len(status) > 0
    has_discount = len(discount) > 0
    new_days = parameters[P_NEW_DAYS]
    months_over, quarters_over = parameters[P_MONTHS_OVER], parameters[P_QUARTERS_OVER]
    days = np.empty(parameters[P_LONGEST], np.int32)
    spends = np.empty(parameters[P_LONGEST], np.int64)
    wants_day_orders = len(day_orders) > 0
    written = purchase_days_written = 0
    i = 0
    n = len(customer)
    while i < n:
        c = customer[i]
        seen = False
        k = 0
        first_month = first_quarter = -1
        orders = orders_window = days_window = back_orders = 0
        first_day_bought = last_day_bought = back_last = NEVER
        total = total_profit = in_window = profit_window = spend_window = back_spend = spend_before = 0
        older = newer = 0
        run_month = run_quarter = 0  # where the present run of activity began
        run_first_month = run_first_quarter = True
        month = quarter = last_month = last_quarter = -9
        value_m = profit_m = value_q = profit_q = 0
        before_value_m = before_profit_m = before_value_q = before_profit_q = 0
        bought_m = bought_q = before_bought_m = before_bought_q = False
        days_before = purchase_days_written
        while True:
            ended = i == n or customer[i] != c
            if not ended:
                d = day[i]
                if d > as_of:
                    i += 1
                    continue
                seen = True
                s = status[i] if has_status else 0
                this_month = month_of_day[d - first_day]
                if s != 3:
                    counts[ORDERS] += 1
                    orders_month[this_month] += 1
                if s == 1 or s == 2:
                    counts[CANCELLED if s == 1 else UNPAID] += 1
                    i += 1
                    continue
            else:
                this_month = -1
            if this_month != month:
                if month >= 0:
                    _close_period(
                        money_month, month, value_m, profit_m, first_month == month, last_month == month - 1,
                        before_bought_m, before_value_m, before_profit_m,
                    )  # fmt: skip
                    if first_month >= 0:
                        cohort_count[first_month, month] += bought_m
                        cohort_amount[first_month, month] += value_m
                last_month, before_bought_m, before_value_m, before_profit_m = month, bought_m, value_m, profit_m
                month, bought_m, value_m, profit_m = this_month, False, 0, 0
                this_quarter = quarter_of_month[this_month] if this_month >= 0 else -1
                if this_quarter != quarter:
                    if quarter >= 0:
                        _close_period(
                            money_quarter, quarter, value_q, profit_q, first_quarter == quarter,
                            last_quarter == quarter - 1, before_bought_q, before_value_q, before_profit_q,
                        )  # fmt: skip
                    last_quarter = quarter
                    before_bought_q, before_value_q, before_profit_q = bought_q, value_q, profit_q
                    quarter, bought_q, value_q, profit_q = this_quarter, False, 0, 0
            if ended:
                break
            value = amount[i]
            gain = profit[i]
            value_m += value
            profit_m += gain
            value_q += value
            profit_q += gain
            total += value
            total_profit += gain
            if d > window_opens:
                in_window += value
                profit_window += gain
            if d > newer_opens:
                newer += value
            elif d > older_opens:
                older += value
            if s == 0:
                if value > 0:
                    orders += 1
                    bought_m = bought_q = True
                    if first_month < 0:
                        first_month = month
                        first_quarter = quarter
                        first_day_bought = d
                    if last_day_bought != d:
                        if k == 0:
                            run_month, run_quarter = month, quarter
                        else:
                            gaps[written] = d - last_day_bought
                            written += 1
                            if d - last_day_bought > active_days:
                                left = month_of_day[last_day_bought + active_days - first_day]
                                if left != month:
                                    _count_run(
                                        bridge_month, run_month, left, months_over, run_first_month,
                                        month_ends[left - 1] if left > 0 else first_day - 1, active_days,
                                        days, spends, k,
                                    )  # fmt: skip
                                    run_month, run_first_month = month, False
                                left = quarter_of_month[left]
                                if left != quarter:
                                    _count_run(
                                        bridge_quarter, run_quarter, left, quarters_over, run_first_quarter,
                                        quarter_ends[left - 1] if left > 0 else first_day - 1, active_days,
                                        days, spends, k,
                                    )  # fmt: skip
                                    run_quarter, run_first_quarter = quarter, False
                        days[k] = d
                        spends[k] = 0
                        k += 1
                        last_day_bought = d
                        if d > window_opens:
                            days_window += 1
                    spends[k - 1] += value
                    if wants_day_orders:
                        day_orders[days_before + k - 1] += 1
                    spend_by_day[d - first_day] += value
                    tenure_row = OF_NEW if d - first_day_bought <= new_days else OF_OLD
                    tenure[tenure_row, T_ORDERS] += 1
                    tenure[tenure_row, T_AMOUNT] += value
                    tenure[tenure_row, T_PROFIT] += gain
                    if has_discount:
                        tenure[tenure_row, T_DISCOUNT] += discount[i]
                    if d > window_opens:
                        orders_window += 1
                        spend_window += value
                    if d <= back:
                        back_last = d
                        if d > back_opens:
                            back_orders += 1
                            back_spend += value
                        if d > back - active_days:
                            spend_before += value
                elif value < 0:
                    counts[RETURNS] += 1
            i += 1
        if not seen:
            continue
        counts[CUSTOMERS] += 1
        purchase_days_written += k
        state64[AMOUNT_TOTAL, c] = total
        state64[PROFIT_TOTAL, c] = total_profit
        state64[AMOUNT_WINDOW, c] = in_window
        state64[PROFIT_WINDOW, c] = profit_window
        if k == 0:
            continue
        counts[PURCHASES] += orders
        state32[FIRST, c] = days[0]
        state32[LAST, c] = days[k - 1]
        state32[SECOND, c] = days[1] if k > 1 else NEVER
        state32[ORDERS_TOTAL, c] = orders
        state32[PURCHASE_DAYS, c] = k
        state32[ORDERS_WINDOW, c] = orders_window
        state32[BACK_ORDERS, c] = back_orders
        state32[BACK_LAST, c] = back_last
        state64[SPEND_WINDOW, c] = spend_window
        state64[BACK_SPEND, c] = back_spend
        falling[c] = older > 0 and newer * fall_den <= older * fall_num
        if as_of - days[0] >= second_days:
            counts[SECOND_BASE] += 1
            if k > 1 and days[1] - days[0] <= second_days:
                counts[SECOND_HITS] += 1
        if days_window > 0:
            counts[WINDOW_BUYERS] += 1
            if days_window > 1:
                counts[WINDOW_REPEAT] += 1
        gone = days[k - 1] + active_days
        left = month_of_day[gone - first_day] if gone <= as_of else months_over
        _count_run(
            bridge_month, run_month, left, months_over, run_first_month,
            month_ends[left - 1] if left > 0 else first_day - 1, active_days, days, spends, k,
        )  # fmt: skip
        left = quarter_of_month[month_of_day[gone - first_day]] if gone <= as_of else quarters_over
        _count_run(
            bridge_quarter, run_quarter, left, quarters_over, run_first_quarter,
            quarter_ends[left - 1] if left > 0 else first_day - 1, active_days, days, spends, k,
        )  # fmt: skip
        count_movement(
            bridge_year, 0, back_last != NEVER and back - back_last < active_days, spend_before,
            as_of - days[k - 1] < active_days, days[0] > back,
        )  # fmt: skip
    return written
