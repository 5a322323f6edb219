"""Sources by the words that a configuration has for them.

| words                | source                                            |
|----------------------|---------------------------------------------------|
| `default`            | the system's own microphone                       |
| a number, or a name  | the microphone of that number, or of a name with that in it |
| `-`                  | PCM (16 bit, 16 kHz, mono) on standard input      |
| a FIFO's path        | the same from whoever writes into it              |
| a sound file's path  | the file, in real time                            |

A path has a slash in it.
"""

from pathlib import Path

from edge_agent.senses.sources.microphone import Microphone
from edge_agent.senses.sources.pcm_pipe import PcmPipe
from edge_agent.senses.sources.sound_file import SoundFile
from edge_agent.senses.sources.source import Source

DEFAULT = "default"


def source_named(words: str) -> Source:
    """Return the source of that name. Raises `SoundError` for a file that is none."""
    if words == "-":
        return PcmPipe()
    if "/" not in words:
        return Microphone(device_named(words))
    path = Path(words)
    return PcmPipe(path) if path.is_fifo() else SoundFile(path)


def device_named(words: str) -> str | int | None:
    """Return a sound device as PortAudio wants it: by number, by name, or None for its own."""
    if words == DEFAULT:
        return None
    return int(words) if words.isdecimal() else words
