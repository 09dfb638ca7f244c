"""A look at every picture before training: what cannot be used, is there twice, or is odd."""
