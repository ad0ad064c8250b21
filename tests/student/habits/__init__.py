"""What students hand in, by habit, with what must come of it."""
