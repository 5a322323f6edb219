"""`edge-agent ask`: a turn for each request, then out."""

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import ExitCode, fail, failures_told
from edge_agent.cli.settings import configured
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from edge_agent.agent import Answer, Asked
    from edge_agent.eyes import Seen

_NOT_DONE = ("asked", "refused", "failed")


def ask(
    text: Annotated[str | None, typer.Argument(help="What to ask, in words.")] = None,
    audio: Annotated[
        list[Path] | None,
        typer.Option(help="A sound file to hear; may be given many times, a turn each."),
    ] = None,
    image: Annotated[
        list[Path] | None,
        typer.Option(help="A picture to look at; may be given many times, all for one question."),
    ] = None,
    video: Annotated[Path | None, typer.Option(help="A clip to look at, a minute long.")] = None,
    fps: Annotated[float, typer.Option(help="How many pictures a second of the clip.")] = 1.0,
    text_file: Annotated[
        Path | None, typer.Option(help="A file with a request a line; - for standard input.")
    ] = None,
    configuration_file: options.ConfigurationFile = None,
    home: options.Home = None,
    model: options.Model = None,
    broker: options.Broker = None,
    tools: options.Tools = None,
    simulate: options.Simulate = False,
    dry_run: options.DryRun = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object a request, and nothing else.")
    ] = False,
) -> None:
    """Ask once, or once for each sound file and line, and end.

    Ends with 0 when done, 2 for bad input, 3 where an action was refused or failed, 4 without a
    model. Words given beside --audio are said along with each sound. What is asked with --image or
    --video is answered in words alone.
    """
    with failures_told():
        seen = _seen(image or [], video, fps)
        requests = [replace(asked, seen=seen) for asked in _requests(text, audio or [], text_file)]
        if not requests:
            fail("Nothing was asked: give words, --audio or --text-file.", ExitCode.BAD_INPUT)
        from edge_agent.assembly import assembled

        configuration = configured(
            configuration_file,
            home=home,
            model=model,
            broker=broker,
            tools=tools,
            simulate=simulate,
            dry_run=dry_run,
        )
        all_done = True
        with waiting() as tell, assembled(configuration, tell, shown=seen is not None) as parts:
            tell("")
            for asked in requests:
                answer = parts.agent.answer(asked)
                print(json.dumps(answer.as_json()) if as_json else _for_people(answer), flush=True)
                if _can_be_asked(answer, as_json=as_json):
                    answer = parts.agent.answer(_said_in_reply(asked))
                    print(_for_people(answer), flush=True)
                all_done &= not any(it.status in _NOT_DONE for it in answer.outcomes)
    if not all_done:
        raise typer.Exit(ExitCode.NOT_DONE)


def _requests(text: str | None, audio: list[Path], text_file: Path | None) -> Iterator["Asked"]:
    """Gather what is asked, reading every file before anything is done."""
    from edge_agent.agent import Asked
    from edge_agent.senses.wav import read_wav

    for path in audio:
        yield Asked("voice", text or "", read_wav(path))
    if text is not None and not audio:
        yield Asked("text", text)
    if text_file is not None:
        yield from (Asked("text", line) for line in _lines(text_file))


def _seen(images: list[Path], video: Path | None, fps: float) -> "Seen | None":
    """Read what is to be looked at, before anything is done."""
    if not images and video is None:
        return None
    if images and video is not None:
        fail("Give pictures or a clip: both at once cannot be told apart.", ExitCode.BAD_INPUT)
    from edge_agent.eyes import Seen
    from edge_agent.senses.seeing.clip import read_clip
    from edge_agent.senses.seeing.frame import Frame
    from edge_agent.senses.seeing.picture_file import read_picture

    if video is not None:
        clip = read_clip(video, fps)
        return Seen(tuple(Frame(it.pixels, it.at) for it in clip), str(video), is_clip=True)
    names = ", ".join(map(str, images))
    return Seen(tuple(Frame(read_picture(path), 0.0) for path in images), names)


def _lines(path: Path) -> list[str]:
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        lines = data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        fail(f"{path} is no UTF-8 text (byte {error.start}).", ExitCode.BAD_INPUT)
    except OSError as error:
        fail(f"{path} cannot be read: {error.strerror}.", ExitCode.BAD_INPUT)
    return [line.strip() for line in lines if line.strip()]


def _can_be_asked(answer: "Answer", *, as_json: bool) -> bool:
    """Tell whether the answer is a question, and somebody sits there who can answer it."""
    asked = any(outcome.status == "asked" for outcome in answer.outcomes)
    return asked and not as_json and sys.stdin.isatty()


def _said_in_reply(asked: "Asked") -> "Asked":
    from edge_agent.agent import Asked

    return Asked(asked.source, input("> ").strip() or "no")


def _for_people(answer: "Answer") -> str:
    return f'"{answer.heard}"\n{answer.reply}' if answer.heard else answer.reply
