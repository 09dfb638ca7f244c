"""What comes in: sources, one decoding path, splits, and a look at every picture first."""
