"""The test: homes, sentences and voices that training never met: `python -m tools.nano.test_set`.

Half of the homes have names made of words that no training name has; the sentences are another
writer's, who had not seen what training has. Each request is spoken by one of four neural voices
that are in no training clip, or by flite, which training never used, or is
typed. Besides, there are the clips of the neural voices under noise, requests that refer to one
before, such as no home can do, some for tools that training never met, and some in the sentences
of Home Assistant's community. Written to `test/`:
`test.json` and a WAV for each spoken request.
"""

import argparse
import json
import random
import subprocess
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from edge_agent.home.types import Device
from tools.nano import names
from tools.nano.clips import SAMPLE_RATE, read_requests
from tools.nano.conversation_test import conversation_cases
from tools.nano.home_assistant_test import home_assistant_cases
from tools.nano.homes import fill_home
from tools.nano.names import Words
from tools.nano.neural_voice import TEST_VOICES, NeuralVoice
from tools.nano.noisy import NOISES, mixed
from tools.nano.nonspeech import nonspeech_clips
from tools.nano.own_tools_test import own_tools_spoken
from tools.nano.refusals_test import refusal_cases
from tools.nano.requests import PLAIN_TEST, TEST, ask_for, draw_nothing
from tools.nano.test_case import Case, named_calls
from tools.nano.work import work_parser

_HOMES = 50
_FLITE_VOICES = ("kal16", "awb", "rms", "slt")
_FLITE_A_HOME = 2
_TYPED_A_HOME = 4
_SEED = 79
_DECIBELS, _BABBLING = 10, 5
_VOICES = sorted(TEST_VOICES)
_SENTENCES = (42, 58)
"""How many of the writer's sentences training has too, and how many not, of a hundred."""


def main() -> None:
    """Draw the test and speak it; clips that are there are kept where they say the same."""
    parser = work_parser(__doc__ or "")
    parser.add_argument("--voices", type=Path, required=True, help="folder with af_nova.bin …")
    parser.add_argument("--speech", type=Path, required=True, help="folder with requests.tsv")
    options = parser.parse_args()
    folder: Path = options.work / "test"
    folder.mkdir(parents=True, exist_ok=True)
    homes, cases = _draw_test(_training_names(options), random.Random(_SEED))
    cases += _under_noise(cases)
    cases += refusal_cases(homes, _VOICES, f"{_SEED} refusals")
    cases += conversation_cases(homes, _VOICES, f"{_SEED} conversation")
    cases += own_tools_spoken(_VOICES)
    cases += home_assistant_cases(homes, f"{_SEED} home assistant")
    content = {
        "homes": [[_as_row(device) for device in home] for home in homes],
        "cases": [asdict(case) for case in cases],
    }
    _remove_stale(cases, folder)
    (folder / "test.json").write_text(json.dumps(content, indent=1), encoding="utf-8")
    _speak(cases, folder, NeuralVoice(options.voices))
    print(f"{folder}: {len(homes)} homes, {len(cases)} requests")


def _training_names(options: argparse.Namespace) -> set[str]:
    tables = (options.speech / "requests.tsv", options.work / "requests.tsv")
    spoken = [request for table in tables for request in read_requests(table).values()]
    return {row["name"].casefold() for request in spoken for row in request.devices}


def _draw_test(taken: set[str], chance: random.Random) -> tuple[list[list[Device]], list[Case]]:
    homes, cases = [], []
    for number in range(_HOMES):
        label = "new" if number % 2 else "known"
        words = names.HELD_OUT if label == "new" else names.TRAINING
        home: list[Device] = []
        while not home or any(device.name.casefold() in taken for device in home):
            home = fill_home([], chance.randint(4, 12), words, chance)
        homes.append(home)
        cases += _draw_cases(number, label, home, words, chance)
    return homes, cases


