"""Whisper's encoder behind Gemma 4's audio interface: what words are read from."""

import math

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from transformers import WhisperForConditionalGeneration

WINDOW_FRAMES = 816
"""Mel frames of one window (8.16 s): what the signature `audio_204` takes."""
WINDOW_TOKENS = WINDOW_FRAMES // 4
"""Soft tokens that Gemma 4's interface has for one window, of 40 ms each."""

_GEMMA_FLOOR = 0.001
_WHISPER_FLOOR = 1e-10
_WHISPER_RANGE = 8.0


def padded(mel: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Fill mel frames [n, 128], n <= 816, up to a window: float32 [816, 128], bool [816]."""
    frames = np.zeros((WINDOW_FRAMES, mel.shape[1]), np.float32)
    frames[: len(mel)] = mel
    return frames, np.arange(WINDOW_FRAMES) < len(mel)


class Ears(nn.Module):
    """Gemma 4's mel magnitudes become Whisper's log-mel by a fitted linear map, then the encoder.

    `mel_map` is float32 [128, 80], non-negative, from squared magnitudes to Whisper's mel powers.
    """

    def __init__(
        self, whisper: WhisperForConditionalGeneration, mel_map: NDArray[np.float32]
    ) -> None:
        """Put `mel_map` in front of the encoder of `whisper`."""
        super().__init__()
        self.encoder = whisper.model.encoder
        self.mel_map = nn.Buffer(torch.from_numpy(mel_map))

    def forward(self, src_inputs: Tensor, mask: Tensor) -> Tensor:
        """Encode windows; gives float32 [B, 408, width], one position of 20 ms.

        `src_inputs` is float32 [B, 816, 128], Gemma 4's log-mel; `mask` bool [B, 1, 816], true
        where there is sound.
        """
        hidden = self.whisper_log_mel(src_inputs, mask.squeeze(1)).transpose(1, 2)
        hidden = hidden.to(self.encoder.conv1.weight.dtype)
        hidden = nn.functional.gelu(self.encoder.conv1(hidden))
        hidden = nn.functional.gelu(self.encoder.conv2(hidden)).permute(0, 2, 1)
        hidden = hidden + self.encoder.embed_positions.weight[: hidden.shape[1]]
        for layer in self.encoder.layers:
            out = layer(hidden, None)
            hidden = out[0] if isinstance(out, tuple) else out
        encoded: Tensor = self.encoder.layer_norm(hidden)
        return encoded

    def whisper_log_mel(self, src_inputs: Tensor, there: Tensor) -> Tensor:
        """Return Whisper's scaled log-mel, float32 [B, 816, 80], silent where `there` is false."""
        magnitude = torch.clamp(torch.exp(src_inputs) - _GEMMA_FLOOR, min=1e-6)
        power = magnitude**2 @ self.mel_map
        power = torch.where(there.unsqueeze(-1), power, torch.full_like(power, _WHISPER_FLOOR))
        decades = torch.log(torch.clamp(power, min=_WHISPER_FLOOR)) * (1 / math.log(10))
        loudest = decades.amax(dim=(1, 2), keepdim=True)
        return (torch.maximum(decades, loudest - _WHISPER_RANGE) + 4) / 4
