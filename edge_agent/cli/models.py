"""`edge-agent models`: which there are, which fits, and files brought, checked and looked into."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edge_agent.cli.failures import ExitCode, fail, failures_told

if TYPE_CHECKING:
    from rich.progress import Progress as Bars

    from edge_agent.catalogue.checksum import Checked, Progress
    from edge_agent.catalogue.contents import FileContents
    from edge_agent.catalogue.recommendation import Fit

app = typer.Typer(help="Model files: list, recommend, pull, verify, info.", no_args_is_help=True)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]


@app.command(name="list")
def list_models(as_json: _Json = False) -> None:
    """List the models that are known, and which of them run on this machine."""
    from edge_agent.catalogue.machine import this_machine
    from edge_agent.catalogue.reading import read_catalogue
    from edge_agent.catalogue.recommendation import fit

    machine = this_machine()
    fits = [fit(model, machine) for model in read_catalogue().models]
    if as_json:
        print(json.dumps([_as_json(it) for it in fits]))
        return
    _print_table(fits)


@app.command()
def recommend(as_json: _Json = False) -> None:
    """Say which model suits this machine, and why."""
    from edge_agent.catalogue.machine import this_machine
    from edge_agent.catalogue.reading import read_catalogue
    from edge_agent.catalogue.recommendation import recommend as choose

    chosen = choose(read_catalogue(), this_machine())
    if as_json:
        fits = [_as_json(it) for it in chosen.fits]
        print(json.dumps({"id": chosen.model.id, "why": chosen.why, "models": fits}))
        return
    print(f"{chosen.model.name}: {chosen.why}.")
    if chosen.model.file:
        print(f"Get it with: edge-agent models pull {chosen.model.id}")
    for it in chosen.fits:
        print(f"  {it.model.id:16} {it.why}")


@app.command()
def pull(
    model: Annotated[
        str | None, typer.Argument(help="A model's id, as `models list` says.")
    ] = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar="URL|FILE", help="Where to take the file from instead."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--to", help="The folder for it; the user's data folder if none.")
    ] = None,
    hub: Annotated[
        str | None,
        typer.Option(
            envvar="EDGE_AGENT_HUB",
            help="Another hub: a URL with {repository} and {name} in it.",
        ),
    ] = None,
    sha256: Annotated[
        str | None, typer.Option(help="Refuse the file if its SHA-256 is another one.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Fetch a model's file, or import one; an attempt that broke off is gone on with."""
    with _catalogue_failures_told(), _bars() as bars:
        from edge_agent.catalogue.pulling import Pull, models_folder
        from edge_agent.catalogue.pulling import pull as bring
        from edge_agent.catalogue.reading import read_catalogue
        from edge_agent.catalogue.types import CatalogueError

        catalogue = read_catalogue()
        known = catalogue.model(model) if model else None
        if known is None and source is None:
            fail("Name a model, or a file with --from.", ExitCode.BAD_INPUT)
        if known and known.refused:
            raise CatalogueError(f"{known.name} cannot run here: {known.refused}.")
        file = known.file if known else None
        if source is None and file is None:
            raise CatalogueError(f"'{model}' comes with the package: there is nothing to fetch.")
        wanted = Pull(
            source or (catalogue.url(file, hub) if file else ""),
            folder or models_folder(),
            file,
            sha256,
        )
        got = bring(
            wanted,
            catalogue,
            _bar(bars, wanted.target.name),
            _bar(bars, "checking"),
        )
    _tell_checked(got, as_json=as_json)
    if not as_json:
        print(f'Use it: edge-agent ask --model "{got.path}" "…"')


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A .litertlm file.")], as_json: _Json = False
) -> None:
    """Tell whether a file is whole, and one that is known. One that is not is not refused."""
    with _catalogue_failures_told(), _bars() as bars:
        from edge_agent.catalogue.checksum import check
        from edge_agent.catalogue.reading import read_catalogue
        from edge_agent.model.bundle import Bundle

        Bundle.open(file).close()
        checked = check(file, read_catalogue(), _bar(bars, "checking"))
    _tell_checked(checked, as_json=as_json)


@app.command()
def info(
    file: Annotated[Path, typer.Argument(help="A .litertlm file.")], as_json: _Json = False
) -> None:
    """Show what a model file holds and can do."""
    with failures_told():
        from edge_agent.catalogue.contents import read_contents

        contents = read_contents(file)
    if as_json:
        print(json.dumps(asdict(contents) | {"path": str(file)}))
    else:
        _print_contents(contents)
    if contents.trouble:
        fail(f"{file} cannot be run: {contents.trouble}.", ExitCode.NO_MODEL)


@contextmanager
def _catalogue_failures_told() -> Iterator[None]:
    from edge_agent.catalogue.types import CatalogueError

    with failures_told():
        try:
            yield
        except CatalogueError as error:
            fail(error, ExitCode.BAD_INPUT)


@contextmanager
def _bars() -> "Iterator[Bars]":
    """Show progress on standard error, so that standard output stays the result's."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    times = (TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, *times, console=console, disable=not console.is_terminal) as bars:
        yield bars


def _bar(bars: "Bars", name: str) -> "Progress":
    task = bars.add_task(name, total=None)
    return lambda done, size: bars.update(task, completed=done, total=size)


def _tell_checked(checked: "Checked", *, as_json: bool) -> None:
    known = checked.model
    if as_json:
        said = {"path": str(checked.path), "bytes": checked.bytes, "sha256": checked.sha256}
        print(json.dumps(said | {"known_as": known.id if known else None}))
    elif known:
        print(f"{checked.path} is {known.name}, as it was published.")
    else:
        print(f"{checked.path} is whole, but not one I know (SHA-256 {checked.sha256}).")


def _as_json(it: "Fit") -> dict[str, object]:
    return asdict(it.model) | {"fits": it.fits, "needed_gb": round(it.needed_gb, 2), "why": it.why}


def _print_table(fits: "list[Fit]") -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("model", "takes", "file", "memory", "here", "meant for", box=None)
    for it in fits:
        model = it.model
        size = f"{model.file.bytes / 1e9:.2f} GB" if model.file else ""
        table.add_row(
            model.id,
            ", ".join(model.takes),
            "comes along" if model.bundled else size,
            f"{it.needed_gb:.1f} GB",
            "[green]runs[/]" if it.fits else "[red]no[/]",
            model.meant_for,
        )
    page = Console()
    page.print(table)
    for it in fits:
        if not it.fits:
            page.print(f" {it.model.id} {it.why}.", style="dim", highlight=False)


def _print_contents(contents: "FileContents") -> None:
    from rich.console import Console
    from rich.table import Table

    chosen = "up to" if contents.context_is_free else "always"
    page = Console()
    page.print(f"[bold]{contents.path}[/]: {contents.family}, {contents.bytes / 1e6:,.1f} MB")
    page.print(f"  can do    {', '.join(contents.able)}")
    page.print(f"  context   {chosen} {contents.context:,} tokens", highlight=False)
    page.print(f"  KV cache  {contents.cache_bytes_per_token:,} bytes a token", highlight=False)
    page.print(f"  tokenizer {contents.tokenizer}")
    table = Table("section", "bytes", "signatures", box=None)
    table.columns[1].justify = "right"
    for section in contents.sections:
        table.add_row(section.name, f"{section.bytes:,}", ", ".join(section.signatures))
    page.print(table)
