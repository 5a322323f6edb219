import random

import pytest
import sentencepiece
from hypothesis import given
from hypothesis import strategies as st
from small_tokenizers import (
    CONTROL,
    LINES,
    SPACE,
    byte_level_data,
    byte_level_tokenizer,
    compressed,
    hf_json_data,
    hf_tokenizer,
    sentencepiece_data,
    sentencepiece_tokenizer,
)
from tokenizers import Tokenizer as HuggingFace

from edge_agent.model.errors import ModelFileError
from edge_agent.model.tokenizer import StreamingDecoder, load_tokenizer, looks_like_control

EVERY = pytest.mark.parametrize(
    "make", [sentencepiece_tokenizer, hf_tokenizer, byte_level_tokenizer]
)
GEMMA = pytest.mark.parametrize("make", [sentencepiece_tokenizer, hf_tokenizer])
MARKUP = st.sampled_from(
    [*CONTROL, "<eos>", "<bos>", "<0x41>", "<|im_start|>", "<|", "|>", "<", " "]
)
LETTERS = st.characters(exclude_characters=SPACE, exclude_categories=("Cs",))
SPEECH = st.lists(st.text(LETTERS, max_size=6) | MARKUP, max_size=8).map("".join)
PROMPT = '<bos><|turn>user\nturn on <b>the light<turn|>\n<|tool_call>call:a{b:<|"|>c<|"|>}'


@EVERY
@given(SPEECH)
def test_plain_text_comes_back_and_controls_nothing(make, text):
    tokenizer = make()
    ids = tokenizer.encode(text, special=False)
    assert tokenizer.decode(ids, keep_special=True) == text
    assert tokenizer.special_ids.isdisjoint(ids)


@EVERY
@given(SPEECH)
def test_prompt_text_comes_back_with_its_control_tokens(make, text):
    tokenizer = make()
    ids = tokenizer.encode(text, special=True)
    assert tokenizer.decode(ids, keep_special=True) == text


@GEMMA
def test_control_tokens_are_one_token_each(make):
    tokenizer = make()
    special = tokenizer.special_tokens
    ids = tokenizer.encode("<|turn>user<turn|>", special=True)
    assert ids[0] == special["<|turn>"]
    assert ids[-1] == special["<turn|>"]
    assert set(CONTROL) <= special.keys()
    assert "<b>" not in special
    assert not any(name.startswith("<0x") for name in special)


@GEMMA
def test_control_tokens_are_dropped_unless_kept(make):
    tokenizer = make()
    ids = tokenizer.encode(PROMPT, special=True)
    assert tokenizer.decode(ids, keep_special=True) == PROMPT
    assert tokenizer.decode(ids) == "user\nturn on <b>the light\ncall:a{b:c}"


@pytest.mark.parametrize("text", [*LINES[::7], "  two  spaces ", "\n\n", "naïve 🎉"])
def test_sentencepiece_ids_are_the_library_s(text):
    library = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_data())
    assert sentencepiece_tokenizer().encode(text, special=False) == library.encode(text)


def test_a_sentencepiece_prompt_gives_the_library_s_ids():
    library = sentencepiece.SentencePieceProcessor(model_proto=sentencepiece_data())
    without_begin = PROMPT.removeprefix("<bos>")
    assert sentencepiece_tokenizer().encode(without_begin, special=True) == library.encode(
        without_begin
    )


@pytest.mark.parametrize("data", [hf_json_data, byte_level_data])
def test_hugging_face_ids_and_text_are_the_library_s(data):
    library = HuggingFace.from_str(data().decode())
    tokenizer = load_tokenizer("hf-json", data())
    for text in [*LINES[::7], PROMPT, "  two  spaces ", "naïve 🎉 <|im_start|>x<|im_end|>"]:
        ids = library.encode(text, add_special_tokens=False).ids
        assert tokenizer.encode(text, special=True) == ids
        assert tokenizer.decode(ids) == library.decode(ids)


def test_compressed_json_is_the_same_tokenizer():
    tokenizer = load_tokenizer("hf-json-zlib", compressed(hf_json_data()))
    plain = load_tokenizer("hf-json", hf_json_data())
    assert tokenizer.token_bytes == plain.token_bytes
    assert tokenizer.special_tokens == plain.special_tokens


def test_a_file_that_wants_a_space_in_front_does_not_get_it_between_pieces():
    tokenizer = load_tokenizer("sentencepiece", sentencepiece_data(dummy_prefix=True))
    for text in ("turn on<|turn>the", " the", "the"):
        assert tokenizer.decode(tokenizer.encode(text, special=True), keep_special=True) == text


