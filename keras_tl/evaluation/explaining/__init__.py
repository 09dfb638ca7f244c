"""Why a model says what it says: maps of what in a picture speaks for a class."""
