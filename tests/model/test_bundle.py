from pathlib import Path

import numpy as np
import pytest
from containers import PREAMBLE, Part, model, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_agent.model.bundle import Bundle
from edge_agent.model.bundle_header import SectionKind, parse_sections, read_header
from edge_agent.model.errors import ModelFileError

PLAIN = Path(__file__).parent.parent / "models" / "plain.litertlm"
METADATA = Part(SectionKind.LLM_METADATA, b"metadata")


def test_sections_are_found_where_they_lie() -> None:
    content = PLAIN.read_bytes()
    with Bundle.open(PLAIN) as bundle:
        section = bundle.model("prefill_decode")
        assert section is not None
        assert bytes(bundle.map(section)) == content[section.start : section.stop]
        assert content[section.start + 4 : section.start + 8] == b"TFL3"
        assert bundle.of_kind(SectionKind.LLM_METADATA) is not None
        assert bundle.model("vision_encoder") is None


@pytest.mark.parametrize(
    "spelt", ["prefill_decode", "tf_lite_prefill_decode", "TF_LITE_PREFILL_DECODE"]
)
def test_model_types_are_spelt_in_many_ways(spelt: str, tmp_path: Path) -> None:
    path = write(tmp_path / "m.litertlm", [METADATA, model(spelt)])
    with Bundle.open(path) as bundle:
        section = bundle.model("prefill_decode")
        assert section is not None
        assert bundle.read(section) == b"content"


def test_unknown_kinds_are_passed_over(tmp_path: Path) -> None:
    path = write(tmp_path / "m.litertlm", [Part(9), Part(117), model("embedder")])
    with Bundle.open(path) as bundle:
        assert [section.kind for section in bundle.sections] == [9, 117, 3]
        assert bundle.model("embedder") is not None


def test_writing_into_a_mapped_section_leaves_the_file_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "m.litertlm", [model("embedder")])
    with Bundle.open(path) as bundle:
        section = bundle.model("embedder")
        assert section is not None
        mapped = bundle.map(section, writable=True)
        mapped[:3] = np.frombuffer(b"CON", np.uint8)
        assert bytes(mapped) == b"CONtent"
        assert bundle.read(section) == b"content"


def test_a_mapped_section_outlives_the_bundle(tmp_path: Path) -> None:
    with Bundle.open(write(tmp_path / "m.litertlm", [model("embedder")])) as bundle:
        mapped = bundle.map(bundle.sections[0])
    assert bytes(mapped) == b"content"


def test_another_file_has_another_fingerprint(tmp_path: Path) -> None:
    one = write(tmp_path / "one.litertlm", [model("embedder")])
    other = write(tmp_path / "other.litertlm", [model("embedder", b"content, more")])
    with Bundle.open(one) as first, Bundle.open(one) as again, Bundle.open(other) as second:
        assert first.fingerprint() == again.fingerprint() != second.fingerprint()


@pytest.mark.parametrize(
    ("parts", "complaint"),
    [
        ([], "no sections"),
        ([model("embedder", start=1 << 40, stop=(1 << 40) + 5)], "cut off"),
        ([model("embedder", start=0)], "cannot be"),
        ([model("embedder", stop=16384)], "cannot be"),
        ([model("embedder", start=16385)], "no multiple of 16"),
        ([model("embedder"), model("mtp_drafter", start=16384)], "overlap"),
        ([Part(5)] * 300, "300 sections"),
        ([Part(5, properties={f"p{i}": "x" for i in range(100)})], "100 properties"),
        ([Part(5, properties={"name": "x" * 5000})], "5000 bytes"),
    ],
)
def test_wrong_places_are_told(parts: list[Part], complaint: str, tmp_path: Path) -> None:
    path = write(tmp_path / "m.litertlm", parts)
    with pytest.raises(ModelFileError, match=complaint) as caught:
        Bundle.open(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "does not start with LITERTLM"),
        (b"PK\x03\x04 a zip file", "does not start with LITERTLM"),
        (b"LITERTLM", "cut off"),
        (PREAMBLE.pack(b"LITERTLM", 2, 0, 0, 100), "version 2.0"),
        (PREAMBLE.pack(b"LITERTLM", 1, 0, 0, 0), "cannot be"),
        (PREAMBLE.pack(b"LITERTLM", 1, 0, 0, 1 << 60), "cannot be"),
        (PREAMBLE.pack(b"LITERTLM", 1, 0, 0, 5000), "cut off"),
        (PREAMBLE.pack(b"LITERTLM", 1, 0, 0, 132) + bytes(100), "no sections|damaged"),
    ],
)
def test_what_is_no_container_is_told(content: bytes, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "m.litertlm"
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match=complaint):
        Bundle.open(path)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match="No such file"):
        Bundle.open(tmp_path / "gone.litertlm")
    with pytest.raises(ModelFileError):
        Bundle.open(tmp_path)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_damaged_header_gives_sections_or_one_sentence(data: st.DataObject) -> None:
    with PLAIN.open("rb") as file:
        header = bytearray(read_header(file.fileno()))
    for _ in range(data.draw(st.integers(1, 6))):
        header[data.draw(st.integers(0, len(header) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(header)))
    size = PLAIN.stat().st_size
    for damaged in (bytes(header), bytes(header[:cut])):
        try:
            sections = parse_sections(damaged, size)
        except ModelFileError:
            continue
        assert all(0 < section.start < section.stop <= size for section in sections)
