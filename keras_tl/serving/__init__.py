"""Where it goes: exports, and the proof that they answer as the model does."""
