"""Predictions for more pictures than fit into memory, that go on where they were."""
