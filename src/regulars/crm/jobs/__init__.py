"""Work that outlives a request: progress, retry, undo, recovery."""
