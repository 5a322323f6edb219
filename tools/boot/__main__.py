"""`python -m tools.boot`: make the Debian, boot it, and show the service's life in it."""

import argparse
import os
import shutil
import sys
from pathlib import Path

from tools.boot.debian import build_wheel, install_wheel, make_debian
from tools.boot.life import show_life
from tools.boot.machine import booted

_PACKAGE_OF = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container"}


def main() -> None:
    """Read the arguments and go through it."""
    parser = argparse.ArgumentParser(prog="python -m tools.boot", description=__doc__)
    parser.add_argument("folder", type=Path, help="keeps the Debian between runs")
    parser.add_argument("--wheel", type=Path, help="the wheel; built from this checkout if none")
    parser.add_argument("--model", type=Path, help="a model file; the default model if none")
    given = parser.parse_args()
    missing = [name for program, name in _PACKAGE_OF.items() if shutil.which(program) is None]
    if missing:
        sys.exit(f"These packages are missing: apt-get install {' '.join(missing)}")
    if os.geteuid() != 0:
        sys.exit("Booting a container takes root: run it with sudo.")
    folder = given.folder.resolve()
    root = make_debian(folder)
    install_wheel(root, given.wheel or build_wheel(folder), folder / "wheels")
    model = Path("/opt/model.litertlm") if given.model else None
    if given.model:
        shutil.copy2(given.model, root / "opt/model.litertlm")
    with booted(root) as machine:
        show_life(machine, model, _tell)
    print("\nEverything was as it should be.")


def _tell(what: str, seen: str) -> None:
    print(f"{what:>10}  " + seen.replace("\n", f"\n{'':12}"), flush=True)


main()
