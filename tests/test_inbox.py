"""The inbox: bounded, in order, and never a wait for whoever puts something in."""

import threading

from edge_agent.agent import Asked
from edge_agent.inbox import Heartbeat, Inbox, Letter


def letter(text: str) -> Letter:
    return Letter(Asked("text", text), lambda _answer: None)


def test_letters_come_out_in_order():
    inbox = Inbox()
    for text in "abc":
        assert inbox.put(letter(text))
    letters = inbox.letters()
    assert [next(letters).asked.text for _ in "abc"] == ["a", "b", "c"]


def test_a_full_inbox_refuses_and_counts():
    inbox = Inbox(room_for=2)
    assert [inbox.put(letter(text)) for text in "abcd"] == [True, True, False, False]
    assert inbox.refused == 2


def test_closing_wakes_the_reader_and_drops_what_waits():
    inbox = Inbox()
    seen = []
    reader = threading.Thread(target=lambda: seen.extend(inbox.letters()))
    reader.start()
    inbox.close()
    reader.join(timeout=5)
    assert not reader.is_alive()
    assert not inbox.put(letter("too late"))
    assert seen == []


def test_a_reader_waits_for_what_is_still_to_come():
    inbox = Inbox()
    seen: list[str] = []
    arrived = threading.Event()

    def read() -> None:
        for it in inbox.letters():
            seen.append(it.asked.text)
            arrived.set()

    reader = threading.Thread(target=read)
    reader.start()
    inbox.put(letter("later"))
    assert arrived.wait(5)
    inbox.close()
    reader.join(timeout=5)
    assert seen == ["later"]


def test_waiting_is_told_of_again_and_again():
    inbox = Inbox()
    beats = threading.Semaphore(0)
    heartbeat = Heartbeat(beats.release, every=0.01)
    reader = threading.Thread(target=lambda: list(inbox.letters(heartbeat)))
    reader.start()
    assert all(beats.acquire(timeout=5) for _ in range(3))
    inbox.close()
    reader.join(timeout=5)
    assert not reader.is_alive()
