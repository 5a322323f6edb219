import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_agent.home.home_file import HomeFileError, load_home
from edge_agent.home.types import Capability, Device, Kind
from edge_agent.tools.contract import HOME_TOOLS

DOCS = Path(__file__).parents[2] / "docs" / "home-file.md"
LAMP = "{id: lamp, name: lamp, area: hall, kind: light, can: [on_off]}"
HALL = f"devices:\n  - {LAMP}\n"


def lamp(old: str, new: str) -> str:
    """Return a home with one lamp, whose entry has `new` in the place of `old`."""
    return f"devices:\n  - {LAMP.replace(old, new)}\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "HOME.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", DOCS.read_text(), re.DOTALL)


def test_the_example_in_the_docs_loads(tmp_path: Path) -> None:
    (example,) = code_blocks("yaml")
    devices = load_home(written(tmp_path, example)).devices
    assert devices[0] == Device(
        "kitchen_light",
        "kitchen light",
        "kitchen",
        Kind.LIGHT,
        frozenset({Capability.ON_OFF, Capability.BRIGHTNESS, Capability.COLOR}),
    )
    assert [device.id for device in devices] == [
        "kitchen_light", "front_door", "blinds", "heating", "radio", "porch", "movie_night",
    ]  # fmt: skip
    assert devices[-1].can == frozenset()


def test_the_error_in_the_docs_is_the_one_that_comes(tmp_path: Path) -> None:
    (example,) = code_blocks("yaml")
    path = written(tmp_path, example.replace("brightness", "brightnes"))
    with pytest.raises(HomeFileError) as caught:
        load_home(path)
    (promised,) = code_blocks("text")
    assert str(caught.value).replace(str(tmp_path) + "/", "") == promised.strip()


