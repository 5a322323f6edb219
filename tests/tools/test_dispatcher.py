"""Calls go in, outcomes come out; real brokers and simulated devices in between."""

import json
import logging
import queue
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from paho.mqtt.client import CallbackAPIVersion, Client, MQTTv5
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.subscribeoptions import SubscribeOptions

from edge_agent.bus.address import BrokerAddress
from edge_agent.bus.client import Bus
from edge_agent.bus.types import Message
from edge_agent.home.conventions.types import Command
from edge_agent.home.groups import Group
from edge_agent.home.home import Home
from edge_agent.home.simulated import SimulatedHome
from edge_agent.home.types import Device, Kind
from edge_agent.tools import dispatcher, outbox
from edge_agent.tools.contract import HOME_TOOLS
from edge_agent.tools.dispatcher import Dispatcher
from edge_agent.tools.journal import Journal, JournalError
from edge_agent.tools.policy import Permission, Policy, Rule
from edge_agent.tools.types import Call, Outcome, Status

LONG_S = 20.0
PATIENT = dict.fromkeys(Kind, LONG_S)
FREE = Policy((Rule(Permission.ALLOW),))
HASTY = dict.fromkeys(Kind, 0.1)
Devices = dict[str, Device]


class Bench:
    """A dispatcher on a broker, with somebody who watches the bus."""

    def __init__(self, address: BrokerAddress, home: Devices, open_: ExitStack, **options) -> None:
        self.open = open_.enter_context
        self.journal = self.open(Journal(":memory:"))
        self.watcher = self.open(Bus.connect(address))
        self.seen: queue.Queue[Message] = queue.Queue()
        self.watcher.subscribe("#", self.seen.put)
        self.bus = self.open(Bus.connect(address))
        options = {"confirm_s": PATIENT, "policy": FREE, **options}
        self.home = self.open(Home(self.bus, home.values()))
        self.dispatcher = Dispatcher(self.bus, self.home, self.journal, **options)

    def dispatch(self, *calls: Call) -> tuple[Outcome, ...]:
        turn_id = self.journal.begin_turn("text", "a test")
        return self.dispatcher.dispatch(turn_id, calls)

    def commands_seen(self) -> list[Message]:
        """Return the commands that were published until now."""
        self.watcher.publish("that/is", "all")
        commands = []
        while (message := self.seen.get(timeout=LONG_S)).topic != "that/is":
            if message.topic.endswith("/set"):
                commands.append(message)
        return commands

    def hear_what_was_kept(self) -> None:
        """Return when the dispatcher has heard all that the broker had retained."""
        assert self.home.wait_settled(LONG_S)


@contextmanager
def bench(address: BrokerAddress, home: Devices, *, silent=(), delay_s=None, **options):
    with ExitStack() as open_:
        open_.enter_context(SimulatedHome(address, home.values(), silent=silent, delay_s=delay_s))
        yield Bench(address, home, open_, **options)


def call(tool: str, device: str, **given: object) -> Call:
    return Call(tool, {"device": device, **given})


def test_a_device_confirms_what_it_was_told(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home) as it:
        (outcome,) = it.dispatch(call("set_brightness", "lamp", percent=40))
        (turn,) = it.journal.turns()
    assert outcome.status is Status.CONFIRMED
    assert outcome.words == "The kitchen light is at 40 percent."
    assert (outcome.device_id, outcome.device_name) == ("lamp", "kitchen light")
    assert outcome.state is not None
    assert outcome.state["brightness"] == 40
    assert 0 < outcome.publish_ms < outcome.confirm_ms
    assert json.loads(json.dumps(outcome.as_json())) == turn.outcomes[0]
    assert turn.actions[0].id == outcome.action_id
    assert turn.actions[0].published_at is not None
    assert turn.interrupted == ()


