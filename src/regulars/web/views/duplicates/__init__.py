"""Duplicates: the pairs found, merging with a preview, undo, and "not the same"."""
