"""What every source of pictures offers."""

from collections.abc import Generator
from typing import Protocol

from edge_agent.senses.seeing.frame import Picture


class PictureSource(Protocol):
    """Pictures one a second, for one reader at a time."""

    @property
    def name(self) -> str:
        """What people call it, as in `camera /dev/video0`; without passwords."""

    def pictures(self) -> Generator[Picture, None, None]:
        """Yield a picture a second until the source ends or is closed, or the generator is.

        A source that can come back (a device, a network camera) waits for it, and says so once.
        Raises `SightError` where there is nothing to wait for.
        """

    def close(self) -> None:
        """End `pictures` for good, from any thread."""