@pytest.mark.parametrize("tool", HOME_TOOLS, ids=lambda tool: tool.name)
def test_every_tool_is_confirmed_by_some_device(
    embedded: BrokerAddress, home: Devices, tool
) -> None:
    device = next(device for device in home.values() if tool.fits(device))
    given = {} if tool.argument is None else {tool.argument[0]: 30}
    if tool.name == "set_color":
        given = {"color": "gold"}
    with bench(embedded, {device.id: device}, delay_s={device.id: 0.001}) as it:
        (outcome,) = it.dispatch(call(tool.name, device.id, **given))
    assert outcome.status is Status.CONFIRMED, outcome.words


def test_several_calls_go_out_in_order_and_are_waited_for_together(
    broker: BrokerAddress, home: Devices
) -> None:
    """The door, asked first, answers only when lamp and fan, asked after it, have answered."""
    with bench(broker, home, silent=["door"]) as it:
        obeyed = set()

        def answer_last(message: Message) -> None:
            if b'"ON"' in message.payload:
                obeyed.add(message.topic)
            if obeyed == {"home/lamp", "home/fan"}:
                it.watcher.send("home/door", '{"lock": "UNLOCKED"}')

        it.watcher.subscribe("home/+", answer_last)
        outcomes = it.dispatch(
            call("unlock", "door"), call("turn_on", "lamp"), call("turn_on", "fan")
        )
        commands = it.commands_seen()
    assert [outcome.status for outcome in outcomes] == [Status.CONFIRMED] * 3
    assert [message.topic for message in commands] == [
        "home/door/set", "home/lamp/set", "home/fan/set",
    ]  # fmt: skip


def test_two_calls_for_one_device_are_both_confirmed(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home) as it:
        outcomes = it.dispatch(call("turn_on", "lamp"), call("set_color", "lamp", color="red"))
        state = it.home.last("lamp").state
    assert [outcome.status for outcome in outcomes] == [Status.CONFIRMED] * 2
    assert (state["state"], state["color"]) == ("ON", "#ff0000")


def test_good_and_bad_calls_keep_their_places(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home) as it:
        outcomes = it.dispatch(
            call("dance", "lamp"),
            call("turn_on", "lamp"),
            call("get_state", "lamp"),
            call("lock", "fan"),
            call("turn_on", "lamp"),
        )
        (turn,) = it.journal.turns()
        commands = it.commands_seen()
    assert [(outcome.status.value, outcome.reason) for outcome in outcomes] == [
        ("refused", "unknown_tool"),
        ("confirmed", None),
        ("confirmed", None),
        ("refused", "cannot"),
        ("refused", "repeated"),
    ]
    assert outcomes[2].words.startswith("The kitchen light is on")
    assert outcomes[3].device_name == "fan"
    assert [told["status"] for told in turn.outcomes] == [it.status.value for it in outcomes]
    assert len(commands) == len(turn.actions) == 1


def test_no_calls_have_no_outcomes(embedded: BrokerAddress, home: Devices) -> None:
    with bench(embedded, home) as it:
        assert it.dispatch() == ()


def test_a_silent_device_leaves_it_unconfirmed(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home, silent=["lamp"], confirm_s=HASTY) as it:
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
        commands = it.commands_seen()
        (turn,) = it.journal.turns()
    assert (outcome.status, outcome.reason) == (Status.UNCONFIRMED, "no_answer")
    assert outcome.words == (
        "I asked to turn on the kitchen light, but the kitchen light has not confirmed it."
    )
    assert outcome.publish_ms is not None
    assert outcome.confirm_ms is None
    assert len(commands) == 1
    assert turn.outcomes[0]["status"] == "unconfirmed"


def test_a_slow_device_is_waited_for_as_long_as_its_kind_may_take(
    broker: BrokerAddress, home: Devices
) -> None:
    with bench(
        broker, home, delay_s={"lamp": 0.4, "fan": 60}, confirm_s={**HASTY, Kind.LIGHT: LONG_S}
    ) as it:
        lamp, fan = it.dispatch(call("turn_on", "lamp"), call("turn_on", "fan"))
    assert lamp.status is Status.CONFIRMED
    assert fan.status is Status.UNCONFIRMED
    assert fan.words.endswith("; the last I heard, the fan is off.")


