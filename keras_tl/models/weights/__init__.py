"""Weights that travel with the package."""
