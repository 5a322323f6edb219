"""A private PulseAudio with an ear and a mouth, for tests of real sound without a sound card."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

NEEDED = ("pulseaudio", "pacat", "parec", "pactl")
HOW = "sudo apt install pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"

_ALSA = """
pcm.!default { type pulse }
ctl.!default { type pulse }
"""


class SoundServer:
    """PulseAudio on a socket of its own: sound played into `ear` comes out of its monitor."""

    def __init__(self, folder: Path) -> None:
        for program in NEEDED:
            if shutil.which(program) is None:
                pytest.skip(f"{program} is missing: {HOW}")
        self._folder = folder
        socket = folder / "pulse.sock"
        (folder / "asound.conf").write_text(_ALSA)
        self.environment = {
            "ALSA_CONFIG_PATH": f"/usr/share/alsa/alsa.conf:{folder / 'asound.conf'}",
            "HOME": str(folder),
            "PULSE_RUNTIME_PATH": str(folder),
            "PULSE_SERVER": f"unix:{socket}",
            "PULSE_SINK": "mouth",
            "PULSE_SOURCE": "ear.monitor",
        }
        self.start()

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        socket = self.environment["PULSE_SERVER"].removeprefix("unix:")
        self._process = subprocess.Popen(
            [
                *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1"),
                *("--use-pid-file=no", "--disable-shm=yes", "--log-level=error"),
                "--load=module-null-sink sink_name=ear rate=48000 channels=2",
                "--load=module-null-sink sink_name=mouth rate=48000 channels=2",
                f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
            ],
            env=os.environ | self.environment,
        )
        self.run("pactl", "info", attempts=50)

    def stop(self) -> None:
        """End it, as if the sound card were pulled out."""
        self._process.kill()
        self._process.wait()

    def run(self, *command: str, attempts: int = 1) -> str:
        """Run one of PulseAudio's programs against it; give it time to come up."""
        for _ in range(attempts):
            done = subprocess.run(
                command, env=os.environ | self.environment, capture_output=True, text=True
            )
            if done.returncode == 0:
                return done.stdout
            if self._process.poll() is not None:
                break
            try:
                self._process.wait(0.1)
            except subprocess.TimeoutExpired:
                continue
        pytest.fail(f"{command} failed: {done.stderr} ({HOW})")

    def let_it_hear_itself(self) -> None:
        """Have what the loudspeaker plays come out of the microphone, too, as it does in a room."""
        loop = ("source=mouth.monitor", "sink=ear", "latency_msec=60")
        self.run("pactl", "load-module", "module-loopback", *loop)

    def play_into_ear(self, wav: Path) -> None:
        """Play a WAV file to what the microphone records, to its end."""
        self.run("paplay", "--device=ear", str(wav))

    def record_mouth(self) -> subprocess.Popen[bytes]:
        """Record what the loudspeaker plays: raw 16-bit PCM, mono, 16 kHz, on standard output."""
        return subprocess.Popen(
            ["parec", "--device=mouth.monitor", "--rate=16000", "--channels=1", "--format=s16le"],
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
        )
