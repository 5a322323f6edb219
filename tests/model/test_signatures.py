from dataclasses import replace

import pytest
from exported_signatures import BOOL, F16, F32, I8, I32, by_key, older, published

from edge_agent.model.errors import ModelFileError
from edge_agent.model.litert import MagicNumber, Signature, TensorSpec
from edge_agent.model.magic_numbers import context_placeholder, fitting_context, magic_numbers
from edge_agent.model.signatures import read_layout


def changed(signature: Signature, name: str, spec: TensorSpec | None) -> Signature:
    """Return the signature with the input `name` replaced, or left out."""
    inputs = tuple(spec if old.name == name else old for old in signature.inputs)
    return replace(signature, inputs=tuple(kept for kept in inputs if kept is not None))


def test_the_published_form_is_understood() -> None:
    layout = read_layout(
        by_key(
            published("prefill_1024", 1024),
            published("prefill_128", 128),
            published("verify", 4, logits=True),
            published("decode", 1, logits=True),
        )
    )
    assert [(step.key, step.length) for step in layout.steps] == [
        ("decode", 1),
        ("verify", 4),
        ("prefill_128", 128),
        ("prefill_1024", 1024),
    ]
    assert (layout.context, layout.vocabulary) == (4096, 262144)
    assert [cache.axis for cache in layout.caches] == [2, 3, 2, 3]
    assert layout.bytes_per_position == 2 * (256 + 512)


def test_the_older_form_is_understood() -> None:
    layout = read_layout(by_key(older("prefill", 64), older("decode", 1, logits=True)))
    assert layout.context == 1280
    assert [cache.axis for cache in layout.caches] == [1, 1]
    assert layout.steps[0].tokens is not None
    assert layout.steps[0].embeddings is None


def test_without_a_mask_the_caches_give_the_context() -> None:
    decode = changed(older("decode", 1, logits=True), "attn_mask", None)
    assert read_layout(by_key(decode)).context == 1280


def test_other_signatures_are_passed_over() -> None:
    decode = published("decode", 1, logits=True)
    odd = Signature("test_decode", 1, (TensorSpec("whatever", F32, (1,)),), ())
    assert [step.key for step in read_layout(by_key(decode, odd)).steps] == ["decode"]


@pytest.mark.parametrize(
    ("name", "spec", "complaint"),
    [
        ("mask", TensorSpec("local_mask", BOOL, (1, 1, 1, 512)), "local_mask .* no input that is"),
        ("mask", TensorSpec("mask", I32, (1, 1, 1, 4096)), "mask int32 .* neither bool nor float"),
        ("mask", TensorSpec("mask", BOOL, (1, 1, 2, 4096)), r"mask .* not \[1, 1, 1, 4096\]"),
        ("input_pos", None, "decode has no input for positions"),
        ("input_pos", TensorSpec("input_pos", F32, (1,)), "input_pos .* not int32"),
        ("embeddings", None, "either tokens or embeddings"),
        ("embeddings", TensorSpec("embeddings", F16, (1, 1, 1536)), "embeddings float16 .* not"),
        ("embeddings", TensorSpec("embeddings", F32, (1, -1, 1536)), r"embeddings .*\[1, -1"),
        ("param_tensor", TensorSpec("param_tensor", I32, (2,)), "param_tensor .* three values"),
        ("kv_cache_k_0", TensorSpec("kv_cache_k_0", I8, (1, 1, 640, 256)), "not an output of"),
    ],
)
def test_what_is_not_understood_is_told(name: str, spec: TensorSpec | None, complaint: str) -> None:
    decode = changed(published("decode", 1, logits=True), name, spec)
    with pytest.raises(ModelFileError, match=complaint) as caught:
        read_layout(by_key(decode))
    assert "decode" in str(caught.value) or "mask" in str(caught.value)


def test_a_file_that_cannot_decode_is_told() -> None:
    with pytest.raises(ModelFileError, match=r"no signature that decodes .*prefill_128"):
        read_layout(by_key(published("prefill_128", 128)))


def test_signatures_that_differ_in_their_caches_are_told() -> None:
    signatures = by_key(published("decode", 1, logits=True), published("prefill_128", 128, 2048))
    with pytest.raises(ModelFileError, match="decode and prefill_128 differ"):
        read_layout(signatures)


def test_a_context_as_long_as_a_head_is_wide_is_understood() -> None:
    layout = read_layout(by_key(published("decode", 1, context=512, logits=True)))
    assert [cache.axis for cache in layout.caches] == [2, 3, 2, 3]


def test_a_cache_without_one_axis_of_positions_is_told() -> None:
    square = older("decode", 1, logits=True)
    for name in ("k_cache_0", "v_cache_0"):
        cache = TensorSpec(name, F32, (1, 1280, 1280, 64))
        square = replace(changed(square, name, cache), outputs=(*square.outputs, cache))
    with pytest.raises(ModelFileError, match=r"k_cache_0 .* without one axis of 1280"):
        read_layout(by_key(square))


def test_placeholders_are_told_from_sizes() -> None:
    magic = read_layout(
        by_key(
            published("decode", 1, 32003, logits=True),
            published("prefill_1031", 1031, 32003),
            published("prefill_128", 128, 32003),
        )
    )
    assert context_placeholder(magic) == 32003
    assert magic_numbers(magic, 512) == (
        MagicNumber(32003, 512),
        MagicNumber(1031, 512, "prefill"),
    )
    fixed = read_layout(by_key(published("decode", 1, logits=True)))
    assert context_placeholder(fixed) is None
    assert magic_numbers(fixed, fixed.context) == ()


@pytest.mark.parametrize(("wanted", "fitting"), [(4096, 4096), (32003, 32000), (99999, 32000)])
def test_a_context_beyond_the_file_is_brought_down(wanted: int, fitting: int) -> None:
    assert fitting_context(wanted, 32003) == fitting
