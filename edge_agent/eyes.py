"""Questions about what is to be seen: frames go into the prompt, and the model says what they show.

They have a conversation of their own, which begins with one sentence and without tools: what is
seen needs all the room that the home's devices leave none of, and cannot call for an action.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from edge_agent.model.engine import Engine
from edge_agent.model.errors import ImageError
from edge_agent.model.frame_plan import FramePlan, chosen_frames, plan_frames
from edge_agent.model.image_patches import soft_tokens
from edge_agent.model.session import Session, TurnOptions
from edge_agent.model.types import Clip, Image, Part, Reply
from edge_agent.senses.seeing.camera import Camera
from edge_agent.senses.seeing.frame import FRAME_PIXELS, Frame, SightError

_log = logging.getLogger(__name__)

SYSTEM_PROMPT = (
    "You are the eyes of a home. Say in one short sentence what is asked of the pictures."
)
"""What the model is told before it is shown anything; the small model is trained on it."""

_REPLY_TOKENS = 96
_THOUGHT_TOKENS_A_FRAME, _FRAMES_THOUGHT_OF = 16, 20
"""The small model goes through the frames before it answers: their times, and what is to be seen.

No more than that many: a large model is slow, and must not talk on for minutes.
"""
_LAYOUT_TOKENS = 24
"""What a chat template puts round a turn."""
_LONGEST_SOUND_TOKENS = 750
_FIRST_GUESS_MS = 10.0
"""What a token costs until one look has shown it: enough for 3,000 tokens in half a minute."""
_CAMERA_BUDGET = FRAME_PIXELS // 48**2
"""More tokens than a frame that was kept has pixels for would show nothing more."""

PATIENCE_S = 30.0
"""How long taking in the frames of a camera may last."""


@dataclass(frozen=True, eq=False)
class Seen:
    """What is shown to the model: pictures, or the frames of a clip or a camera."""

    frames: tuple[Frame, ...]
    source: str
    is_clip: bool = False


@dataclass(frozen=True)
class Look:
    """A look that was taken, for those who want to know: of what, and at how much.

    `seconds` is how far back the first frame that was shown lies before the last one. `plan` says
    why so many frames were shown.
    """

    source: str
    frames: int
    seconds: float
    plan: FramePlan


@dataclass(frozen=True)
class Sight:
    """What the model says it sees, and what it was shown for it."""

    reply: Reply
    look: Look


class Eyes:
    """Looks at pictures, or through a camera. One thread at a time: it owns the model."""

    def __init__(
        self,
        engine: Engine,
        camera: Camera | None = None,
        on_look: Callable[[Look], None] = lambda _look: None,
        patience_s: float | None = PATIENCE_S,
    ) -> None:
        """Look with `engine`'s model. `on_look` is told before frames are shown to it.

        `patience_s` bounds how long the frames of a camera are taken in; None is without end.
        """
        self._engine = engine
        self._camera = camera
        self._on_look = on_look
        self._patience_s = patience_s
        self._ms_a_token = _FIRST_GUESS_MS
        self._session: Session | None = None

    @property
    def camera(self) -> Camera | None:
        """Return the camera that `look` looks through."""
        return self._camera

    def look(
        self,
        question: str,
        seconds: float,
        cancel: threading.Event | None = None,
        share: float = 1.0,
    ) -> Sight:
        """Answer a question about the last `seconds` seconds, by a `share` (0...1) of their frames.

        Raises `SightError` where there is nothing to see, and `ModelError`.
        """
        if self._camera is None:
            raise SightError("There is no camera: name one in the configuration as 'camera: …'.")
        frames = self._camera.last(seconds)
        step = round(1 / share)
        frames = frames[(len(frames) - 1) % step :: step]
        in_time = None
        if self._patience_s is not None:
            in_time = int(self._patience_s * 1000 / self._ms_a_token)
        return self.answer(
            Seen(frames, self._camera.name, is_clip=True), [question], cancel, in_time
        )

    def answer(
        self,
        seen: Seen,
        said: Sequence[Part],
        cancel: threading.Event | None = None,
        in_time: int | None = None,
    ) -> Sight:
        """Answer what is `said` of what is `seen`, taking in `in_time` tokens of it at the most.

        A clip of too many frames is thinned out. Raises `ImageError` where pictures do not all fit,
        or where the model cannot see, and `ModelError`.
        """
        if not self._engine.can_see:
            raise ImageError(
                f"this model cannot see: {self._engine.path} has no vision sections, or was loaded"
                " without them"
            )
        session = self._primed()
        texts = [part for part in said if isinstance(part, str)]
        spoken = len(said) - len(texts)
        beside = _LAYOUT_TOKENS + _REPLY_TOKENS + spoken * _LONGEST_SOUND_TOKENS
        room = session.room - beside - sum(map(self._engine.token_count, texts))
        plan = plan_frames(len(seen.frames), self._soft_tokens(seen), room, in_time)
        if plan.frames < (1 if seen.is_clip else len(seen.frames)):
            raise ImageError(
                plan.why
                if plan.frames < 1
                else f"{len(seen.frames)} pictures are too many: {plan.frames} fit. {plan.why}"
            )
        places = chosen_frames([frame.changed for frame in seen.frames], plan.frames)
        shown = [seen.frames[place] for place in places]
        look = Look(seen.source, len(shown), shown[-1].at - shown[0].at, plan)
        _log.info("Looking at %s: %s", seen.source, plan.why)
        self._on_look(look)
        parts = [*_parts(shown, plan.budget, is_clip=seen.is_clip), *said]
        thought = _THOUGHT_TOKENS_A_FRAME * min(len(shown), _FRAMES_THOUGHT_OF)
        reply = session.turn(parts, TurnOptions(budget=_REPLY_TOKENS + thought), cancel)
        self._learn(reply)
        return Sight(reply, look)

    def _primed(self) -> Session:
        if self._session is None:
            self._session = self._engine.session(SYSTEM_PROMPT)
        return self._session

    def _soft_tokens(self, seen: Seen) -> dict[int, int]:
        """Return what the largest frame takes of each budget that is worth offering."""
        budgets = self._engine.picture_budgets
        if seen.is_clip:
            budgets = tuple(b for b in budgets if b <= _CAMERA_BUDGET) or budgets[:1]
        shapes = {frame.pixels.shape for frame in seen.frames}
        return {b: max((soft_tokens(h, w, b) for h, w, _ in shapes), default=b) for b in budgets}

    def _learn(self, reply: Reply) -> None:
        """Remember what a token of this look has cost, for the plan of the next."""
        timings = reply.timings
        if reply.finish != "cancelled" and timings.prompt_tokens:
            spent = timings.image_encode_ms + timings.prefill_ms
            self._ms_a_token = max(spent / timings.prompt_tokens, 0.01)


def _parts(frames: Sequence[Frame], budget: int, *, is_clip: bool) -> tuple[Part, ...]:
    images = [Image(frame.pixels, budget) for frame in frames]
    if not is_clip:
        return tuple(images)
    first = frames[0].at
    return (Clip(tuple((f.at - first, it) for f, it in zip(frames, images, strict=True))),)
