// Behaviour of the pages: duplicates.
