"""The small default model, from nothing to `models/nano.litertlm`: a stage a command."""
