"""Looks a machine over: what the agent needs, whether it is there, and the mend if it is not."""
