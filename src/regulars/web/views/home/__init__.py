"""Today, and what belongs to every page: language, appearance, counts, finding, definitions."""
