"""What a model is made of: the chain of stages, plans on it, freezing that holds."""
