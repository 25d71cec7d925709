"""Runs of the engine as pages."""
