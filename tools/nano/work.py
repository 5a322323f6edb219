"""Where the stages keep what they make: clips, features, checkpoints, exported files."""

import argparse
import os
from pathlib import Path


def work_parser(description: str) -> argparse.ArgumentParser:
    """Return a parser with the option that all stages share: `--work DIR`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument(
        "--work", type=Path, default=default_work(), help="folder for data and checkpoints"
    )
    return parser


def default_work() -> Path:
    """Return the folder in the user's cache that is taken where none is named."""
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return Path(cache).expanduser() / "edge-agent" / "nano"
