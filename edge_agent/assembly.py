"""The parts of an agent, put together from its configuration and taken apart again in order."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from edge_agent.agent import Agent
from edge_agent.announcement import announcement_of
from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.broker import EmbeddedBroker
from edge_agent.bus.client import Bus
from edge_agent.bus.tls import Tls
from edge_agent.camera_topics import CameraTopics
from edge_agent.configuration import Configuration, cache_folder, default_model, journal_path
from edge_agent.eyes import Eyes
from edge_agent.home.conventions import conventions_for
from edge_agent.home.home import Home
from edge_agent.home.home_file import HomeFile, load_home
from edge_agent.home.simulated import SimulatedHome
from edge_agent.home.types import Device
from edge_agent.home_conversation import HomeConversation
from edge_agent.look_tool import LOOK_TOOL
from edge_agent.model.engine import Engine
from edge_agent.model.errors import ModelFileError
from edge_agent.model.loaded_model import EngineOptions
from edge_agent.model.types import ToolDeclaration
from edge_agent.presence import Presence, will_of
from edge_agent.senses.seeing.camera import Camera
from edge_agent.senses.seeing.named import camera_named
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.interrupted import report_interrupted
from edge_agent.tools.journal import Journal
from edge_agent.tools.own.convention import OwnTools
from edge_agent.tools.own.known import known_tools
from edge_agent.tools.own.types import OwnTool

_log = logging.getLogger(__name__)

_SETTLING_S = 5.0
"""How long the first announcements are waited for on a broker that is never quiet."""

_DAY_S = 86_400.0
_SESSION_S = 300
"""How long the broker keeps what comes for an agent whose connection is away."""

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Parts:
    """What a face of the program needs of an agent: itself, the bus it is on, and the home.

    `presence` is how a resident agent shows itself on the bus.
    """

    agent: Agent
    bus: Bus
    home: Home
    presence: Presence | None


def demo_home() -> Path:
    """Return the home file that comes with the package."""
    return Path(str(files("edge_agent.home") / "demo_home.yaml"))


@contextmanager
def assembled(
    configuration: Configuration, tell: Tell, *, resident: bool = False, shown: bool = False
) -> Iterator[Parts]:
    """Put an agent together, saying what is being waited for, and take it apart at the end.

    A `resident` one stays: it waits for a broker that is not there yet, and has it keep what comes
    while the connection is away. One that is `shown` pictures has eyes also without a camera.

    What can be checked quickly is checked first, so that a typo is not found after the model was
    loaded. Raises each room's own error, with everything closed again.
    """
    with ExitStack() as parts:
        journal = parts.enter_context(opened_journal(configuration))
        own_tools = known_tools(configuration.tools)
        bus, home = parts.enter_context(
            connected_home(configuration, tell, resident=resident, own_tools=own_tools)
        )
        dispatcher = dispatcher_for(configuration, bus, home, journal, own_tools)
        tell("Loading the model")
        engine = parts.enter_context(_engine(configuration, shown=shown))
        eyes = opened_eyes(configuration, engine, bus, parts)
        wait_for_devices(home, bus, tell)
        tell("Telling the model about the home")
        own = tuple(ToolDeclaration(**tool.declaration()) for tool in own_tools)
        more_tools = (*own, LOOK_TOOL) if eyes.camera else own
        conversation = HomeConversation(engine, lambda: home.devices, more_tools, home.areas)
        presence = _presence(configuration, bus) if resident else None
        if presence is None:
            yield Parts(Agent(conversation, dispatcher, journal, eyes=eyes), bus, home, None)
            return
        parts.callback(presence.close)
        agent = Agent(conversation, dispatcher, journal, presence.answered, eyes)
        yield Parts(agent, bus, home, presence)


@contextmanager
def connected_home(
    configuration: Configuration,
    tell: Tell,
    *,
    resident: bool = False,
    own_tools: tuple[OwnTool, ...] = (),
) -> Iterator[tuple[Bus, Home]]:
    """Connect to the home, and begin to look for its devices.

    Without a broker in the configuration there is an embedded one, on loopback, with a simulated
    home behind it. On a broker, devices are found by all conventions, and a home file adds its own.
    A simulated home is all that there is.
    """
    simulated = configuration.broker is None or configuration.simulate
    file = configuration.home or (demo_home() if simulated else None)
    home = load_home(file) if file else HomeFile()
    found = () if simulated else conventions_for(configuration.discovery.places(configuration.node))
    conventions = (OwnTools(own_tools), *found) if own_tools else found
    with ExitStack() as parts:
        tell("Connecting to the home")
        bus = parts.enter_context(_bus(configuration, home.devices, parts, resident))
        yield bus, parts.enter_context(Home(bus, home.devices, conventions, areas=home.areas))


def _presence(configuration: Configuration, bus: Bus) -> Presence:
    node, prefix = configuration.node, configuration.discovery.home_assistant
    announcement = announcement_of(node, prefix)
    return Presence(bus, node, announcement, publish_words=configuration.publish_words)


def opened_journal(configuration: Configuration) -> Journal:
    """Open the journal that the configuration names. Raises `JournalError`."""
    path = configuration.journal or journal_path()
    return Journal(path, keep_s=configuration.journal_days * _DAY_S)


def dispatcher_for(
    configuration: Configuration,
    bus: Bus,
    home: Home,
    journal: Journal,
    own_tools: tuple[OwnTool, ...] = (),
) -> Dispatcher:
    """Make the way to the devices, and say what became of actions that were interrupted."""
    for outcome in report_interrupted(journal, home):
        _log.warning("%s", outcome.words)
    return Dispatcher(
        bus,
        home,
        journal,
        policy=configuration.policy.policy(),
        own_tools=own_tools,
        dry_run=configuration.dry_run or configuration.policy.observe,
    )


def wait_for_devices(home: Home, bus: Bus, tell: Tell) -> None:
    """Wait until the devices that announce themselves are known, and say so if none is."""
    tell("Looking for devices")
    home.wait_settled(_SETTLING_S)
    if bus.connected and not home.devices:
        _log.warning(
            "No device was found on %s: see docs/discovery.md, or name a home file.", bus.address
        )


def _bus(
    configuration: Configuration,
    devices: tuple[Device, ...],
    parts: ExitStack,
    resident: bool,  # noqa: FBT001 - as `assembled` has it
) -> Bus:
    if configuration.broker is None:
        address = parts.enter_context(EmbeddedBroker()).address
    else:
        tls = configuration.broker_tls
        files = Tls(tls.ca, tls.certificate, tls.key) if tls else None
        address = BrokerAddress.parse(configuration.broker, files)
    if configuration.broker is None or configuration.simulate:
        parts.enter_context(SimulatedHome(address, devices))
    if not resident:
        return Bus.connect(address)
    client_id = f"edge-agent-{configuration.node}"
    will = will_of(configuration.node)
    return Bus.connect(address, client_id=client_id, will=will, session_s=_SESSION_S, patient=True)


@contextmanager
def watching(configuration: Configuration, tell: Tell) -> Iterator[tuple[Eyes, CameraTopics]]:
    """Put together what only looks: a model, a camera, and the bus that is told of it.

    Raises each room's own error, with everything closed again.
    """
    with ExitStack() as parts:
        tell("Connecting to the broker")
        bus = parts.enter_context(_bus(configuration, (), parts, resident=False))
        tell("Loading the model")
        engine = parts.enter_context(_engine(configuration, shown=True))
        eyes = opened_eyes(configuration, engine, bus, parts)
        yield eyes, CameraTopics(bus, configuration.node)


def opened_eyes(configuration: Configuration, engine: Engine, bus: Bus, parts: ExitStack) -> Eyes:
    """Open the camera that the configuration names, if any; `parts` closes it.

    With a model that cannot see it stays closed, and a warning says so. Raises `SightError` for a
    camera that cannot be, and `BusError`.
    """
    topics = CameraTopics(bus, configuration.node)
    camera = None
    if configuration.camera is not None and engine.can_see:
        camera = parts.enter_context(Camera(camera_named(configuration.camera)))
        topics.switch(camera)
    elif configuration.camera is not None:
        _log.warning("%s cannot see: the camera stays closed.", engine.path)
    return Eyes(engine, camera, topics.looked)


def _engine(configuration: Configuration, *, shown: bool = False) -> Engine:
    options = EngineOptions(
        vision=shown or configuration.camera is not None,
        context=configuration.context,
        threads=configuration.threads,
        cache_folder=cache_folder(),
    )
    model = configuration.model or default_model()
    if configuration.model is None and not model.exists():
        raise ModelFileError(
            "This build comes without the small default model: name a .litertlm file with --model."
        )
    return Engine.open(model, options)
