"""Mel frames as LiteRT-LM makes them, which are not quite those of transformers.

Both agree on windows, FFT, floor and mel scale. But the sides of LiteRT-LM's triangular filters
are straight over mel, those of transformers' over Hertz: up to 0.01 in a band's logarithm. And
LiteRT-LM's last frame needs no sample after its window, so it may have one frame more.
"""

import numpy as np

from edge_agent.model.mel import BANDS, HOP, SAMPLE_RATE, WINDOW

FFT = 512


def litert_lm_log_mel(samples):
    led = np.concatenate([np.zeros(WINDOW // 2, np.float32), samples])
    framed = np.lib.stride_tricks.sliding_window_view(led, WINDOW)[::HOP]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)
    spectrum = np.fft.rfft(framed * hann.astype(np.float32), FFT)
    mel = np.abs(spectrum) @ filters()
    return np.log(mel.astype(np.float32) + np.float32(1e-3))


def filters():
    """Return float64 [257, 128]; the lowest bin, which is no tone, belongs to no band."""
    bins = mel_of(np.arange(FFT // 2 + 1) * SAMPLE_RATE / FFT)[:, None]
    corners = np.linspace(0, mel_of(SAMPLE_RATE / 2), BANDS + 2)
    left, peak, right = corners[:-2], corners[1:-1], corners[2:]
    weights = np.minimum((bins - left) / (peak - left), (right - bins) / (right - peak))
    weights[0] = 0
    return np.maximum(0, weights)


def mel_of(hertz):
    return 1127 * np.log1p(hertz / 700)
