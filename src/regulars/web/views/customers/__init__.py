"""Pages of customers: the list, one customer, follow-ups, recycle bin, custom fields."""
