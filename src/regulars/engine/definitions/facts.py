"""Facts: what is counted, and for whom."""

from regulars.engine.definitions.definition import Definition

FACTS = (
    Definition(
        key="as_of",
        section="facts",
        name="as-of day",
        aliases="as of, D",
        sentence=(
            "Every figure includes all of this day and nothing later. Without a choice it is the last day with an "
            "order, never today."
        ),
        formula="facts dated ≤ D",
        unit="date",
        example="Orders on 31 January at 23:59 and on 1 February: as of 31 January only the first counts.",
        output=("summary.json: as_of",),
        see_also=(
            "window",
            "timezone",
        ),
    ),
    Definition(
        key="timezone",
        section="facts",
        name="business time zone",
        sentence="The zone in which a day begins and ends; every timestamp becomes a day of this zone when it is read.",
        formula="day = local date of the instant in the zone",
        unit="text",
        example="16:30 UTC on 31 January is 00:30 on 1 February in Shanghai: the order belongs to 1 February.",
        parameters=("timezone",),
        output=("summary.json: timezone",),
        see_also=("as_of",),
    ),
    Definition(
        key="order",
        section="facts",
        name="order",
        aliases="orders",
        sentence=(
            "Lines with one order id and one customer are one order, dated by its earliest line. Without an order id "
            "every row is its own order."
        ),
        formula=(
            "amount of an order = Σ lines (quantity × unit price, or amount), rounded once to the minor unit, halves "
            "away from zero"
        ),
        unit="orders",
        example="Lines 3 × 0.10 and −1 × 0.30 add up to exactly 0.00: an order, but no purchase.",
        output=("summary.json: input.orders",),
        note="The counter takes in orders of amount zero and cancelled ones.",
        see_also=(
            "purchase",
            "return",
            "purchase_day",
        ),
    ),
    Definition(
        key="purchase",
        section="facts",
        name="purchase",
        aliases="purchases, buying",
        sentence="An order with an amount above zero that was not cancelled and not left unpaid.",
        formula="amount > 0 and status valid",
        unit="orders",
        example="Orders of 20, 0 and −3: one purchase, one that is neither, one return.",
        output=("summary.json: input.purchases",),
        see_also=(
            "return",
            "purchase_day",
            "order",
        ),
    ),
    Definition(
        key="return",
        section="facts",
        name="return",
        aliases="refund, returns",
        sentence=(
            "An order with an amount below zero. It lowers the sums of money on its own day and is never a purchase."
        ),
        formula="amount < 0 and status valid",
        unit="orders",
        example="A purchase of 100 in March and a return of −30 in April: March 100, April −30, one purchase.",
        output=("summary.json: input.returns",),
        note=(
            "A refunded amount beside an order lowers that order on its own day, unless the refund has a date of its "
            "own."
        ),
        see_also=("purchase",),
    ),
    Definition(
        key="purchase_day",
        section="facts",
        name="purchase day",
        aliases="shopping days, day with a purchase",
        sentence=(
            "A local day with at least one purchase of the customer. Rhythm and forecasts count purchase days, RFM "
            "counts orders."
        ),
        formula="number of distinct days with a purchase",
        unit="purchase days",
        example="Two orders on 10 January and one on 20 January: 3 orders, 2 purchase days, 1 gap.",
        output=("customers.parquet: purchase_days",),
        note="The column counts to date, not within the window.",
        see_also=(
            "gap",
            "orders",
        ),
    ),
    Definition(
        key="unattributed",
        section="facts",
        name="unattributed",
        aliases="unattributed orders, no customer",
        sentence=(
            "Orders without a customer id. They count in the totals and in no figure of a customer; their share is "
            "always shown."
        ),
        formula="unattributed share = unattributed orders ÷ orders",
        unit="orders",
        example="2 of 40 orders have no customer id, 100 − 40 = 60 in money: share 5%, amount 60.",
        output=(
            "summary.json: input.unattributed_orders",
            "summary.json: input.unattributed_amount",
            "summary.json: quality.unattributed_share",
        ),
        note="Above a fifth, figures about customers describe only those who left an id.",
        see_also=("order",),
    ),
    Definition(
        key="profit",
        section="facts",
        name="profit",
        aliases="gross profit",
        sentence=(
            "What an order earned: the profit column, else amount − cost, else amount × margin, else revenue stands in "
            "and the report says so."
        ),
        formula="profit, else amount − cost, else amount × margin, else amount",
        unit="money",
        example="Amount 100, cost 62: profit 38. Without a cost and with a margin of 40%: 40.",
        parameters=("margin",),
        output=(
            "summary.json: input.profit_fallback_orders",
            "summary.json: input.no_profit_share",
            "summary.json: quality.no_profit_share",
        ),
        note=(
            "The basis is chosen order by order: an empty profit or cost cell falls back to the next one, and such "
            "orders are counted."
        ),
        see_also=(
            "profit_basis",
            "contribution",
        ),
    ),
    Definition(
        key="profit_basis",
        section="facts",
        name="profit basis",
        aliases="basis of profit",
        sentence="What the profit figures of this run were made from: profit column, cost column, margin or revenue.",
        formula="the best basis that the data give",
        unit="text",
        example="A file with amount alone and no margin set: revenue; every profit figure is then revenue.",
        parameters=("margin",),
        output=("summary.json: profit_basis",),
        see_also=("profit",),
    ),
    Definition(
        key="window",
        section="facts",
        name="window",
        aliases="analysis window, W",
        sentence="The last W days up to the as-of day: the present that classes and rates speak of.",
        formula="(D − W, D], W = 365 days",
        unit="days",
        example="D = 31 March 2011, W = 365: 1 April 2010 is inside, 31 March 2010 is not.",
        parameters=("window",),
        see_also=(
            "as_of",
            "activity_policy",
        ),
    ),
    Definition(
        key="data_span",
        section="facts",
        name="span of the data",
        aliases="first day, last day",
        sentence="The first and the last day with an order up to the as-of day.",
        formula="min and max of the order days ≤ D",
        unit="date",
        example="Orders from 1 December 2009 to 9 December 2010: 374 days, just enough for one window of 365.",
        output=(
            "summary.json: input.first_day",
            "summary.json: input.last_day",
        ),
        see_also=("observable",),
    ),
    Definition(
        key="currency",
        section="facts",
        name="currency",
        sentence=(
            "The one currency of all amounts. Two currencies in one analysis are refused until exchange rates are "
            "given."
        ),
        formula="named by a column, a symbol or an option",
        unit="text",
        example="Amounts written ¥1,280.00 and no currency column: CNY.",
        output=("summary.json: input.currency",),
        see_also=("order",),
    ),
    Definition(
        key="customers_total",
        section="facts",
        name="number of customers",
        aliases="customer count, total customers",
        sentence=(
            "Customers with a purchase up to the as-of day; the input counter also takes in ids that only ever "
            "returned."
        ),
        formula="number of distinct customer ids with a purchase ≤ D",
        unit="customers",
        example="A bought, R only returned: 1 customer, 2 ids in the input.",
        output=(
            "summary.json: customers.total",
            "summary.json: input.customers",
        ),
        see_also=(
            "active",
            "first_purchase",
        ),
    ),
    Definition(
        key="run_facts",
        section="facts",
        name="facts about the run",
        aliases="version, parameters of the run, sources",
        sentence=(
            "What made these figures: the files read, the version of Regulars, the title and every parameter with the "
            "value used."
        ),
        formula="recorded, not computed",
        unit="text",
        example='parameters.window = 365 says that "active" meant a purchase in the last 365 days.',
        output=(
            "summary.json: version",
            "summary.json: title",
            "summary.json: sources",
            "summary.json: parameters",
        ),
        see_also=("as_of",),
    ),
)
