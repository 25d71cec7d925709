"""People and their rights: users, departments, roles, tokens, the audit log."""
