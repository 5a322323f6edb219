"""A model file with weights that Google trained: Gemma 3 270M, for comparing engines on it."""
