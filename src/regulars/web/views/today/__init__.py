"""Today: whom to contact, what is due, what is out of the ordinary."""
