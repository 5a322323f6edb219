"""The models that are known: which fit a machine, where their files are, whether one is whole."""
