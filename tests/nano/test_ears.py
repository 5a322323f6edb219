"""The ears write what Whisper writes, and what they write becomes the small model's word pieces."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")

from tools.nano.ears import padded
from tools.nano.soft_words import SoftWords
from tools.nano.whisper_words import START, PieceTable, WhisperWords
from tools.nano.word_loop import WORD_TOKENS, Heard, WordStep

HEADS, WIDTH, SOUND = 2, 128, 30
TEXTS = ("", "", " the", " thi", "stle", " lamp", ".", " 45", "%", "-", " on")
WORDS = WhisperWords(kept=tuple(range(40, 40 + len(TEXTS) + 2)), texts=TEXTS, ends=len(TEXTS))


def test_the_loop_writes_what_whisper_writes():
    whisper = _whisper()
    encoded = torch.randn(1, SOUND, WIDTH)
    state = {
        "step": torch.zeros(1, dtype=torch.int32),
        "token": torch.tensor([START], dtype=torch.int32),
        "written": torch.full((WORD_TOKENS,), WORDS.ends, dtype=torch.int32),
    }
    with torch.no_grad():
        for name, value in Heard(whisper)(encoded).items():
            state[name] = value
            state[name.replace("heard", "said")] = torch.zeros(HEADS, WORD_TOKENS, 64)
        step = WordStep(whisper, WORDS)
        while int(state["step"]) < 12:
            state = step(**state)
        expected = _greedy(whisper, encoded, 12)
    assert state["written"][:12].tolist() == expected
    assert set(state["written"][12:].tolist()) == {WORDS.ends}


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        ([2, 3, 4, 5, 6], ["the ", "thi", "stle ", "lamp", ". "]),
        ([10, 7, 8, 9, 5], ["on ", "45", "% ", "lamp "]),
        ([], ["<pad>"]),
    ],
)
def test_what_was_written_becomes_word_pieces(written, pieces):
    tokenizer = _Whole()
    table = PieceTable(WORDS, tokenizer)
    rows = torch.full((WORD_TOKENS,), WORDS.ends, dtype=torch.int32)
    rows[0] = 1
    rows[1 : 1 + len(written)] = torch.tensor(written)
    out = SoftWords(WORDS, table)(rows)
    there = out["mask"][0].numpy()
    found = out["features"][0, there, 0].numpy().astype(int).tolist()
    assert [tokenizer.names[number] for number in found] == pieces
    assert not np.diff(there.astype(int)).max(initial=0) > 0
    assert written == [] or table.of(written) == found


class _Whole:
    """A tokenizer that has every text as a piece."""

    def __init__(self):
        self.names = ["<pad>"]

    def encode(self, text, add_special_tokens):
        assert not add_special_tokens
        if text not in self.names:
            self.names.append(text)
        return [self.names.index(text)]


def _whisper():
    torch.manual_seed(3)
    config = transformers.WhisperConfig(
        vocab_size=60,
        d_model=WIDTH,
        encoder_layers=1,
        decoder_layers=2,
        encoder_attention_heads=HEADS,
        decoder_attention_heads=HEADS,
        encoder_ffn_dim=64,
        decoder_ffn_dim=64,
        pad_token_id=0,
        bos_token_id=0,
        eos_token_id=0,
        decoder_start_token_id=0,
    )
    whisper = transformers.WhisperForConditionalGeneration(config).eval()
    for weight in whisper.parameters():
        torch.nn.init.normal_(weight, std=0.3)
    return whisper


def _greedy(whisper, encoded, count):
    """Return what the best tokens are, in our numbers, where the second one is given."""
    said = [WORDS.kept[START]]
    for step in range(count):
        out = whisper.model.decoder(torch.tensor([said]), encoder_hidden_states=encoded)
        scores = whisper.proj_out(out.last_hidden_state[0, -1])[list(WORDS.kept)]
        said.append(WORDS.kept[1 if step == 0 else int(scores.argmax())])
    return [WORDS.kept.index(token) for token in said[1:]]


def test_a_short_sound_is_filled_up_to_a_window_that_says_where_it_ends():
    mel = np.full((3, 128), -2.0, np.float32)
    frames, there = padded(mel)
    assert (frames.shape, there.shape) == ((816, 128), (816,))
    assert (frames[:3] == mel).all()
    assert not frames[3:].any()
    assert np.flatnonzero(there).tolist() == [0, 1, 2]
