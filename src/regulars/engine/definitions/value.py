"""What customers bring."""

from regulars.engine.definitions.definition import Definition

VALUE = (
    Definition(
        key="contribution",
        section="value",
        name="contribution",
        aliases="share of profit, contribution margin",
        sentence="The profit of a customer or group in the window, and its share of the total.",
        formula="Σ profit in (D − W, D]; share = that ÷ total",
        unit="money",
        example="40 of a total of 160: a quarter.",
        parameters=(
            "window",
            "margin",
        ),
        output=(
            "customers.parquet: profit_window",
            "contacts.csv: profit_window",
        ),
        see_also=(
            "profit",
            "abc",
            "historical_value",
        ),
    ),
    Definition(
        key="tenure_margin",
        section="value",
        name="margin by tenure",
        aliases="do old customers cost more, tenure_margin",
        sentence=(
            "Profit per order and discount of orders by new customers against those by old ones: do regulars earn "
            "more, or cost more in discounts?"
        ),
        formula=(
            "new = orders within 365 days after the first purchase; profit per order = Σ profit ÷ orders; discount "
            "rate = Σ discount ÷ (Σ amount + Σ discount)"
        ),
        unit="money",
        example="New 100 orders, 1,200 profit: 12 an order. Old 50 orders, 900: 18 an order.",
        parameters=(
            "new_customer_days",
            "window",
            "margin",
        ),
        output=("summary.json: tenure_margin",),
        note="Discounts are known only where the file names them.",
        see_also=(
            "tenure",
            "profit",
        ),
    ),
    Definition(
        key="referral",
        section="value",
        name="referral",
        aliases="referrals, referred customers",
        sentence=(
            "How many of the new customers were sent by another, and whether they are worth more and come back more "
            "often than the rest."
        ),
        formula="share = new customers with a referrer ÷ new customers in the window; value = mean profit per customer",
        unit="share",
        example="40 new customers, 10 referred: 25%; of these 6 bought again, of the others 9 of 30: 60% against 30%.",
        parameters=(
            "window",
            "second_purchase_days",
        ),
        output=("summary.json: referral",),
        note="Referred and other customers differ in more than the referral: this is no proof of cause.",
        see_also=(
            "second_purchase_rate",
            "contribution",
        ),
    ),
)
