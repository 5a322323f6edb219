"""The agent as a service of systemd: installed, confined, watched, restarted."""
