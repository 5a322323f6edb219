import pytest
from made import made_action

from edge_agent.home.types import Device
from edge_agent.tools.gate import Permission, Policy, cross, nobody_there
from edge_agent.tools.types import Action, Refusal, Request

Home = dict[str, Device]
ALLOW_ALL = Policy()


def action(home: Home, tool: str, device: str, **given: object) -> Action:
    return made_action(Request(tool, home[device], given))


def judged(*reply: Action, policy: Policy = ALLOW_ALL) -> list[str | None]:
    refusals = [cross(it, reply, policy, nobody_there) for it in reply]
    return [refusal and refusal.reason for refusal in refusals]


def test_what_nothing_forbids_may_pass(home: Home) -> None:
    assert judged(action(home, "turn_on", "lamp"), action(home, "turn_on", "fan")) == [None, None]


def test_the_same_twice_is_done_once(home: Home) -> None:
    reply = [action(home, "turn_on", "lamp") for _ in range(3)]
    assert judged(*reply) == [None, "repeated", "repeated"]


def test_two_states_at_once_are_both_refused(home: Home) -> None:
    on, off = action(home, "turn_on", "lamp"), action(home, "turn_off", "lamp")
    assert judged(on, off) == ["contradiction", "contradiction"]
    refusal = cross(on, (on, off), ALLOW_ALL, nobody_there)
    assert refusal == Refusal(
        "contradiction",
        "I did not turn on the kitchen light: I was also asked to turn off the kitchen light.",
    )
    dim, bright = (action(home, "set_brightness", "lamp", percent=p) for p in (10, 90))
    assert judged(dim, bright) == ["contradiction", "contradiction"]
    assert judged(dim, off) == ["contradiction", "contradiction"]


def test_what_goes_together_passes_together(home: Home) -> None:
    reply = (
        action(home, "turn_on", "lamp"),
        action(home, "set_brightness", "lamp", percent=40),
        action(home, "set_color", "lamp", color="red"),
        action(home, "turn_off", "fan"),
    )
    assert judged(*reply) == [None] * 4


def test_a_tool_may_be_denied_in_one_direction(home: Home) -> None:
    policy = Policy({"unlock": Permission.DENY})
    assert judged(action(home, "unlock", "door"), policy=policy) == ["denied"]
    assert judged(action(home, "lock", "door"), policy=policy) == [None]


def test_a_home_may_deny_all_but_what_it_allows(home: Home) -> None:
    policy = Policy({"turn_on": Permission.ALLOW}, otherwise=Permission.DENY)
    reply = (action(home, "turn_on", "lamp"), action(home, "lock", "door"))
    assert judged(*reply, policy=policy) == [None, "denied"]


@pytest.mark.parametrize("answer", [True, False])
def test_a_person_is_asked_and_decides(home: Home, answer: bool) -> None:
    questions = []

    def person(question: str) -> bool:
        questions.append(question)
        return answer

    unlock = action(home, "unlock", "door")
    refusal = cross(unlock, (unlock,), Policy({"unlock": Permission.ASK}), person)
    assert questions == ["Shall I unlock the front door?"]
    assert (refusal is None) is answer


def test_where_nobody_can_be_asked_it_is_a_no(home: Home) -> None:
    policy = Policy(otherwise=Permission.ASK)
    assert judged(action(home, "unlock", "door"), policy=policy) == ["no_consent"]


def test_nobody_is_asked_about_what_is_refused_anyway(home: Home) -> None:
    def person(question: str) -> bool:
        pytest.fail(f"asked: {question}")

    reply = (action(home, "lock", "door"), action(home, "unlock", "door"))
    policy = Policy(otherwise=Permission.ASK)
    assert all(cross(it, reply, policy, person) for it in reply)
