"""Scenes drawn as a camera might show them."""
