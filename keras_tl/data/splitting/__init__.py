"""Dividing pictures: seeded, disjoint, complete, and never through what belongs together."""
