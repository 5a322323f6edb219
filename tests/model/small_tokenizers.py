"""Tokenizers of the kinds that a model file carries, trained on a few lines of text."""

import io
import zlib
from functools import cache

import sentencepiece
from tokenizers import AddedToken, decoders, models, normalizers, pre_tokenizers, trainers
from tokenizers import Tokenizer as HuggingFace

from edge_agent.model.tokenizer import Tokenizer, load_tokenizer

CONTROL = [
    "<|turn>", "<turn|>", "<|tool>", "<tool|>", "<|tool_call>", "<tool_call|>",
    "<|tool_response>", "<tool_response|>", '<|"|>', "<|channel>", "<channel|>", "<|think|>",
    "<|audio>", "<audio|>", "<|audio|>",
]  # fmt: skip
BASIC = ["<pad>", "<eos>", "<bos>", "<unk>"]
SPACE = "\N{LOWER ONE EIGHTH BLOCK}"
LINES = [
    f"{verb} the {place} {thing}{end}"
    for verb in ("turn on", "turn off", "dim", "set", "open", "close", "how is", "call:turn_on{")
    for place in ("kitchen", "bedroom", "living room", "garage", "Küche", "straße")
    for thing in ("light", "lamp", "fan", "blind", "door", "thermostat")
    for end in ("", " to 40 percent", "},level:100}", "\nplease. <b>now</b>")
]


@cache
def sentencepiece_data(*, dummy_prefix: bool = False) -> bytes:
    written = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(LINES),
        model_writer=written,
        vocab_size=600,
        model_type="bpe",
        byte_fallback=True,
        hard_vocab_limit=False,
        add_dummy_prefix=dummy_prefix,
        remove_extra_whitespaces=dummy_prefix,
        normalization_rule_name="nmt_nfkc" if dummy_prefix else "identity",
        pad_id=0,
        eos_id=1,
        bos_id=2,
        unk_id=3,
        pad_piece="<pad>",
        eos_piece="<eos>",
        bos_piece="<bos>",
        user_defined_symbols=[*CONTROL, "<b>", "\n"],
        minloglevel=2,
    )
    return written.getvalue()


@cache
def hf_json_data(*, byte_tokens_added: bool = False) -> bytes:
    library = HuggingFace(models.BPE(byte_fallback=True, unk_token="<unk>", fuse_unk=True))  # noqa: S106 - a token of text
    library.normalizer = normalizers.Replace(" ", SPACE)
    library.pre_tokenizer = pre_tokenizers.Split(SPACE, "merged_with_next")
    library.decoder = decoders.Sequence(
        [decoders.Replace(SPACE, " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    byte_tokens = [f"<0x{byte:02X}>" for byte in range(256)]
    library.train_from_iterator(
        LINES,
        trainers.BpeTrainer(
            vocab_size=700,
            special_tokens=[*BASIC, *CONTROL, *(byte_tokens if byte_tokens_added else ())],
            show_progress=False,
        ),
    )
    if not byte_tokens_added:
        library.add_tokens([AddedToken("<b>", normalized=False)])
    return library.to_str().encode()


@cache
def byte_level_data() -> bytes:
    library = HuggingFace(models.BPE())
    library.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    library.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=500,
        special_tokens=["<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    library.train_from_iterator(LINES, trainer)
    return library.to_str().encode()


def compressed(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + zlib.compress(data)


@cache
def sentencepiece_tokenizer() -> Tokenizer:
    return load_tokenizer("sentencepiece", sentencepiece_data())


@cache
def hf_tokenizer() -> Tokenizer:
    return load_tokenizer("hf-json", hf_json_data(byte_tokens_added=True))


@cache
def byte_level_tokenizer() -> Tokenizer:
    return load_tokenizer("hf-json", byte_level_data())
