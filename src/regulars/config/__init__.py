"""How an installation is set up: one typed settings class, Django's settings made from it, routes."""
