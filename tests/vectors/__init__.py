"""Hand-worked cases: the expected values were derived on paper, with no program."""
