"""Where sound comes from: a microphone, or what stands in its place."""
