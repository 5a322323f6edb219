"""Reading a discovery payload, key by key."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from edge_agent.home.conventions.home_assistant.entity import Reading
from edge_agent.home.conventions.home_assistant.templates import (
    TemplateRefusedError,
    allowed,
    render,
)
from edge_agent.home.conventions.untrusted import encodable, number, string, topic
from edge_agent.home.types import State


class Config:
    """A payload with long keys, whose values may be anything."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Take an expanded payload."""
        self.values = values

    def text(self, key: str, default: str = "") -> str:
        """Return a text, as Home Assistant reads it: `true` is written `True`."""
        value = self.values.get(key, default)
        return encodable(value) if isinstance(value, str | int | float) else default

    def payload(self, key: str, default: str) -> str:
        """Return what a command says; "" where `null` takes the command away."""
        return "" if self.values.get(key, default) is None else self.text(key, default)

    def topic(self, key: str) -> str:
        """Return a topic that exists, or ""."""
        return topic(self.values.get(key)) or ""

    def number(self, key: str, default: float) -> float:
        """Return a number."""
        found = number(self.values.get(key))
        return default if found is None else found

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts in a list."""
        value = self.values.get(key)
        return tuple(v for v in value if isinstance(v, str)) if isinstance(value, list) else ()

    def flag(self, key: str) -> bool:
        """Return whether a value is true."""
        return self.values.get(key) is True

    def reading(
        self, topic_key: str, template_keys: Sequence[str], tell: Callable[[str], State]
    ) -> tuple[Reading, ...]:
        """Return a reading, or none where there is no topic or its template is refused."""
        name = self.topic(topic_key)
        template = self._first_template(template_keys)
        return (Reading(name, template, tell),) if name and allowed(template) else ()

    def writer(
        self, *template_keys: str, plainly: Callable[[object], str] = str
    ) -> Callable[..., str | None]:
        """Return how a value is written into a command: by a template, or `plainly` without."""
        template = self._first_template(template_keys)

        def write(value: object, **variables: object) -> str | None:
            if not template:
                return plainly(value)
            try:
                return render(template, {"value": value, **variables})
            except TemplateRefusedError:
                return None

        return write

    def _first_template(self, keys: Sequence[str]) -> str:
        written = (encodable(string(self.values.get(key))) for key in keys)
        return next((template for template in written if template), "")
