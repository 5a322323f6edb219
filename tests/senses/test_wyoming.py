import asyncio
import json
import socket
import threading

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.handle import Handled, NotHandled
from wyoming.info import Describe, Info
from wyoming.ping import Ping, Pong

from edge_agent.senses.types import SAMPLE_RATE, SoundError, Utterance
from edge_agent.senses.wyoming.answers import Asked
from edge_agent.senses.wyoming.server import WyomingServer


class Agent:
    """Notes what it is asked, and answers from another thread."""

    def __init__(self) -> None:
        self.asked = []

    def ask(self, request, on_answer) -> bool:
        self.asked.append(request)
        words = request if isinstance(request, str) else f"{request.seconds:.1f} s of sound"
        if words == "break":
            answer = ValueError("The model cannot do that.")
        else:
            answer = Asked(heard=words, reply=f"Done: {words}.")
        threading.Thread(target=on_answer, args=(answer,)).start()
        return True


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
def server(agent):
    with WyomingServer(agent.ask, port=0) as running:
        yield running


def converse(server, *events):
    """Send events, and return the answer to the last."""

    async def talk():
        async with AsyncTcpClient("127.0.0.1", server.port) as client:
            for event in events:
                await client.write_event(event.event())
            return await asyncio.wait_for(client.read_event(), 10)

    return asyncio.run(talk())


def speech(rate: int, channels: int, seconds: float = 1.5, width: int = 2):
    shape = {"rate": rate, "width": width, "channels": channels}
    pcm = np.full(round(rate * seconds) * channels, 8192, "<i2").tobytes()
    pieces = [AudioChunk(**shape, audio=pcm[i : i + 4096]) for i in range(0, len(pcm), 4096)]
    return [Transcribe(), AudioStart(**shape), *pieces, AudioStop()]


def test_it_describes_itself_as_home_assistant_reads_it(server) -> None:
    info = Info.from_event(converse(server, Describe()))
    assert [program.models[0].languages for program in info.asr] == [["en"]]
    assert info.handle[0].supports_home_control


@pytest.mark.parametrize(("rate", "channels"), [(16_000, 1), (44_100, 2), (48_000, 1)])
def test_speech_becomes_words_and_its_reply_waits_for_them(server, agent, rate, channels) -> None:
    words = Transcript.from_event(converse(server, *speech(rate, channels))).text
    assert words == "1.5 s of sound"
    (heard,) = agent.asked
    assert isinstance(heard, Utterance)
    assert heard.samples.size == pytest.approx(1.5 * SAMPLE_RATE, abs=700)
    assert np.median(heard.samples) == pytest.approx(0.25, abs=0.01)

    reply = converse(server, Transcript(words))
    assert Handled.from_event(reply).text == f"Done: {words}."
    assert len(agent.asked) == 1

    converse(server, Transcript(words))
    assert len(agent.asked) == 2


def test_words_are_handled_and_failures_told(server, agent) -> None:
    assert Handled.from_event(converse(server, Transcript("hello"))).text == "Done: hello."
    refused = converse(server, Transcript("break"))
    assert NotHandled.from_event(refused).text == "The model cannot do that."


def test_more_than_the_model_takes_is_left_off(server, agent) -> None:
    converse(server, *speech(SAMPLE_RATE, 1, seconds=33))
    assert agent.asked[0].seconds == 30


def test_silence_is_no_request(server, agent) -> None:
    assert Transcript.from_event(converse(server, *speech(16_000, 1, seconds=0))).text == ""
    assert agent.asked == []


def test_a_ping_is_answered(server) -> None:
    assert Pong.from_event(converse(server, Ping("a"))).text == "a"


@pytest.mark.parametrize(
    ("sent", "complaint"),
    [
        (b"GET / HTTP/1.1\r\n", "no Wyoming event"),
        (b"[]\n", "no Wyoming event"),
        (b'{"type": "audio-chunk", "payload_length": 99999999999}\n', "payload_length may be"),
        (b'{"type": "audio-chunk", "data_length": -1}\n', "data_length may be"),
        (b'{"type": "audio-chunk", "data": {}}\n', "lacks 'rate'"),
        (b"x" * 100_000 + b"\n", "no Wyoming event"),
    ],
)
def test_what_is_no_wyoming_is_refused_and_the_next_client_served(server, sent, complaint) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as client:
        client.sendall(sent)
        said = client.makefile("rb")
        head = json.loads(said.readline())
        data = json.loads(said.read(head["data_length"]))
    assert head["type"] == "error"
    assert complaint in data["text"]
    assert Pong.is_type(converse(server, Ping()).type)


def test_samples_that_are_not_16_bit_are_refused(server) -> None:
    chunk = AudioChunk(rate=16_000, width=4, channels=1, audio=b"\0" * 64)
    assert "16-bit" in Error.from_event(converse(server, chunk)).text


def test_a_port_in_use_is_told(server, agent) -> None:
    with (
        pytest.raises(SoundError, match="another program may have that port"),
        WyomingServer(agent.ask, port=server.port),
    ):
        pass


def test_a_client_in_the_middle_does_not_hold_up_the_end(agent) -> None:
    with (
        WyomingServer(lambda _request, _on_answer: True, port=0) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=10) as client,
    ):
        client.sendall(b'{"type": "transcript", "data": {"text": "wait"}}\n')
        client.sendall(b'{"type": "ping"}\n')