def _draw_cases(
    number: int, label: str, home: list[Device], words: Words, chance: random.Random
) -> list[Case]:
    flite = [f"flite-{chance.choice(_FLITE_VOICES)}" for _ in range(_FLITE_A_HOME)]
    voices = [*sorted(TEST_VOICES), *flite, *([""] * _TYPED_A_HOME)]
    cases = []
    for index, voice in enumerate(voices):
        count = chance.choices((1, 2), (85, 15))[0]
        sentence, style = chance.choices((("plain", PLAIN_TEST), ("new", TEST)), _SENTENCES)[0]
        style = replace(style, words=words)
        asked = ask_for(tuple(chance.sample(home, count)), style, chance, digits=not voice)
        calls = named_calls(asked.calls)
        cases.append(
            Case(f"{number:02d}-{index}", number, label, sentence, asked.text, voice, calls)
        )
    idle = chance.choice(sorted(TEST_VOICES))
    for voice in (idle, ""):
        said = draw_nothing(replace(TEST, words=words), chance)
        cases.append(Case(f"{number:02d}-idle{voice}", number, label, "new", said, voice, []))
    cases.append(Case(f"{number:02d}-noise", number, label, "", "", "noise", []))
    return cases


def _under_noise(cases: list[Case]) -> list[Case]:
    """Return the requests in neural voices once more, each under one of the noises."""
    clear = [case for case in cases if case.voice in TEST_VOICES and case.calls]
    return [
        replace(
            case,
            id=f"{case.id}-noisy",
            row=f"spoken at {_DECIBELS} dB signal to noise",
            noise=NOISES[index % len(NOISES)],
            clip_of=case.id,
        )
        for index, case in enumerate(clear)
    ]


def _remove_stale(cases: list[Case], folder: Path) -> None:
    """Remove the clips in which something else is said than the cases of their names now say."""
    table = folder / "test.json"
    before = json.loads(table.read_text(encoding="utf-8"))["cases"] if table.exists() else []
    said = {case.id: (case.text, case.voice) for case in cases}
    for row in before:
        if said.get(row["id"]) != (row["text"], row["voice"]):
            (folder / f"{row['id']}.wav").unlink(missing_ok=True)


def _speak(cases: list[Case], folder: Path, neural: NeuralVoice) -> None:
    noises = dict(enumerate(sound for _, sound in nonspeech_clips(_HOMES, _SEED)))
    chance = random.Random(_SEED)
    for case in cases:
        target = folder / f"{case.id}.wav"
        speed, before, after = chance.uniform(0.85, 1.2), chance.uniform(0.1, 0.5), 0.4
        if not case.voice or target.exists():
            continue
        if case.noise:
            soundfile.write(target, _noisy(case, cases, folder), SAMPLE_RATE)
            continue
        if case.voice == "noise":
            samples = noises[case.home]
        elif case.voice.startswith("flite-"):
            samples = _flite(case.text, case.voice.removeprefix("flite-"))
        else:
            samples = neural.say(case.text, case.voice, speed=speed)
        if case.voice != "noise":
            pads = (int(before * SAMPLE_RATE), int(after * SAMPLE_RATE))
            samples = np.pad(0.5 * samples / max(1e-3, float(np.abs(samples).max())), pads)
        soundfile.write(target, samples, SAMPLE_RATE)


def _noisy(case: Case, cases: list[Case], folder: Path) -> NDArray[np.float32]:
    """Mix the clip of a case with noise: what babbles are clips of other homes."""
    spoken = [it for it in cases if it.voice in TEST_VOICES and not it.row and it.home != case.home]
    others = random.Random(case.id).sample(spoken, _BABBLING) if case.noise == "babble" else []
    clip, *others_said = (_read(folder, name) for name in (case.clip_of, *(it.id for it in others)))
    return mixed(clip, case.noise, _DECIBELS, others_said, case.id)


def _read(folder: Path, name: str) -> NDArray[np.float32]:
    return soundfile.read(folder / f"{name}.wav", dtype="float32")[0]


def _flite(text: str, voice: str) -> NDArray[np.float32]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(("flite", "-voice", voice, "-t", text, "-o", file.name), check=True)
        samples, rate = soundfile.read(file.name, dtype="float32")
    return soxr.resample(samples, rate, SAMPLE_RATE)


def _as_row(device: Device) -> dict[str, object]:
    return {
        "id": device.id,
        "name": device.name,
        "area": device.area,
        "kind": device.kind.value,
        "can": sorted(ability.value for ability in device.can),
    }


if __name__ == "__main__":
    main()
