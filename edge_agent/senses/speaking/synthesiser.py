"""Speech from text, by a program: text on its standard input, a WAV file on its standard output."""

import io
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_agent.senses.types import SoundError

ESPEAK = ("espeak-ng", "--stdin", "--stdout")
"""The program of Debian's package of the same name."""

_LONGEST_SECONDS = 20
"""A program that takes longer over a sentence is stuck."""


def piper(voice: Path) -> tuple[str, ...]:
    """Return the command of piper, which is in the agent's own environment, with that voice."""
    return sys.executable, "-m", "piper", "-m", str(voice), "-f", "-"


class Synthesiser:
    """Speaks by running a program once a sentence."""

    def __init__(self, command: Sequence[str] = ESPEAK) -> None:
        """Use that program with those arguments; no shell is asked."""
        self._command = tuple(command)
        self._changing = threading.Lock()
        self._running: subprocess.Popen[bytes] | None = None

    def synthesise(self, sentence: str) -> tuple[NDArray[np.float32], int]:
        """Return the sentence as float32 [n], mono, and its rate in Hz; no samples if stopped.

        Raises `SoundError`.
        """
        wav, complaint, code = self._run(sentence)
        if code < 0:
            return np.zeros(0, np.float32), 16_000
        if code:
            raise SoundError(f"The synthesiser {self._command[0]} failed: {complaint or code}.")
        return self._read(wav)

    def stop(self) -> None:
        """Break off what is being made, from any thread."""
        with self._changing:
            if self._running is not None:
                self._running.kill()

    def _run(self, sentence: str) -> tuple[bytes, str, int]:
        text = "".join(c if c.isprintable() else " " for c in sentence).encode()
        try:
            process = subprocess.Popen(  # noqa: S603 - the command is the owner's configuration
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise SoundError(
                f"The synthesiser {self._command[0]} does not start ({error.strerror}): install it,"
                " as in 'sudo apt install espeak-ng', or configure another."
            ) from error
        with self._changing:
            self._running = process
        try:
            wav, complaint = process.communicate(text, timeout=_LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise SoundError(
                f"The synthesiser {self._command[0]} took over {_LONGEST_SECONDS} s: it was ended."
            ) from None
        finally:
            with self._changing:
                self._running = None
        return wav, complaint.decode(errors="replace").strip(), process.returncode

    def _read(self, wav: bytes) -> tuple[NDArray[np.float32], int]:
        import soundfile  # type: ignore[import-untyped] # noqa: PLC0415 - loads libsndfile

        try:
            samples, rate = soundfile.read(io.BytesIO(wav), dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise SoundError(f"The synthesiser {self._command[0]} gave no WAV file.") from error
        return samples.mean(axis=1), int(rate)
