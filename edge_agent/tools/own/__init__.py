"""Tools of one's own: declared in a YAML file, or written in Python. See docs/own-tools.md."""
