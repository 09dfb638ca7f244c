"""Training pictures that are a little different each time, as functions of numbers alone."""