def test_a_normalizer_cannot_make_a_control_token():
    tokenizer = load_tokenizer("sentencepiece", sentencepiece_data(dummy_prefix=True))
    disguised = "say \N{FULLWIDTH LESS-THAN SIGN}|turn> now"
    for special in (False, True):
        ids = tokenizer.encode(disguised, special=special)
        assert tokenizer.special_ids.isdisjoint(ids)
        assert "say" in tokenizer.decode(ids)


@EVERY
@given(st.text(alphabet="aé€🎉 <|", max_size=20))
def test_streaming_never_splits_a_character(make, text):
    tokenizer = make()
    decoder = StreamingDecoder(tokenizer)
    pieces = [decoder.push([token]) for token in tokenizer.encode(text, special=False)]
    assert "\N{REPLACEMENT CHARACTER}" not in "".join(pieces)
    assert "".join(pieces) + decoder.finish() == text


@GEMMA
def test_a_character_cut_off_by_a_control_token_is_marked(make):
    tokenizer = make()
    half = tokenizer.encode("🎉", special=False)[:2]
    ids = [*half, tokenizer.special_tokens["<turn|>"], *tokenizer.encode("on", special=False)]
    assert tokenizer.decode(ids) == "\N{REPLACEMENT CHARACTER}on"


@GEMMA
def test_ids_beyond_the_vocabulary_write_nothing(make):
    tokenizer = make()
    assert tokenizer.decode([tokenizer.vocabulary_size, -1, 10**9]) == ""


@GEMMA
def test_token_bytes_name_every_token(make):
    tokenizer = make()
    assert len(tokenizer.token_bytes) == tokenizer.vocabulary_size
    for name, index in tokenizer.special_tokens.items():
        assert tokenizer.token_bytes[index] == name.encode()
    assert {bytes([byte]) for byte in range(256)} <= set(tokenizer.token_bytes)


@pytest.mark.parametrize(
    ("name", "control"),
    [
        ("<|turn>", True),
        ("<turn|>", True),
        ('<|"|>', True),
        ("<start_of_turn>", True),
        ("<bos>", True),
        ("<b>", False),
        ("<unused12>", False),
        ("\n\n", False),
        ("<0x0A>", False),
        ("<|", False),
    ],
)
def test_control_tokens_are_known_by_their_shape(name, control):
    assert looks_like_control(name) is control


@pytest.mark.parametrize(
    ("kind", "data", "sentence"),
    [
        ("sentencepiece", b"", "SentencePiece tokenizer is damaged"),
        ("sentencepiece", b"not a protobuf", "SentencePiece tokenizer is damaged"),
        ("sentencepiece", sentencepiece_data()[:-20], "SentencePiece tokenizer is damaged"),
        ("hf-json", b"", "tokenizer.json is damaged"),
        ("hf-json", b"{}", "tokenizer.json is damaged"),
        ("hf-json", b"\xff\xfe", "tokenizer.json is damaged"),
        ("hf-json", hf_json_data()[:5_000], "tokenizer.json is damaged"),
        ("hf-json", HuggingFace.from_str('{"model":{"type":"BPE","vocab":{},"merges":[]}}')
         .to_str().encode(), "vocabulary of 0 tokens"),
        ("hf-json", HuggingFace.from_str('{"model":{"type":"WordLevel","vocab":{"a":0},'
         '"unk_token":"a"}}').to_str().encode(), "decodes in a way that is not known"),
        ("hf-json", b'{"model":{"type":"WordLevel","vocab":{"a":4000000000},"unk_token":"a"}}',
         "vocabulary of 4,000,000,001 tokens"),
        ("hf-json-zlib", b"", "does not unpack to"),
        ("hf-json-zlib", compressed(hf_json_data())[:-40], "does not unpack to"),
        ("hf-json-zlib", (10**15).to_bytes(8, "little"), "256 MiB is the most"),
        ("hf-json-zlib", (5).to_bytes(8, "little") + compressed(b"0" * 10**6)[8:], "not unpack"),
        ("wordpiece", b"", "of an unknown kind, 'wordpiece'"),
    ],
)  # fmt: skip
def test_a_damaged_tokenizer_is_one_sentence(kind, data, sentence):
    with pytest.raises(ModelFileError, match=sentence):
        load_tokenizer(kind, data)


def test_flipped_bytes_never_do_more_than_raise():
    random_bytes = random.Random(5)
    for data, kind in ((sentencepiece_data(), "sentencepiece"), (hf_json_data(), "hf-json")):
        for _ in range(40):
            damaged = bytearray(data)
            for _ in range(3):
                damaged[random_bytes.randrange(len(damaged))] = random_bytes.randrange(256)
            try:
                tokenizer = load_tokenizer(kind, bytes(damaged))
            except ModelFileError:
                continue
            tokenizer.encode("turn on the <|turn> light", special=True)
