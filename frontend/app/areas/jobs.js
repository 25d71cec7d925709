// Behaviour of the pages: jobs.
