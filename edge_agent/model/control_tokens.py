"""The names of the control tokens of Gemma 4 that this room writes or looks for.

Source: Google's page "Gemma 4 Prompt Formatting".
"""

CALL_START = "<|tool_call>"
CALL_END = "<tool_call|>"
RESPONSE_START = "<|tool_response>"
RESPONSE_END = "<tool_response|>"
QUOTE = '<|"|>'
THOUGHT_START = "<|channel>"
THOUGHT_END = "<channel|>"
THOUGHT_NAME = "thought\n"
"""What a thought channel begins with, in plain tokens."""
AUDIO_PLACEHOLDER = "<|audio|>"
"""Where a chat template puts a sound."""
AUDIO_END = "<audio|>"
IMAGE_PLACEHOLDER = "<|image|>"
"""Where a chat template puts a picture."""
IMAGE_END = "<image|>"
