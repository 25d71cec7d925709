"""Actions on many customers at once: as jobs with progress, stop and undo."""
