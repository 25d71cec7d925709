"""Customers that may be one: found in bulk, shown with reasons, or remembered as not the same."""
