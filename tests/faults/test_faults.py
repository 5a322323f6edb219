"""What goes wrong between agent, broker and devices: nothing is lost, nothing is done twice."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.conventions.home_assistant.convention import HomeAssistant
from edge_agent.home.home import Home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools import outbox
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal
from edge_agent.tools.types import Call, Outcome, Status

LONG_S = 20.0
LAMP = Device("lamp", "lamp", "hall", Kind.LIGHT, frozenset({Capability.ON_OFF}))
TURN_ON = Call("turn_on", {"device": "lamp"})
ON, OFF = '{"state": "ON"}', '{"state": "OFF"}'


class Lamp:
    """A lamp that counts what it is told, and answers with what the test wants."""

    def __init__(self, bus: Bus, *answers: str) -> None:
        self.commands: list[Message] = []
        self._bus, self._answers = bus, answers
        bus.subscribe("home/lamp/set", self._told)

    def _told(self, message: Message) -> None:
        self.commands.append(message)
        for answer in self._answers:
            self._bus.send("home/lamp", answer)


@contextmanager
def acting(bus: Bus, confirm_s: float = LONG_S) -> Iterator[tuple[Dispatcher, Journal, Home]]:
    with Journal(":memory:") as journal, Home(bus, [LAMP]) as home:
        assert home.wait_settled(LONG_S)
        patience = {Kind.LIGHT: confirm_s}
        yield Dispatcher(bus, home, journal, confirm_s=patience), journal, home


def turn_on(dispatcher: Dispatcher, journal: Journal) -> Outcome:
    (outcome,) = dispatcher.dispatch(journal.begin_turn("text", "x"), [TURN_ON])
    return outcome


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ((ON, ON, ON), Status.CONFIRMED),
        ((OFF, ON), Status.CONFIRMED),
        ((ON, OFF), Status.CONFIRMED),
        ((OFF, OFF), Status.UNCONFIRMED),
        (('{"state": "BROKEN"}', "nonsense", ""), Status.UNCONFIRMED),
        ((), Status.UNCONFIRMED),
    ],
    ids=["repeated", "old first", "then off", "a liar", "nonsense", "silent"],
)
def test_what_a_device_answers(mosquitto, answers, status) -> None:
    patience = LONG_S if status is Status.CONFIRMED else 0.5
    with Bus.connect(mosquitto.address) as world, Bus.connect(mosquitto.address) as bus:
        lamp = Lamp(world, *answers)
        with acting(bus, patience) as (dispatcher, journal, _):
            outcome = turn_on(dispatcher, journal)
            (turn,) = journal.turns()
    assert outcome.status is status
    assert len(lamp.commands) == 1
    assert turn.interrupted == ()


def test_a_broker_that_is_absent_at_the_start(start_mosquitto) -> None:
    mosquitto = start_mosquitto()
    mosquitto.kill()
    with Bus.connect(mosquitto.address, patient=True) as bus, acting(bus) as (it, journal, _):
        starting = threading.Timer(0.5, mosquitto.start)
        starting.start()
        assert bus.wait_connected(LONG_S)
        with Bus.connect(mosquitto.address) as world:
            lamp = Lamp(world, ON)
            outcome = turn_on(it, journal)
        starting.join()
    assert outcome.status is Status.CONFIRMED
    assert len(lamp.commands) == 1


def test_devices_are_found_when_the_broker_comes_late(start_mosquitto) -> None:
    mosquitto = start_mosquitto()
    mosquitto.kill()
    told: list[tuple[Device, ...]] = []
    found = threading.Event()

    def on_devices(devices: tuple[Device, ...]) -> None:
        told.append(devices)
        if devices:
            found.set()

    conventions = [HomeAssistant()]
    with (
        Bus.connect(mosquitto.address, patient=True) as bus,
        Home(bus, (), conventions, on_devices=on_devices) as home,
    ):
        assert home.devices == ()
        mosquitto.start()
        with Bus.connect(mosquitto.address) as world:
            config = {"name": "lamp", "cmd_t": "lamp/set", "stat_t": "lamp"}
            world.publish("homeassistant/light/lamp/config", json.dumps(config), retain=True)
        assert found.wait(LONG_S)
        assert [device.name for device in home.devices] == ["lamp"]


class Cable:
    """A cable to the broker that can be cut without either end being told."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = BrokerAddress("127.0.0.1", self._listener.getsockname()[1])
        self._whole = threading.Event()
        self._whole.set()
        self._ends: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Let nothing through from now on; what is on its way is lost."""
        self._whole.clear()

    def replace(self) -> None:
        """Put a new cable in: the old connections are gone."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._whole.set()

    def close(self) -> None:
        self._listener.close()
        self.replace()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        try:
            while data := one.recv(65_536):
                if self._whole.is_set():
                    other.sendall(data)
        except OSError:
            pass
        finally:
            other.close()


def test_a_half_open_connection(mosquitto, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither end knows that nothing arrives: it is told as not known, and never sent again."""
    monkeypatch.setattr(outbox, "ACKNOWLEDGE_TIMEOUT_S", 0.5)
    monkeypatch.setattr(outbox, "DOUBT_S", 0.8)
    with ExitStack() as open_:
        cable = Cable(mosquitto.port)
        open_.callback(cable.close)
        lamp = Lamp(open_.enter_context(Bus.connect(mosquitto.address)), ON)
        bus = open_.enter_context(Bus.connect(cable.address))
        dispatcher, journal, _ = open_.enter_context(acting(bus, confirm_s=0.5))
        cable.cut()
        lost = turn_on(dispatcher, journal)
        assert lamp.commands == []
        broken = threading.Event()
        bus.on_connection(lambda connected: None if connected else broken.set())
        cable.replace()
        assert broken.wait(LONG_S)
        assert bus.wait_connected(LONG_S)
        kept = Lamp(open_.enter_context(Bus.connect(mosquitto.address)))
        done = turn_on(dispatcher, journal)
    assert (lost.status, lost.reason) == (Status.FAILED, "broker")
    assert "do not know whether it worked" in lost.words
    assert done.status is Status.CONFIRMED
    assert [command.identity for command in lamp.commands] == [done.action_id]
    assert len(kept.commands) == 1


def test_strangers_who_never_stop(mosquitto) -> None:
    """A burst on topics that are listened to holds no turn up for long, and hides no answer."""
    with ExitStack() as open_:
        world, stranger, bus = (
            open_.enter_context(Bus.connect(mosquitto.address)) for _ in range(3)
        )
        lamp = Lamp(world, ON)
        dispatcher, journal, home = open_.enter_context(acting(bus))
        for number in range(5_000):
            stranger.send(f"home/stranger{number % 10}", ON, qos=0)
        outcome = turn_on(dispatcher, journal)
        assert home.dropped == 0
    assert outcome.status is Status.CONFIRMED
    assert len(lamp.commands) == 1


def test_turns_at_once_are_each_told_their_own(mosquitto) -> None:
    """The threads of two turns share the dispatcher."""
    with Bus.connect(mosquitto.address) as world, Bus.connect(mosquitto.address) as bus:
        lamp = Lamp(world, ON)
        ended: list[Outcome] = []
        with acting(bus) as (dispatcher, journal, _):
            turns = [
                threading.Thread(target=lambda: ended.append(turn_on(dispatcher, journal)))
                for _ in range(5)
            ]
            for turn in turns:
                turn.start()
            for turn in turns:
                turn.join()
    assert [outcome.status for outcome in ended] == [Status.CONFIRMED] * 5
    assert {outcome.action_id for outcome in ended} == {it.identity for it in lamp.commands}
