"""`edge-agent devices`: what there is in the home, and how it is."""

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edge_agent.cli import options
from edge_agent.cli.failures import failures_told
from edge_agent.cli.settings import configured
from edge_agent.cli.waiting import waiting

if TYPE_CHECKING:
    from rich.table import Table

    from edge_agent.home.directory import Listing
    from edge_agent.home.home import Home

_FIRST_STATES_S = 1.0
_REDRAWN_EVERY_S = 0.5


def devices(
    configuration_file: options.ConfigurationFile = None,
    home: options.Home = None,
    broker: options.Broker = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON list, with --watch one a line.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on, and show what changes.")] = False,
) -> None:
    """Show the devices: name, area, what each can do, how it is, where it was found."""
    with failures_told():
        from edge_agent.assembly import connected_home, wait_for_devices

        configuration = configured(configuration_file, home=home, broker=broker)
        with waiting() as tell, connected_home(configuration, tell) as (bus, connected):
            wait_for_devices(connected, bus, tell)
            connected.wait_known((it.id for it in connected.devices), _FIRST_STATES_S)
            tell("")
            if watch:
                _watch(connected, as_json=as_json)
            elif as_json:
                print(json.dumps(_described(connected)))
            else:
                _print(connected)


def _listings(home: "Home") -> "list[Listing]":
    listed = (home.listing(device.id) for device in home.devices)
    return sorted(
        (it for it in listed if it is not None), key=lambda it: (it.device.area, it.device.name)
    )


def _described(home: "Home") -> list[dict[str, Any]]:
    now = time.time()
    return [_as_json(listing, now) for listing in _listings(home)]


def _as_json(listing: "Listing", now: float) -> dict[str, Any]:
    device, report = listing.device, listing.report
    said_at = report.said_at() if report else None
    age_s = report.age_s(now) if report else None
    return {
        "id": device.id,
        "name": device.name,
        "area": device.area,
        "kind": device.kind.value,
        "can": sorted(device.can),
        "class": listing.device_class or None,
        "state": dict(listing.state),
        "age_s": None if age_s is None else round(age_s, 1),
        "last_seen": None if said_at is None else datetime.fromtimestamp(said_at, UTC).isoformat(),
        "reachable": listing.reachable,
        "found_by": list(listing.found_by),
    }


def _print(home: "Home") -> None:
    from rich.console import Console

    page = Console()
    page.print(_table(home) if home.devices else "No devices.")


def _table(home: "Home") -> "Table":
    from rich.table import Table
    from rich.text import Text

    from edge_agent.tools.words import ago, condition_of

    table = Table("name", "area", "can", "state", "said", "found by", box=None)
    now = time.time()
    for listing in _listings(home):
        device, report = listing.device, listing.report
        age_s = report.age_s(now) if report else None
        state = condition_of(device, listing.state)
        table.add_row(
            Text(device.name, "bold"),
            Text(device.area),
            Text(", ".join(sorted(it.replace("_", "/") for it in device.can if it != "state"))),
            Text("unreachable", "red") if listing.reachable is False else Text(state),
            Text("" if report is None else "before" if age_s is None else ago(age_s), "dim"),
            Text(", ".join(name.replace("_", " ") for name in listing.found_by), "dim"),
        )
    return table


def _watch(home: "Home", *, as_json: bool) -> None:
    """Show the devices again whenever something is told of them, until interrupted.

    An interrupt is only noted where it comes, since one raised while the home's lock is being taken
    would leave it taken, and the end would wait for it for ever.
    """
    stopping = threading.Event()
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    show = _lines_shown(home) if as_json else _table_shown(home)
    with show as shown:
        while not stopping.is_set():
            shown()
            home.wait_changed(_REDRAWN_EVERY_S)
    raise KeyboardInterrupt


@contextmanager
def _lines_shown(home: "Home") -> Iterator[Callable[[], None]]:
    """Give what prints the devices as a line of JSON, if a state has changed."""
    last: list[Any] = []

    def show() -> None:
        now = _described(home)
        states = [it["state"] for it in now]
        if states != last:
            print(json.dumps(now), flush=True)
            last[:] = states

    yield show


@contextmanager
def _table_shown(home: "Home") -> Iterator[Callable[[], None]]:
    """Give what draws the table of devices anew."""
    from rich.live import Live

    with Live(auto_refresh=False) as live:
        yield lambda: live.update(_table(home), refresh=True)
