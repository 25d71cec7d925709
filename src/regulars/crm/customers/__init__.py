"""Customers and what is done with them: the hub of the CRM."""
