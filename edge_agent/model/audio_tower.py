"""The ears of a model: from log-mel windows to embeddings that stand in the prompt.

The encoder makes one feature vector of 40 ms, the adapter brings it to the decoder's width. What
follows the last one in the prompt, the end-of-audio embedding, has a section of its own.

Some ears write: where a feature is one number alone, it is the id of a token, and all of them are
the words that were said.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_agent.model.audio_windows import plan_windows, plan_windows_at_pauses
from edge_agent.model.compiled_model import CancelFlag, CompiledModel, Tensor
from edge_agent.model.mel import log_mel
from edge_agent.model.tower import (
    constant_embedding,
    handed_on,
    only_signature,
    tensor_named,
)

_FRAMES, _MASK, _FEATURES = ("src_inputs",), ("mask", "mask_out"), ("features",)


@dataclass(frozen=True, eq=False)
class Heard:
    """The embeddings [n, width] of a sound, and the tokens that ears wrote down, if they write."""

    embeddings: NDArray[np.float32]
    words: tuple[int, ...] | None


@dataclass(frozen=True)
class AudioSections:
    """The compiled `audio_encoder_hw`, `audio_adapter` and, in most files, `end_of_audio`."""

    encoder: CompiledModel
    adapter: CompiledModel
    end: CompiledModel | None


class AudioTower:
    """Encodes sound. `end` is float32 [1, width]: what closes a sound in the prompt, if anything.

    The encoder takes log-mel frames float32 [1, F, 128] and bool [1, 1, F], true where a frame is
    real, and gives features float32 [1, N, any] and bool [1, N]. The adapter turns these into
    float32 [1, N, width]. Several windows cover longer sound.
    """

    def __init__(self, sections: AudioSections) -> None:
        """Prepare the buffers; raises `ModelFileError` if a signature is not as above."""
        encoder = only_signature(sections.encoder, "audio encoder")
        adapter = only_signature(sections.adapter, "audio adapter")
        made = {spec.name: Tensor(spec) for spec in encoder.outputs}
        heard = {spec.name: Tensor(spec) for spec in encoder.inputs}
        adapted = {spec.name: Tensor(spec) for spec in adapter.outputs}
        self._tensors = [*made.values(), *heard.values(), *adapted.values()]
        self._encoder = sections.encoder
        self._encode = sections.encoder.bind(encoder.key, heard, made)
        self._adapt = sections.adapter.bind(adapter.key, handed_on(adapter, made), adapted)
        self._frames = tensor_named(heard, _FRAMES, encoder).array[0]
        self._real = tensor_named(heard, _MASK, encoder).array.reshape(-1)
        self._kept = tensor_named(made, _MASK, encoder).array.reshape(-1)
        self._features = tensor_named(made, _FEATURES, encoder).array[0]
        self._embeddings = tensor_named(adapted, _FEATURES, adapter).array[0]
        self.width: int = self._embeddings.shape[-1]
        self._writes = self._features.shape[-1] == 1
        self.end = (
            None
            if sections.end is None
            else constant_embedding(sections.end, "end of a sound", self.width)
        )

    def stop_on(self, flag: CancelFlag) -> None:
        """Break off the encoder with `RunCancelledError` when `flag` is set."""
        self._encoder.stop_on(flag)

    def hear(self, samples: NDArray[np.float32]) -> Heard:
        """Return what was made of 16 kHz mono `samples` [m].

        Sound too short for one frame gives none. Raises `AudioError` beyond 30 s.
        """
        return self.hear_frames(log_mel(samples))

    def hear_frames(self, frames: NDArray[np.float32]) -> Heard:
        """Return what was made of log-mel `frames` [f, 128]."""
        most = len(self._frames)
        windows = (
            plan_windows_at_pauses(frames, most)
            if self._writes
            else plan_windows(len(frames), most)
        )
        pieces = [self._window(frames[window.start : window.stop]) for window in windows]
        if not pieces:
            return Heard(np.empty((0, self.width), np.float32), None)
        words = (token for piece in pieces for token in piece.words or ())
        embeddings = np.concatenate([piece.embeddings for piece in pieces])
        return Heard(embeddings, tuple(words) if self._writes else None)

    def close(self) -> None:
        """Give the tensors back."""
        for tensor in self._tensors:
            tensor.close()

    def _window(self, frames: NDArray[np.float32]) -> Heard:
        count = len(frames)
        self._frames[:count], self._frames[count:] = frames, 0
        self._real[:count], self._real[count:] = True, False
        self._encode.run()
        self._adapt.run()
        real = np.flatnonzero(self._kept)
        tokens = int(real[-1]) + 1 if len(real) else 0
        written = self._features[:tokens, 0].astype(np.int64).tolist() if self._writes else ()
        return Heard(self._embeddings[:tokens].copy(), tuple(written))
