"""Several devices at once, other names, and what has to be asked: with the small model."""

import json

from edge_agent.bus.client import Bus

HOME = """
areas:
  upstairs: [bedroom, bathroom]
devices:
  - {id: hob, name: hob light, area: kitchen, kind: light, can: [on_off]}
  - {id: sink, name: sink light, area: kitchen, kind: light, can: [on_off]}
  - {id: bed, name: bedside lamp, area: bedroom, kind: light, can: [on_off]}
  - {id: bath, name: mirror light, area: bathroom, kind: light, can: [on_off]}
  - {id: study, name: desk lamp, area: study, kind: light, can: [on_off], aliases: [reading lamp]}
  - {id: office, name: desk lamp, area: office, kind: light, can: [on_off]}
"""


def answers(edge_agent, mosquitto, *said: str) -> tuple[list[str], list[str]]:
    """Say things to that home; return the replies and which devices were commanded."""
    commands = []
    (edge_agent.folder / "home.yaml").write_text(HOME)
    settings = f"broker: mqtt://{mosquitto.address}\nsimulate: true\nhome: home.yaml\n"
    (edge_agent.folder / "agent.yaml").write_text(settings)
    with Bus.connect(mosquitto.address) as watcher:
        watcher.subscribe("home/+/set", lambda it: commands.append(it.topic.split("/")[1]))
        ended = edge_agent(
            "ask", "-c", "agent.yaml", "--text-file", "-", "--json", stdin="\n".join(said).encode()
        )
        watcher.publish("a/marker", "")
    return [json.loads(line)["reply"] for line in ended.stdout.splitlines()], commands


def test_the_lights_of_a_room_and_of_a_floor(edge_agent, mosquitto):
    replies, commands = answers(
        edge_agent, mosquitto, "turn on the kitchen lights", "upstairs lights on"
    )
    assert replies == ["The kitchen lights are on.", "The upstairs lights are on."]
    assert commands == ["hob", "sink", "bath", "bed"]


def test_it_asks_which_and_does_what_is_answered(edge_agent, mosquitto):
    replies, commands = answers(
        edge_agent, mosquitto, "turn on the desk lamp", "the one in the office"
    )
    assert set(replies[0].strip("?").casefold().split(" or ")) in (
        {"the desk lamp in the study", "the one in the office"},
        {"the desk lamp in the office", "the one in the study"},
    )
    assert (replies[1], commands) == ("The desk lamp is on.", ["office"])


def test_what_is_no_answer_drops_the_question(edge_agent, mosquitto):
    replies, commands = answers(
        edge_agent, mosquitto, "turn on the desk lamp", "turn on the hob light", "the first one"
    )
    assert commands == ["hob"]
    assert replies[-1] == "I have not asked which one."


def test_an_alias_is_a_name(edge_agent, mosquitto):
    _, commands = answers(edge_agent, mosquitto, "turn on the reading lamp")
    assert commands == ["study"]


def test_an_answer_to_no_question_leaves_what_was_spoken_of(edge_agent, mosquitto):
    _, commands = answers(
        edge_agent, mosquitto, "turn on the hob light", "the first one", "now turn it off"
    )
    assert commands == ["hob", "hob"]
