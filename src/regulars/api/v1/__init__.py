"""Version 1 of the API: one module a kind of thing."""
