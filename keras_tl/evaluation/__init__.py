"""What it is worth: predictions, scores with intervals, baselines."""
