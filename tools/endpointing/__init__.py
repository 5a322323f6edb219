"""How soon, and how rightly, the end of speech is found."""
