"""The figures of a report; each says in its label what it shows."""
