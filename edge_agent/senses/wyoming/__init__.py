"""The Wyoming protocol, by which Home Assistant and its satellites hand speech to this agent."""
