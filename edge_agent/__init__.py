"""edge-agent: an offline agent for the home, on LiteRT, Gemma 4 and MQTT."""

__version__ = "0.1.0"
