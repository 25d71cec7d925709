// Behaviour of the pages: home.
