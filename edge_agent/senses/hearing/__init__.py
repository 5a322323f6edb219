"""From a stream of sound to what was said: wake words, voice activity, the end of speech."""