def test_the_docs_name_the_tools_of_each_capability() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", DOCS.read_text(), re.MULTILINE)
    told = {
        row[0]: set(re.findall(r"`(\w+)`", row[1])) for row in rows if row[0] in set(Capability)
    }
    for capability in set(Capability) - {Capability.STATE}:
        tools = {tool.name for tool in HOME_TOOLS if tool.capability is capability}
        assert told[capability.value] == tools


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("devices:\n  - {id: a, nmae: x}\n", 2, "unknown key `nmae`: did you mean `name`?"),
        ("device: []\n", 1, "unknown key `device`: did you mean `devices`?"),
        ("devices: lamp\n", 1, "`devices` must be a list"),
        ("# nothing\n{}\n", 2, "there is no list `devices:`"),
        ("- a\n", 1, "a home file is written as `key: value`"),
        ("just text", 1, "a home file is written as `key: value`"),
        ("devices:\n  - lamp\n", 2, "a device is written as `key: value`"),
        (f"devices:\n  - {LAMP}\n\n  - {LAMP}\n", 4, "taken by the device on line 2"),
        (
            lamp("light", "lihgt"),
            2,
            "unknown kind `lihgt`: did you mean `light`? Known are light, switch, fan, cover",
        ),
        (lamp("on_off", "on_of"), 2, "did you mean `on_off`?"),
        (lamp("on_off", "dance"), 2, "unknown can `dance`: Known are"),
        (lamp("[on_off]", "on_off"), 2, "`can` must be a list"),
        (lamp("[on_off]", "[[on_off]]"), 2, "`can` must be text"),
        (lamp("name: lamp", "name: yes"), 2, "put yes in quotes"),
        (lamp("name: lamp", "name: 7"), 2, "put 7 in quotes"),
        (lamp("name: lamp", "name: "), 2, "`name` must be text"),
        (lamp("name: lamp", "name: [a]"), 2, "`name` must be text"),
        (lamp("id: lamp", "id: a/b"), 2, "cannot name a topic"),
        (lamp("id: lamp", "id: " + "x" * 65), 2, "1 to 64"),
        (lamp("name: lamp", "name: " + "x" * 65), 2, "65 characters"),
        (lamp("name: lamp", 'name: "a\\a"'), 2, "invisible control character"),
        (lamp("name: lamp", 'name: "a\\nb"'), 2,
         "invisible control character"),
        (lamp("name: lamp", "name: a\u202eb"), 2, "invisible control"),
        (lamp("name: lamp", "name: <|tool_call>"), 2, "holds < or >"),
        (lamp("area: hall", 'area: "  "'), 2, "`area` is empty"),
        ("devices:\n  - {id: a, name: a, area: b, can: []}\n", 2, "no `kind`: add `kind: …`"),
        ("devices:\n  - {id: a, name: a, area: b, kind: fan}\n", 2, "no `can`: add `can: […]`"),
        ("devices:\n  - {id: a, id: b}\n", 2, "`id` stands here twice"),
        ("devices:\n  - {id: a\n", 3, "not YAML"),
        ("devices:\n\t- a\n", 2, "not YAML"),
        ("devices: *nowhere\n", 1, "not YAML: found undefined alias"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML: but found another document"),
        ("devices:\n  - \x07\n", 2, "a control character"),
        (b"devices:\n  - \xff\n", 2, "no UTF-8"),
        ("? [a]\n: b\n", 1, "`a key` must be text"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_line(
    tmp_path: Path, text: str | bytes, line: int, problem: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(HomeFileError, match=re.escape(problem)) as caught:
        load_home(path)
    assert str(caught.value).startswith(f"{path}, line {line}: ")
    assert str(caught.value).endswith(".")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_an_empty_file_is_told(tmp_path: Path, text: str) -> None:
    with pytest.raises(HomeFileError, match=r"is empty|written as"):
        load_home(written(tmp_path, text))


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(HomeFileError, match="There is no file"):
        load_home(tmp_path / "missing.yaml")
    with pytest.raises(HomeFileError, match="is a folder"):
        load_home(tmp_path)
    with pytest.raises(HomeFileError, match="larger than 1 MB"):
        load_home(written(tmp_path, "#" * 1_000_001))
    with pytest.raises(HomeFileError, match="cannot be read"):
        load_home("a\0b")


def test_yaml_bombs_do_not_go_off(tmp_path: Path) -> None:
    layers = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    layers += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 30)]
    with pytest.raises(HomeFileError, match="unknown key `a0`"):
        load_home(written(tmp_path, "\n".join(layers)))
    with pytest.raises(HomeFileError, match="nested too deeply"):
        load_home(written(tmp_path, "[" * 5_000))


def test_a_list_may_be_shared_by_an_alias(tmp_path: Path) -> None:
    text = (
        "devices:\n"
        "  - {id: a, name: a, area: x, kind: light, can: &lamp [on_off]}\n"
        "  - {id: b, name: b, area: x, kind: light, can: *lamp}\n"
    )
    first, second = load_home(written(tmp_path, text)).devices
    assert first.can == second.can == {Capability.ON_OFF}


@pytest.mark.parametrize(
    "name",
    [
        "Küchenlampe",
        "\u0644\u0627\u0645\u067e\u200c\u0647\u0627",
        "👩\u200d🍳",
        'Anna\'s "big" lamp, 2',
    ],
)
def test_names_are_free_text(tmp_path: Path, name: str) -> None:
    quoted = "'" + name.replace("'", "''") + "'"
    (device,) = load_home(written(tmp_path, lamp("name: lamp", f"name: {quoted}"))).devices
    assert device.name == name


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="devics:-{}[],&*!#|>'\"\n\t abk0é<", max_size=200))
def test_any_text_is_a_home_or_an_error(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("home") / "HOME.yaml"
    path.write_text(text)
    with contextlib.suppress(HomeFileError):
        load_home(path)


def test_devices_have_aliases_and_areas_other_names(tmp_path: Path) -> None:
    more = "areas:\n  upstairs: [bedroom, bath  room]\n  lounge: [living room]\n"
    home = load_home(written(tmp_path, more + lamp("}", ", aliases: [night  light, it]}")))
    assert home.devices[0].aliases == ("night light", "it")
    assert home.areas == {"upstairs": ("bedroom", "bath room"), "lounge": ("living room",)}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (lamp("}", ", aliases: night}"), "line 2: `aliases` must be a list"),
        (lamp("}", ", aliases: [7]}"), "line 2: `aliases` must be text"),
        (
            f"areas: [hall]\n{HALL}",
            "line 1: `areas` is written as `upstairs: [",
        ),
        (f"areas:\n  upstairs: hall\n{HALL}", "line 2: `upstairs` must be a list"),
        (f"areas:\n  no: [hall]\n{HALL}", "line 2: `an area` must be text"),
    ],
)
def test_what_is_wrong_with_names_is_told(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(HomeFileError) as caught:
        load_home(written(tmp_path, text))
    assert complaint in str(caught.value)