def test_old_news_confirms_nothing(broker: BrokerAddress, home: Devices) -> None:
    """The broker has kept a state that looks like success from before the command."""
    with Bus.connect(broker) as bus:
        bus.publish("home/lamp", '{"state": "ON"}', retain=True)
    with bench(broker, home, silent=["lamp"], confirm_s=HASTY) as it:
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.UNCONFIRMED


def test_another_state_confirms_nothing(broker: BrokerAddress, home: Devices) -> None:
    """A device that answers, but not with what was wanted."""
    with bench(broker, home, silent=["lamp"], confirm_s={**PATIENT, Kind.LIGHT: 1.0}) as it:
        it.watcher.subscribe(
            "home/lamp/set", lambda _: it.watcher.send("home/lamp", '{"state": "OFF"}')
        )
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.UNCONFIRMED
    assert outcome.state == {"state": "OFF"}


def test_what_others_say_of_themselves_confirms_nothing(
    broker: BrokerAddress, home: Devices
) -> None:
    with bench(broker, home, silent=["lamp"], confirm_s=HASTY) as it:
        it.watcher.subscribe(
            "home/lamp/set", lambda _: it.watcher.send("home/fan", '{"state": "ON"}')
        )
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.UNCONFIRMED


def test_garbage_on_a_state_topic_is_ignored(
    broker: BrokerAddress, home: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    with bench(broker, home) as it:
        for garbage in ("ON", "[" * 5000, "{", "\x00"):
            it.watcher.publish("home/lamp", garbage)
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.CONFIRMED
    assert {record.message for record in caplog.records} == {
        "home/lamp said something that is no JSON object"
    }


def test_an_offline_device_is_not_bothered(broker: BrokerAddress, home: Devices) -> None:
    with Bus.connect(broker) as bus:
        bus.publish("home/lamp/availability", "offline", retain=True)
    with bench(broker, home, silent=["lamp"]) as it:
        it.hear_what_was_kept()
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
        assert it.commands_seen() == []
        (turn,) = it.journal.turns()
    assert (outcome.status, outcome.reason) == (Status.FAILED, "offline")
    assert outcome.words == "I could not turn on the kitchen light: it is offline."
    assert turn.interrupted == ()


def test_a_command_that_came_too_late_is_not_given(
    embedded: BrokerAddress, home: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "EXPIRES_AFTER_S", 0.0)
    with bench(embedded, home) as it:
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
        assert it.commands_seen() == []
    assert (outcome.status, outcome.reason) == (Status.FAILED, "expired")


def test_a_dry_run_publishes_nothing(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home, dry_run=True) as it:
        act, ask, wrong = it.dispatch(
            call("close", "blinds"), call("get_state", "door"), call("lock", "fan")
        )
        assert it.commands_seen() == []
        (turn,) = it.journal.turns()
    assert (act.status, act.words) == (Status.DRY_RUN, "I would close the blinds.")
    assert act.commands == (Command("home/blinds/set", '{"position": 0}'),)
    assert (ask.status, ask.words) == (Status.CONFIRMED, "The front door is locked.")
    assert wrong.status is Status.REFUSED
    assert turn.actions == ()
    assert len(turn.outcomes) == 3


def test_what_the_gate_refuses_is_not_published(broker: BrokerAddress, home: Devices) -> None:
    with bench(broker, home, policy=Policy((Rule(Permission.DENY, do=frozenset({"lock"})),))) as it:
        unlock, lock = it.dispatch(call("unlock", "door"), call("turn_on", "fan"))
        assert [message.topic for message in it.commands_seen()] == ["home/fan/set"]
    assert (unlock.status, unlock.reason) == (Status.REFUSED, "denied")
    assert lock.status is Status.CONFIRMED


def test_a_yes_lets_it_through_once(embedded: BrokerAddress, home: Devices) -> None:
    with bench(embedded, home, policy=Policy()) as it:
        (asked,) = it.dispatch(call("unlock", "door"))
        assert it.commands_seen() == []
        assert it.dispatcher.is_asking("text")
        assert not it.dispatcher.is_asking("voice")
        agreement = it.dispatcher.agreement("text", "yes")
        turn_id = it.journal.begin_turn("text", "yes")
        (done,) = it.dispatcher.dispatch(turn_id, agreement.calls, "text", agreement)
        assert it.dispatcher.agreement("text", "yes") is None
        assert not it.dispatcher.is_asking("text")
    assert (asked.status, asked.words) == (Status.ASKED, "Shall I unlock the front door?")
    assert done.words == "The front door is unlocked."


def test_what_nobody_spoke_of_is_not_done(embedded: BrokerAddress, home: Devices) -> None:
    group = Group("all lights", "lights", "", (home["lamp"],))
    on = Call("turn_on", {"device": "lamp"}, sure=False)
    calls = (on, replace(on, group=group), Call("get_state", {"device": "lamp"}, sure=False))
    with bench(embedded, home) as it:
        one, many, state = it.dispatch(*calls)
        assert not it.dispatcher.are_harmless([on], "text")
        assert it.commands_seen() == []
        (done,) = it.dispatcher.dispatch(
            it.journal.begin_turn("text", "yes"),
            [on],
            "text",
            it.dispatcher.agreement("text", "yes"),
        )
    assert (one.status, one.reason) == (Status.ASKED, "needs_yes")
    assert one.words.startswith("I know nothing here by that name. Shall I turn on")
    assert [(it.status, it.reason) for it in (many, state)] == [
        (Status.REFUSED, "not_spoken_of")
    ] * 2
    assert done.status is Status.CONFIRMED


@pytest.mark.parametrize(
    ("wish", "is_harmless"),
    [
        (call("turn_on", "lamp"), True),
        (call("get_state", "door"), True),
        (call("lock", "door"), True),
        (call("unlock", "door"), False),
        (call("activate", "movie"), False),
        (call("turn_on", "nowhere"), False),
        (call("run_the_pump", "lamp"), False),
        (call("pause", "radio"), False),
    ],
)
def test_what_is_harmless_needs_no_yes_and_can_be_undone(
    embedded: BrokerAddress, home: Devices, wish: Call, is_harmless: bool
) -> None:
    rules = (
        Rule(Permission.ALLOW, do=frozenset({"unlock"})),
        Rule(Permission.ASK, devices=frozenset({"radio"})),
    )
    with bench(embedded, home, policy=Policy(rules)) as it:
        assert it.dispatcher.are_harmless([call("turn_on", "fan"), wish], "voice") is is_harmless
        assert it.commands_seen() == []


def test_states_are_told_with_their_age(broker: BrokerAddress, home: Devices) -> None:
    long_ago = round(1000 * (time.time() - 7300))
    with Bus.connect(broker) as bus:
        bus.publish("home/lamp", f'{{"state": "ON", "last_seen": {long_ago}}}', retain=True)
        bus.publish("home/fan", '{"state": "ON"}', retain=True)
    with bench(broker, home, silent=["lamp", "fan"]) as it:
        lamp, fan, door = it.dispatch(*(call("get_state", d) for d in ("lamp", "fan", "door")))
    assert lamp.words == "The kitchen light is on. It said so 2 hours ago."
    assert fan.words == "The fan is on."
    assert door.words == "The front door is locked."


def test_a_device_that_never_spoke_is_not_known(embedded: BrokerAddress, home: Devices) -> None:
    with bench(embedded, home, silent=["lamp"]) as it:
        (outcome,) = it.dispatch(call("get_state", "lamp"))
    assert (outcome.status, outcome.reason) == (Status.UNCONFIRMED, "never_heard")
    assert outcome.words == "The kitchen light has not said how it is."


class RawSubscriber:
    """A subscriber that sees messages as they were published, flags and properties and all."""

    def __init__(self, port: int) -> None:
        self.seen: queue.Queue = queue.Queue()
        ready = threading.Event()
        self._client = Client(CallbackAPIVersion.VERSION2, protocol=MQTTv5)
        self._client.on_message = lambda _client, _data, message: self.seen.put(message)
        self._client.on_subscribe = lambda *_: ready.set()
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()
        self._client.subscribe(
            "home/+/set", options=SubscribeOptions(qos=2, retainAsPublished=True)
        )
        assert ready.wait(LONG_S)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@pytest.fixture
def raw(mosquitto) -> Iterator[RawSubscriber]:
    subscriber = RawSubscriber(mosquitto.port)
    yield subscriber
    subscriber.close()


def test_a_command_on_the_wire(mosquitto, raw: RawSubscriber, home: Devices) -> None:
    """QoS 1, not retained, with the action's identity and an expiry."""
    with bench(mosquitto.address, home) as it:
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    message = raw.seen.get(timeout=LONG_S)
    assert (message.topic, message.payload) == ("home/lamp/set", b'{"state": "ON"}')
    assert (message.qos, message.retain, message.dup) == (1, False, False)
    assert message.properties.CorrelationData.decode() == outcome.action_id
    assert 1 <= message.properties.MessageExpiryInterval <= dispatcher.EXPIRES_AFTER_S
    assert message.properties.packetType == PacketTypes.PUBLISH


def test_who_comes_later_finds_no_command(mosquitto, home: Devices) -> None:
    with bench(mosquitto.address, home) as it:
        assert it.dispatch(call("turn_on", "lamp"))[0].status is Status.CONFIRMED
        late = RawSubscriber(mosquitto.port)
        it.watcher.publish("home/marker/set", "x")
        assert late.seen.get(timeout=LONG_S).topic == "home/marker/set"
        late.close()


def test_a_broker_that_dies_while_a_device_is_waited_for(start_mosquitto, home: Devices) -> None:
    """It is not asked again; what the lamp says when the broker is back is what counts."""
    mosquitto = start_mosquitto()
    with bench(mosquitto.address, home, silent=["lamp"], confirm_s=PATIENT) as it:
        device = it.open(Bus.connect(mosquitto.address))
        commands = []

        def restart(message: Message) -> None:
            commands.append(message)
            threading.Thread(target=restarted).start()

        def restarted() -> None:
            mosquitto.kill()
            mosquitto.start()
            assert device.wait_connected(LONG_S)
            assert it.bus.wait_connected(LONG_S)
            device.publish("home/lamp", '{"state": "ON"}')

        device.subscribe("home/lamp/set", restart)
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.CONFIRMED, outcome.words
    assert len(commands) == 1


def test_a_broker_that_dies_and_a_device_that_says_nothing(
    start_mosquitto, home: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "DOUBT_S", 1.0)
    mosquitto = start_mosquitto()
    with bench(mosquitto.address, home, silent=["lamp"], confirm_s=HASTY) as it:
        mosquitto._process.send_signal(signal.SIGSTOP)
        ending = threading.Timer(0.3, mosquitto.kill)
        ending.start()
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
        ending.join()
        mosquitto.start()
    assert (outcome.status, outcome.reason) == (Status.FAILED, "broker")
    assert outcome.words.startswith(
        "I tried to turn on the kitchen light and do not know whether it worked: the "
    )


def test_a_broker_that_died_before(
    start_mosquitto, home: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatcher, "EXPIRES_AFTER_S", 0.5)
    mosquitto = start_mosquitto()
    with bench(mosquitto.address, home) as it:
        lost = threading.Event()
        it.bus.on_connection(lambda connected: None if connected else lost.set())
        mosquitto.kill()
        assert lost.wait(LONG_S)
        outcomes = it.dispatch(call("turn_on", "lamp"), call("lock", "door"))
        (turn,) = it.journal.turns()
        mosquitto.start()
        assert it.watcher.wait_connected(LONG_S)
        assert it.bus.wait_connected(LONG_S)
        assert it.commands_seen() == []
    assert [(it.status, it.reason) for it in outcomes] == [(Status.FAILED, "expired")] * 2
    assert outcomes[0].words == (
        "I could not turn on the kitchen light: there was no connection to the broker at "
        f"{mosquitto.address} in time."
    )
    assert [action.sent_at for action in turn.actions] == [None, None]


def test_a_broker_that_comes_back_in_time(start_mosquitto, home: Devices) -> None:
    mosquitto = start_mosquitto()
    with bench(mosquitto.address, home, silent=["lamp"], confirm_s=HASTY) as it:
        lost = threading.Event()
        it.bus.on_connection(lambda connected: None if connected else lost.set())
        mosquitto.kill()
        assert lost.wait(LONG_S)
        starting = threading.Timer(0.5, mosquitto.start)
        starting.start()
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
        starting.join()
        (turn,) = it.journal.turns()
    assert outcome.reason in {"no_answer", "nobody_listens"}, outcome.words
    assert turn.actions[0].sent_at is not None


def test_a_broker_that_hangs(
    start_mosquitto, home: Devices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "ACKNOWLEDGE_TIMEOUT_S", 0.3)
    monkeypatch.setattr(outbox, "DOUBT_S", 0.5)
    mosquitto = start_mosquitto()
    with bench(mosquitto.address, home, confirm_s=HASTY) as it:
        mosquitto._process.send_signal(signal.SIGSTOP)
        outcomes = it.dispatch(call("turn_on", "lamp"), call("turn_on", "fan"))
        mosquitto._process.send_signal(signal.SIGCONT)
    assert [outcome.status for outcome in outcomes] == [Status.FAILED] * 2
    assert outcomes[0].words.endswith("whether it worked: the broker did not acknowledge it.")


def test_a_topic_that_the_access_list_forbids(start_mosquitto, home: Devices, tmp_path) -> None:
    rights = tmp_path / "acl"
    rights.write_text("topic read #\ntopic write home/fan/set\n")
    mosquitto = start_mosquitto(f"allow_anonymous true\nacl_file {rights}")
    with (
        Bus.connect(mosquitto.address) as bus,
        Journal(":memory:") as journal,
        Home(bus, home.values()) as there,
    ):
        it = Dispatcher(bus, there, journal, confirm_s=HASTY)
        turn_id = journal.begin_turn("text", "x")
        lamp, fan = it.dispatch(turn_id, [call("turn_on", "lamp"), call("turn_on", "fan")])
        assert bus.connected
    assert (lamp.reason, fan.reason) == ("not_allowed", "nobody_listens")
    assert lamp.words == (
        "I could not turn on the kitchen light: the broker at "
        f"{mosquitto.address} does not allow to publish there (not authorised): "
        "check its access list."
    )


def test_a_device_that_is_not_on_the_broker_is_known_at_once(mosquitto, home: Devices) -> None:
    with (
        Bus.connect(mosquitto.address) as bus,
        Journal(":memory:") as journal,
        Home(bus, home.values()) as there,
    ):
        it = Dispatcher(bus, there, journal, confirm_s=PATIENT)
        (outcome,) = it.dispatch(journal.begin_turn("text", "x"), [call("turn_on", "lamp")])
    assert (outcome.status, outcome.reason) == (Status.FAILED, "nobody_listens")
    assert outcome.words == "I could not turn on the kitchen light: it is not on the broker."


def test_without_a_journal_nothing_is_published(embedded: BrokerAddress, home: Devices) -> None:
    with bench(embedded, home) as it:
        turn_id = it.journal.begin_turn("text", "x")
        it.journal.close()
        with pytest.raises(JournalError):
            it.dispatcher.dispatch(turn_id, [call("turn_on", "lamp")])
        assert it.commands_seen() == []


def test_a_journal_that_fails_later_hides_no_outcome(
    embedded: BrokerAddress, home: Devices, caplog: pytest.LogCaptureFixture
) -> None:
    """What was published is told, even where it can no longer be written down."""
    with bench(embedded, home) as it:
        for table, step in (("actions", "UPDATE"), ("outcomes", "INSERT")):
            it.journal._database.execute(
                f"CREATE TRIGGER full_{table} BEFORE {step} ON {table} "
                "BEGIN SELECT RAISE(FAIL, 'disk full'); END"
            )
        (outcome,) = it.dispatch(call("turn_on", "lamp"))
    assert outcome.status is Status.CONFIRMED
    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]
    assert "disk full" in caplog.text
