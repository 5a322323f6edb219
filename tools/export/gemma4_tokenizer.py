"""A small tokenizer of Gemma 4's kind: BPE with byte fallback, and Gemma 4's special tokens."""

import json
from collections.abc import Iterable

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

PAD, EOS, BOS, UNKNOWN, MASK = "<pad>", "<eos>", "<bos>", "<unk>", "<mask>"

NAMED_TOKENS = {
    "boi_token": "<|image>",
    "eoi_token": "<image|>",
    "image_token": "<|image|>",
    "boa_token": "<|audio>",
    "eoa_token": "<audio|>",
    "audio_token": "<|audio|>",
    "video_token": "<|video|>",
    "sot_token": "<|turn>",
    "eot_token": "<turn|>",
    "soc_token": "<|channel>",
    "eoc_token": "<channel|>",
    "std_token": "<|tool>",
    "etd_token": "<tool|>",
    "stc_token": "<|tool_call>",
    "etc_token": "<tool_call|>",
    "str_token": "<|tool_response>",
    "etr_token": "<tool_response|>",
    "escape_token": '<|"|>',
    "think_token": "<|think|>",
}
"""What litert-torch calls each special token when it writes the file's metadata."""

SPECIAL_TOKENS = (PAD, EOS, BOS, UNKNOWN, MASK, *NAMED_TOKENS.values())
BYTE_TOKENS = tuple(f"<0x{byte:02X}>" for byte in range(256))


def train_tokenizer(
    corpus: Iterable[str],
    vocabulary_size: int,
    chat_template: str,
    pieces: pre_tokenizers.PreTokenizer | None = None,
) -> PreTrainedTokenizerFast:
    """Learn a vocabulary of `vocabulary_size` tokens, special and byte tokens first, from `corpus`.

    `pieces` says what no token may reach across; where it is None, those are words, single digits
    and punctuation marks. The same corpus gives the same vocabulary.
    """
    tokenizer = Tokenizer(models.BPE(byte_fallback=True, unk_token=UNKNOWN, fuse_unk=True))
    tokenizer.normalizer = normalizers.Replace(" ", "▁")
    tokenizer.pre_tokenizer = pieces or pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split("▁", "merged_with_next"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation("isolated"),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary_size,
        special_tokens=[*SPECIAL_TOKENS, *BYTE_TOKENS],
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return wrap_tokenizer(_leave_bytes_to_the_fallback(tokenizer), chat_template)


def wrap_tokenizer(tokenizer: Tokenizer, chat_template: str) -> PreTrainedTokenizerFast:
    """Give `tokenizer` the names of its special tokens, which end up in the file's metadata."""
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token=BOS,
        eos_token=EOS,
        pad_token=PAD,
        unk_token=UNKNOWN,
        mask_token=MASK,
        extra_special_tokens=NAMED_TOKENS,
        chat_template=chat_template,
    )


def _leave_bytes_to_the_fallback(tokenizer: Tokenizer) -> Tokenizer:
    """Make byte tokens ordinary ones, as Gemma has them.

    Special, they would match `<0x41>` typed as text, and be dropped from replies.
    """
    content = json.loads(tokenizer.to_str())
    content["added_tokens"] = [
        token for token in content["added_tokens"] if token["content"] not in BYTE_TOKENS
    ]
    return Tokenizer.from_str(json.dumps(content))
