"""The MQTT client and the embedded broker."""
