"""Home Assistant's MQTT discovery: https://www.home-assistant.io/integrations/mqtt/ ."""
