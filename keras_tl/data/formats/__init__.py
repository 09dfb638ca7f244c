"""What the formats of pictures have of their own, one concept a file; `decode` is their face."""
