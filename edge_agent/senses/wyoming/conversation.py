"""One client of the Wyoming server.

| from the client                                   | to the client                              |
|---------------------------------------------------|--------------------------------------------|
| `describe`                                        | `info`: a speech and a handling program    |
| `transcribe`, `audio-start`, `audio-chunk`s, `audio-stop` | `transcript`: what was heard       |
| `transcript` (words)                              | `handled` with the reply, or `not-handled` |
| `ping`                                            | `pong`                                     |

Home Assistant turns speech into words by one program and words into deeds by another. This agent
does both at once, so what was spoken is done when its words go out; when Home Assistant then hands
back the same words to be handled, it gets the reply to them, and nothing is done twice.
"""

import asyncio
from typing import TYPE_CHECKING, Final

import numpy as np

from edge_agent.senses.sources.mono_stream import MonoStream, pcm16
from edge_agent.senses.types import SAMPLE_RATE, SoundError, Utterance
from edge_agent.senses.wyoming.answers import Ask, Asked, Replies
from edge_agent.senses.wyoming.wire import read_event

if TYPE_CHECKING:
    from wyoming.audio import AudioChunk
    from wyoming.event import Event, Eventable

_LONGEST_SAMPLES: Final = 30 * SAMPLE_RATE

_SAMPLE_BYTES: Final = 2

_MOST_CHANNELS: Final = 8

_RATES: Final = range(8_000, 192_001)


class Conversation:
    """Answers one client until it leaves."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ask: Ask,
        replies: Replies,
        described: "Event",
    ) -> None:
        """Speak with the client at the other end; `described` is what `describe` is answered."""
        self._reader = reader
        self._writer = writer
        self._ask = ask
        self._replies = replies
        self._described = described
        self._sound: list[np.ndarray] = []
        self._samples = 0
        self._stream: MonoStream | None = None

    async def run(self) -> None:
        """Answer event after event."""
        from wyoming.error import Error  # noqa: PLC0415 - only where a server runs

        try:
            while event := await read_event(self._reader):
                await self._answer(event)
        except SoundError as error:
            await self._send(Error(str(error)).event())

    async def _answer(self, event: "Event") -> None:
        from wyoming.asr import Transcript  # noqa: PLC0415 - only where a server runs
        from wyoming.audio import AudioChunk  # noqa: PLC0415
        from wyoming.ping import Ping, Pong  # noqa: PLC0415

        try:
            if event.type == "describe":
                await self._send(self._described)
            elif Ping.is_type(event.type):
                await self._send(Pong(Ping.from_event(event).text).event())
            elif event.type in {"transcribe", "audio-start"}:
                self._begin()
            elif AudioChunk.is_type(event.type):
                self._hear(AudioChunk.from_event(event))
            elif event.type == "audio-stop":
                await self._send((await self._transcript()).event())
            elif Transcript.is_type(event.type):
                await self._send((await self._handled(Transcript.from_event(event).text)).event())
        except (KeyError, TypeError) as error:
            raise SoundError(f"The Wyoming event {event.type} lacks {error}.") from error

    def _begin(self) -> None:
        self._sound, self._samples, self._stream = [], 0, None

    def _hear(self, chunk: "AudioChunk") -> None:
        if chunk.width != _SAMPLE_BYTES:
            raise SoundError(f"Samples of {chunk.width} bytes are not understood: send 16-bit PCM.")
        if chunk.channels not in range(1, _MOST_CHANNELS + 1) or chunk.rate not in _RATES:
            raise SoundError(f"Sound of {chunk.channels} channels at {chunk.rate} Hz is none.")
        if self._samples >= _LONGEST_SAMPLES:
            return
        self._stream = self._stream or MonoStream(chunk.rate)
        samples = self._stream.take(pcm16(chunk.audio, chunk.channels))
        self._sound.append(samples)
        self._samples += samples.size

    async def _transcript(self) -> "Eventable":
        from wyoming.asr import Transcript  # noqa: PLC0415 - only where a server runs

        samples = np.concatenate([np.zeros(0, np.float32), *self._sound])[:_LONGEST_SAMPLES]
        self._begin()
        if not samples.size:
            return Transcript("")
        utterance = Utterance(samples, samples.size / SAMPLE_RATE, "wyoming")
        answered = await self._asked(utterance)
        words = answered.heard or answered.reply
        self._replies.keep(words, answered)
        return Transcript(words)

    async def _handled(self, text: str) -> "Eventable":
        from wyoming.handle import Handled, NotHandled  # noqa: PLC0415 - only where a server runs

        try:
            answered = self._replies.take(text) or await self._asked(text)
        except SoundError as error:
            return NotHandled(str(error))
        return Handled(answered.reply)

    async def _asked(self, request: Utterance | str) -> Asked:
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Asked] = loop.create_future()

        def settle(result: Asked | Exception) -> None:
            if answered.done():
                return
            if isinstance(result, Exception):
                answered.set_exception(SoundError(str(result)))
            else:
                answered.set_result(result)

        def on_answer(result: Asked | Exception) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, result)

        if not self._ask(request, on_answer):
            raise SoundError("Too many requests are waiting: ask again later.")
        return await answered

    async def _send(self, event: "Event") -> None:
        from wyoming.event import async_write_event  # noqa: PLC0415 - only where a server runs

        await async_write_event(event, self._writer)
