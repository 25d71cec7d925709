"""Lists of customers: columns, order, keyset pages, counts, selections."""
