"""Which backbone, and which boundary of it, suits the data: from features alone."""
