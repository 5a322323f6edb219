"""All that knows a model file or a tensor."""
