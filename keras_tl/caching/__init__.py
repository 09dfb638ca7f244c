"""What a frozen prefix gave, computed once: features in files that are whole or absent."""
