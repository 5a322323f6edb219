"""The settings of ears and mouth, which stand among the others in the configuration file."""

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator

from edge_agent.senses.hearing.wake_words import BUNDLED
from edge_agent.senses.sources.named import DEFAULT
from edge_agent.senses.wyoming.server import DEFAULT_PORT

OFF = "off"


def _as_words(value: Any) -> Any:  # noqa: ANN401 - whatever YAML makes of it
    """Take back what YAML makes of `off`, `on`, and a device's number."""
    if isinstance(value, bool):
        return DEFAULT if value else OFF
    return str(value) if isinstance(value, int) else value


_Words = Annotated[str, BeforeValidator(_as_words)]


class ListeningSettings(BaseModel):
    """What the agent listens to, when, and how it speaks. docs/listening.md explains each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    microphone: _Words = Field(
        DEFAULT,
        min_length=1,
        description="a part of its name, its number, a sound file or FIFO as ./PATH, or off",
    )
    wake_words: tuple[str, ...] = Field(
        ("okay_nabu",), description=f"{', '.join(BUNDLED)}, or .tflite files; [] is the button"
    )
    always_listening: bool = Field(
        default=False, description="take all that is spoken for a request"
    )
    loudspeaker: _Words = Field(
        DEFAULT, min_length=1, description="a part of its name, or its number"
    )
    piper_voice: Path | None = Field(None, description="the voice that piper speaks with (.onnx)")
    speak: Annotated[
        Literal["off", "earcons", "espeak-ng", "piper"], BeforeValidator(_as_words)
    ] = Field("espeak-ng", description="how replies are spoken; earcons are short sounds alone")
    wyoming: _Words = Field(
        OFF, description=f"HOST:PORT for Home Assistant's satellites, as 127.0.0.1:{DEFAULT_PORT}"
    )

    @field_validator("wake_words")
    @classmethod
    def _are_known(cls, words: tuple[str, ...]) -> tuple[str, ...]:
        for word in words:
            if word not in BUNDLED and not word.endswith(".tflite"):
                there_are = ", ".join(BUNDLED)
                raise ValueError(f"there is no {word}; there are {there_are}, and .tflite files")
        return words

    @field_validator("speak")
    @classmethod
    def _has_its_voice(cls, speak: str, settings: ValidationInfo) -> str:
        if speak == "piper" and settings.data.get("piper_voice") is None:
            raise ValueError("piper needs a voice: name its .onnx file with 'piper_voice'")
        return speak

    @field_validator("wyoming")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if address == DEFAULT:
            return f"127.0.0.1:{DEFAULT_PORT}"
        host, _, port = address.rpartition(":")
        if address != OFF and not (host and port.isdecimal()):
            raise ValueError(f"{address} is no HOST:PORT, as in 127.0.0.1:{DEFAULT_PORT}")
        return address
