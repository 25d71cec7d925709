"""Pages: views parse, authorise, call services or queries, and render."""
