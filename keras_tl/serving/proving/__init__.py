"""The gate: the same answers from a fresh process that has nothing of ours, or no export."""
