"""Background work as pages: a list, one job with its progress, stop and undo."""
