"""Microphone, wake words, loudspeaker and voice, as they are configured."""

import shutil
from importlib.util import find_spec
from pathlib import Path

from edge_agent.doctor.types import Finding, bad, good, notice
from edge_agent.listening_settings import OFF, ListeningSettings
from edge_agent.senses.hearing.wake_words import WakeWords
from edge_agent.senses.portaudio import find_device
from edge_agent.senses.sources.named import device_named
from edge_agent.senses.types import SoundError

_DEAF = "Until then requests come as text, over MQTT, or from files. 'microphone: off' is no error."
_DUMB = "Until then replies are shown and published, not spoken. 'speak: off' is no error."


def check_microphone(settings: ListeningSettings) -> Finding:
    """Ask PortAudio for the device that the agent would take, or look for the file in its place."""
    words = settings.microphone
    if words in {OFF, "-"}:
        return good("microphone", words)
    if "/" in words:
        there = Path(words).exists()
        return good("microphone", words) if there else bad("microphone", f"{words} is gone.", _DEAF)
    try:
        device = find_device(device_named(words), "input")
    except SoundError as error:
        return notice("microphone", str(error), _DEAF)
    return good("microphone", f"{device.name}, {device.rate} Hz")


def check_wake_words(settings: ListeningSettings) -> Finding:
    """Load the models of the wake words."""
    try:
        WakeWords(settings.wake_words)
    except SoundError as error:
        return bad("wake words", str(error), "Correct 'wake_words', or put the file there.")
    return good("wake words", ", ".join(settings.wake_words) or "none: the button alone")


def check_loudspeaker(settings: ListeningSettings) -> Finding:
    """Ask PortAudio for the device that the agent would speak through."""
    if settings.speak == OFF:
        return good("loudspeaker", OFF)
    try:
        device = find_device(device_named(settings.loudspeaker), "output")
    except SoundError as error:
        return notice("loudspeaker", str(error), _DUMB)
    return good("loudspeaker", f"{device.name}, {device.rate} Hz")


def check_voice(settings: ListeningSettings) -> Finding:
    """Look for the program that speaks, and for its voice."""
    program, voice = settings.speak, settings.piper_voice
    if program in {OFF, "earcons"}:
        return good("voice", program)
    if program == "espeak-ng" and shutil.which(program) is None:
        mend = "sudo apt install espeak-ng"
        return notice("voice", "espeak-ng is not installed.", f"{mend}. {_DUMB}")
    if program == "piper" and find_spec("piper") is None:
        mend = "pip install 'edge-agent[piper]'"
        return notice("voice", "piper is not installed.", f"{mend}. {_DUMB}")
    if program == "piper" and voice is not None and not voice.exists():
        return notice("voice", f"There is no file {voice}.", f"Correct 'piper_voice'. {_DUMB}")
    return good("voice", program)
