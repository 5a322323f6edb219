"""The vocabulary, trained on prompts and requests: `python -m tools.nano.tokenizer`.

A name and the syntax round it (`{device:`) never share a token, so that the name of a tool or of
a device is the same tokens in its declaration and in a call. The space belongs to the word before
it, so that a name begins alike wherever it stands: only its last token differs.
"""

import random
import re
from collections.abc import Iterator
from pathlib import Path

from tokenizers import Regex, pre_tokenizers
from transformers import PreTrainedTokenizerFast

from tools.export.gemma4_tokenizer import SPECIAL_TOKENS, train_tokenizer
from tools.nano.homes import draw_size, fill_home
from tools.nano.names import TRAINING as TRAINING_WORDS
from tools.nano.prompts import chat_template, prompt_of
from tools.nano.requests import TRAINING, draw_request
from tools.nano.whisper import load_whisper_tokenizer
from tools.nano.work import work_parser

VOCABULARY = 1_536
_PIECES = (
    r"(?:call|declaration|response):"  # what stands before a tool's name
    r"|[A-Za-z]+(?:_[A-Za-z]+)*▁?"  # a word, or a name such as turn_on
    r"|[0-9]"
    r"|(?:[{}\[\]:,]+[a-z_]*)*[{}\[\]:]+"  # the syntax between two names or strings
    r"|[^A-Za-z0-9▁]+▁?"
    r"|▁+"
)
_HOMES = 1_500
_REQUESTS = 12_000
_WORD = re.compile("Ġ[a-z]{3,11}")


def main() -> None:
    """Train the vocabulary and keep it in the folder `tokenizer`."""
    options = work_parser(__doc__ or "").parse_args()
    pieces = pre_tokenizers.Split(Regex(_PIECES), "isolated")
    corpus = _between_special_tokens(_corpus(random.Random(11)))
    tokenizer = train_tokenizer(corpus, VOCABULARY, chat_template(), pieces)
    tokenizer.save_pretrained(options.work / "tokenizer")
    example = 'turn on the kitchen light<|tool_call>call:turn_on{device:<|"|>kitchen light<|"|>}'
    print(len(tokenizer), "tokens, for example", tokenizer.tokenize(example))


def load_tokenizer(work: Path) -> PreTrainedTokenizerFast:
    """Return the vocabulary that `main` kept."""
    return PreTrainedTokenizerFast.from_pretrained(work / "tokenizer")


def _between_special_tokens(texts: Iterator[str]) -> Iterator[str]:
    """Cut texts as the finished tokenizer does; its trainer would merge parts of `<|"|>`."""
    special = re.compile("|".join(map(re.escape, SPECIAL_TOKENS)))
    for text in texts:
        yield from filter(None, special.split(text))


def _corpus(chance: random.Random) -> Iterator[str]:
    for _ in range(_HOMES):
        home = fill_home([], draw_size(chance), TRAINING_WORDS, chance)
        yield prompt_of(home)
    for _ in range(_REQUESTS):
        yield f"{draw_request(TRAINING, chance).text.lower()} "
    words = load_whisper_tokenizer().get_vocab()
    yield from (f"{word[1:]} " for word in sorted(words) if _WORD.fullmatch(word))


if __name__ == "__main__":
    main()
