"""What a person may set, and what holds when they set nothing."""

from importlib.resources import files
from pathlib import Path
from typing import Any

import platformdirs
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edge_agent.configuration_file import line_of
from edge_agent.discovery_settings import DiscoverySettings
from edge_agent.listening_settings import ListeningSettings
from edge_agent.policy_settings import PolicySettings
from edge_agent.senses.seeing.named import is_recording
from edge_agent.tools.own.known import known_tools
from edge_agent.tools.own.types import OwnToolError

_NAME = "edge-agent"
_PATHS = ("model", "home", "journal", "tools", "piper_voice", "ca", "certificate", "key")


class ConfigurationError(Exception):
    """The configuration file is not right: one sentence with the file and what to do."""


class BrokerTls(BaseModel):
    """The files of an encrypted connection to the broker (PEM), from the configuration's folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ca: Path | None = Field(None, description="who signs the broker's certificate")
    certificate: Path | None = Field(None, description="this agent's own, if the broker asks")
    key: Path | None = Field(None, description="the key to it; the credential mqtt-key if none")


class Configuration(ListeningSettings):
    """The settings of one agent, as `edge-agent run -c FILE` reads them from YAML.

    Paths are taken from the folder of the file that names them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: Path | None = Field(
        None, description="a .litertlm file; the small default model if none"
    )
    context: int | None = Field(None, ge=256, description="tokens of context; 4096 or what fits")
    threads: int | None = Field(None, ge=1, description="threads of the model; all cores if none")
    home: Path | None = Field(
        None, description="HOME.yaml: names, and devices that do not announce themselves"
    )
    camera: str | None = Field(
        None,
        repr=False,
        description="camera, csi, /dev/video0, rtsp://…, a clip or a folder; off if none",
    )
    broker: str | None = Field(
        None, repr=False, description="mqtt://… or mqtts://…; an embedded broker if none"
    )
    broker_tls: BrokerTls | None = Field(None, description="the files for mqtts://")
    discovery: DiscoverySettings = Field(
        DiscoverySettings(), description="where devices announce themselves"
    )
    simulate: bool = Field(
        default=False, description="answer for the home's devices, for trying things out"
    )
    node: str = Field("agent", pattern=r"^[A-Za-z0-9_-]+$", description="this agent's name on MQTT")
    journal: Path | None = Field(
        None, description="the journal; in the user's state folder if none"
    )
    publish_words: bool = Field(
        default=False, description="publish what was said and answered, too"
    )
    tools: Path | None = Field(None, description="a YAML file of one's own tools")
    journal_days: float = Field(90, gt=0, description="how long turns are kept")
    dry_run: bool = Field(default=False, description="decide, but publish nothing")
    policy: PolicySettings = Field(PolicySettings(), description="what may be done, and who asks")


def load_configuration(path: Path, tools: Path | None = None) -> Configuration:
    """Read the settings in a YAML file; `tools` take the place of those that it names.

    Raises `ConfigurationError`.
    """
    try:
        text = path.read_text(encoding="utf-8")
        settings = yaml.safe_load(text) or {}
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is no YAML: {' '.join(str(error).split())}.") from error
    if not isinstance(settings, dict):
        raise ConfigurationError(f"{path} must hold settings by name, as in 'node: kitchen'.")
    _take_paths_from(path.parent, settings)
    _take_paths_from(path.parent, settings.get("broker_tls"))
    _take_sound_files_from(path.parent, settings)
    _take_recording_from(path.parent, settings)
    try:
        configuration = Configuration(**settings)
    except (ValidationError, TypeError) as error:
        raise ConfigurationError(f"{path}{_complaint(error, text)}.") from error
    _check_policy(path, text, configuration.policy, tools or configuration.tools)
    return configuration


def _check_policy(path: Path, text: str, policy: PolicySettings, tools: Path | None) -> None:
    """See that the policy names what there is; one's own tools are read only where it takes them.

    Raises `ConfigurationError`.
    """
    try:
        for place, problem in policy.unknown(lambda: [tool.name for tool in known_tools(tools)]):
            line = line_of(text, ("policy", *place))
            raise ConfigurationError(f"{path}, line {line}: {problem}.")
    except OwnToolError as error:
        raise ConfigurationError(str(error)) from error


def _take_paths_from(folder: Path, section: object) -> None:
    if isinstance(section, dict):
        section.update({n: folder / section[n] for n in _PATHS if isinstance(section.get(n), str)})


def _take_sound_files_from(folder: Path, settings: dict[str, Any]) -> None:
    """Take a microphone with a slash in it, and wake words of one's own, for the files they are."""
    microphone, words = settings.get("microphone"), settings.get("wake_words")
    if isinstance(microphone, str) and "/" in microphone:
        settings["microphone"] = str(folder.absolute() / microphone)
    if isinstance(words, str):
        words = [words]
    if isinstance(words, list):
        settings["wake_words"] = [
            str(folder / word) if str(word).endswith(".tflite") else word for word in words
        ]


def _take_recording_from(folder: Path, settings: dict[str, Any]) -> None:
    camera = settings.get("camera")
    if isinstance(camera, str) and is_recording(camera):
        settings["camera"] = str(folder / camera)
    elif camera is False:  # what YAML makes of `off`
        settings["camera"] = None


def _complaint(error: ValidationError | TypeError, text: str) -> str:
    if isinstance(error, TypeError):
        return ": the names of settings are words"
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"])
    where = f", line {line_of(text, first['loc'])}"
    if first["type"] == "extra_forbidden":
        there_are = ", ".join(sorted(Configuration.model_fields))
        return f"{where}: there is no setting '{name}'; there are {there_are}"
    return f"{where}: '{name}': {first['msg'].removeprefix('Value error, ')}"


def default_model() -> Path:
    """Return where the small model lies that comes with the package."""
    return Path(str(files("edge_agent") / "models" / "nano.litertlm"))


def cache_folder() -> Path:
    """Return where what can be made again is kept (packed weights, primed prompts)."""
    return platformdirs.user_cache_path(_NAME)


def journal_path() -> Path:
    """Return where the journal is kept unless the configuration says otherwise."""
    return platformdirs.user_state_path(_NAME) / "journal.sqlite3"
