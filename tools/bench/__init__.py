"""Time edge-agent beside LiteRT-LM: the same file, the same requests, the same run."""
