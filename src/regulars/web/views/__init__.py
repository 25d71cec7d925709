"""Views, one module an area."""
