"""Devices, what they can do, and the conventions they are driven by."""
