"""What every source of sound offers."""

from collections.abc import Iterator
from typing import Protocol

from edge_agent.senses.types import Block


class Source(Protocol):
    """A stream of sound, for one reader."""

    @property
    def name(self) -> str:
        """What people call it, as in `microphone USB PnP Sound Device`."""

    def blocks(self) -> Iterator[Block]:
        """Yield sound as it comes, until it ends or the source is closed.

        A source that can come back (a microphone, a FIFO) waits for it, and says so once. Raises
        `SoundError` where there is nothing to wait for.
        """

    def mute(self, muted: bool) -> None:  # noqa: FBT001 - a switch
        """Leave the device alone, or take it again; what is no device goes on."""

    def close(self) -> None:
        """End `blocks`, from any thread."""
