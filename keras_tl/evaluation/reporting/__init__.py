"""The report of a run: what it is worth, where it is wrong, how it was trained, on what."""
