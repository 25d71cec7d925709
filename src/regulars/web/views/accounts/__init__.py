"""Pages of people and rights: coming in, one's own account, people, departments, roles, the audit log."""
