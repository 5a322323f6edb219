"""The small random models that the tests run: as Google's Gemma 4 files are built, in megabytes."""
