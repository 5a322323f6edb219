"""Sources by the words that a configuration has for them.

| words              | source                                       |
|--------------------|----------------------------------------------|
| `microphone`       | the system's own microphone                  |
| `microphone NAME`  | one by part of its name, or by its number    |
| `-`                | PCM (16 bit, 16 kHz, mono) on standard input |
| a FIFO's path      | the same from whoever writes into it         |
| a sound file's path| the file, in real time                       |
"""

from pathlib import Path

from edge_agent.senses.sources.microphone import Microphone
from edge_agent.senses.sources.pcm_pipe import PcmPipe
from edge_agent.senses.sources.sound_file import SoundFile
from edge_agent.senses.sources.source import Source


def source_named(words: str) -> Source:
    """Return the source of that name. Raises `SoundError` for a file that is none."""
    kind, _, device = words.strip().partition(" ")
    if kind == "microphone":
        device = device.strip()
        return Microphone(int(device) if device.isdecimal() else device or None)
    if words == "-":
        return PcmPipe()
    path = Path(words)
    return PcmPipe(path) if path.is_fifo() else SoundFile(path)
