"""What to train, and whether transfer was worth it."""
