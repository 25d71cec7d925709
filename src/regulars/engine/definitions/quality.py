"""What was read, and what could not be used."""

from regulars.engine.definitions.definition import Definition

QUALITY = (
    Definition(
        key="input_rows",
        section="quality",
        name="rows read",
        aliases="rows, rows identity, used rows, rejected rows, skipped rows",
        sentence="Every row of the files is used, rejected, dropped or skipped; nothing disappears.",
        formula="rows = used + rejected + dropped + skipped",
        unit="rows",
        example="118,402 read = 117,290 used + 268 rejected + 844 dropped + 0 skipped.",
        output=(
            "summary.json: input.rows",
            "summary.json: input.used_rows",
            "summary.json: input.rejected_rows",
            "summary.json: input.dropped_rows",
            "summary.json: input.skipped_rows",
        ),
        note="Skipped rows are junk above the header, totals at the foot and blank lines.",
        see_also=(
            "duplicate_rows",
            "rejects",
        ),
    ),
    Definition(
        key="duplicate_rows",
        section="quality",
        name="identical rows",
        aliases="duplicates, duplicate rows",
        sentence=(
            "Rows equal to another in every column. They are counted, and dropped only when the file cannot mean them "
            "twice."
        ),
        formula="dropped when order ids are otherwise unique, when another file brings the same order, or on request",
        unit="rows",
        example="No order id, two rows alike on one day: 1 duplicate, kept, because it may be two purchases.",
        output=(
            "summary.json: input.duplicate_rows",
            "summary.json: quality.duplicate_rows",
            "summary.json: quality.duplicates_dropped",
        ),
        see_also=("input_rows",),
    ),
    Definition(
        key="cancelled_orders",
        section="quality",
        name="cancelled and unpaid orders",
        aliases="cancelled, unpaid, cancelled orders",
        sentence="Orders whose status says cancelled or not paid: their money counts nowhere.",
        formula="status in the vocabulary of cancelled or of unpaid",
        unit="orders",
        example="100 completed, 70 cancelled, −50 returned: 100 − 50 = 50.",
        output=(
            "summary.json: input.cancelled_orders",
            "summary.json: input.unpaid_orders",
        ),
        see_also=("purchase",),
    ),
    Definition(
        key="split_orders",
        section="quality",
        name="order ids of two customers",
        aliases="split orders",
        sentence="Order ids that stand under two different customers; each is taken as two orders.",
        formula="distinct order ids with more than one customer id",
        unit="orders",
        example="Order 1 of A and order 1 of B: two orders, one warning.",
        output=("summary.json: input.split_orders",),
        see_also=("order",),
    ),
    Definition(
        key="rejects",
        section="quality",
        name="rejected rows by reason",
        aliases="rejects, rejected reasons, rejects.csv",
        sentence=(
            "Rows that could not be used, with file, line, column, value and reason in rejects.csv, counted by reason."
        ),
        formula="count of rejected rows by reason",
        unit="rows",
        example='"2011-13-45" is no date, "abc" is no amount: two rows, two reasons.',
        output=("summary.json: quality.rejected_reasons",),
        note="More than a fifth rejected stops the run, unless it is allowed.",
        see_also=("input_rows",),
    ),
    Definition(
        key="warnings",
        section="quality",
        name="notes on the data",
        aliases="warnings, data notes",
        sentence="What was noticed while reading and may change how far a figure can be trusted.",
        formula="listed with code and sentence",
        unit="text",
        example="One order id under two customers; 12 orders without a cost.",
        output=("summary.json: quality.warnings",),
        see_also=(
            "split_orders",
            "unattributed",
        ),
    ),
)
