"""A classifier as a graph: what it answers, and how it is written down in other formats."""
