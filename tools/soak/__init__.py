"""The agent for an hour in a room where people talk, music plays, and somebody calls it."""
