"""Sound that the agent makes: earcons and a voice."""
