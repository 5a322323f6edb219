"""Locks and doors ask for a yes: from words to what is published, with the small model."""

import json

from edge_agent.bus.client import Bus


def answers(edge_agent, mosquitto, *said: str, more: str = "") -> tuple[list[dict], list[str]]:
    """Say things to the demo home; return the answers and the topics of the commands."""
    commands = []
    settings = f"broker: mqtt://{mosquitto.address}\nsimulate: true\n{more}"
    (edge_agent.folder / "agent.yaml").write_text(settings)
    with Bus.connect(mosquitto.address) as watcher:
        watcher.subscribe("home/+/set", lambda message: commands.append(message.topic))
        ended = edge_agent(
            "ask", "-c", "agent.yaml", "--text-file", "-", "--json", stdin="\n".join(said).encode()
        )
        watcher.publish("a/marker", "")
    return [json.loads(line) for line in ended.stdout.splitlines()], commands


def test_a_door_is_unlocked_after_a_yes(edge_agent, mosquitto):
    (asked, done), commands = answers(edge_agent, mosquitto, "unlock the front door", "yes")
    assert asked["reply"] == "Shall I unlock the front door?"
    assert asked["outcomes"][0]["status"] == "asked"
    assert done["reply"] == "The front door is unlocked."
    assert commands == ["home/front_door/set"]


def test_it_stays_locked_after_anything_else(edge_agent, mosquitto):
    _, commands = answers(
        edge_agent, mosquitto, "unlock the front door", "turn on the coffee maker", "yes"
    )
    assert commands == ["home/coffee_maker/set"]


def test_locking_asks_nobody(edge_agent, mosquitto):
    (done,), commands = answers(edge_agent, mosquitto, "lock the front door")
    assert (done["reply"], commands) == ("The front door is locked.", ["home/front_door/set"])


def test_a_house_has_its_own_rules(edge_agent, mosquitto):
    more = (
        "policy:\n  rules:\n"
        "  - {permission: deny, area: kitchen, source: text}\n"
        "  - {permission: allow, do: unlock}\n"
    )
    (kitchen, door), commands = answers(
        edge_agent, mosquitto, "turn on the coffee maker", "unlock the front door", more=more
    )
    assert kitchen["reply"] == "I may not turn on the coffee maker."
    assert door["outcomes"][0]["status"] == "confirmed"
    assert commands == ["home/front_door/set"]


def test_an_observer_only_reports(edge_agent, mosquitto):
    (told,), commands = answers(
        edge_agent, mosquitto, "turn on the coffee maker", more="policy: {observe: true}\n"
    )
    assert (told["reply"], commands) == ("I would turn on the coffee maker.", [])


def test_a_rule_about_nothing_is_told(edge_agent):
    (edge_agent.folder / "agent.yaml").write_text(
        "policy:\n  rules: [{permission: ask, do: [unlok]}]\n"
    )
    ended = edge_agent("ask", "hello", "-c", "agent.yaml")
    assert ended.returncode == 2
    assert "nothing is called 'unlok'" in ended.stderr
