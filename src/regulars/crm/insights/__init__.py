"""What the engine knows of everybody: runs, their published columns, orders on their way into the lake."""
