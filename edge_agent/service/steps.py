"""Steps that change a machine: each can say what it does, and whether that is still to be done."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class ServiceError(Exception):
    """The service cannot be installed, removed or asked about: one sentence."""


class Step(Protocol):
    """One change."""

    def describe(self) -> str:
        """Say what it does, in a line."""

    def needed(self) -> bool:
        """Tell whether anything is left to do."""

    def perform(self) -> None:
        """Do it; raises `ServiceError`."""


@dataclass(frozen=True)
class WriteFile:
    """A file with this content, readable by all; `keep` leaves one alone that is there already."""

    path: Path
    content: str
    keep: bool = False

    def describe(self) -> str:
        """Say which file."""
        return f"write {self.path}"

    def needed(self) -> bool:
        """Tell whether it is missing or other."""
        if self.keep:
            return not self.path.exists()
        try:
            return self.path.read_text(encoding="utf-8") != self.content
        except (OSError, UnicodeDecodeError):
            return True

    def perform(self) -> None:
        """Write it beside its place and move it there."""
        written = self.path.with_name(self.path.name + ".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(self.content, encoding="utf-8")
            written.chmod(0o644)
            written.replace(self.path)
        except OSError as error:
            raise ServiceError(f"{self.path} cannot be written: {error.strerror}.") from error


@dataclass(frozen=True)
class KeepSecret:
    """A file that root alone can read, if it is there."""

    path: Path

    def describe(self) -> str:
        """Show the command."""
        return f"chmod 600 {self.path}"

    def needed(self) -> bool:
        """Tell whether it is there, and others can read it."""
        try:
            return bool(self.path.stat().st_mode & 0o077)
        except OSError:
            return False

    def perform(self) -> None:
        """Close it to others."""
        try:
            self.path.chmod(0o600)
        except OSError as error:
            raise ServiceError(f"{self.path} cannot be protected: {error.strerror}.") from error


@dataclass(frozen=True)
class Remove:
    """No file and no folder in this place."""

    path: Path

    def describe(self) -> str:
        """Say which."""
        return f"remove {self.path}"

    def needed(self) -> bool:
        """Tell whether it is there."""
        return os.path.lexists(self.path)

    def perform(self) -> None:
        """Remove it with all that it holds."""
        try:
            if self.path.is_dir() and not self.path.is_symlink():
                shutil.rmtree(self.path)
            else:
                self.path.unlink(missing_ok=True)
        except OSError as error:
            raise ServiceError(f"{self.path} cannot be removed: {error.strerror}.") from error


@dataclass(frozen=True)
class Run:
    """A command that may be run again without harm."""

    command: Sequence[str]

    def describe(self) -> str:
        """Show the command."""
        return " ".join(self.command)

    def needed(self) -> bool:
        """Leave it to the command itself to find out."""
        return True

    def perform(self) -> None:
        """Run it and wait for its end."""
        run(self.command)


@dataclass(frozen=True)
class AddUser:
    """A system user that cannot log in, with a group of its own name."""

    name: str

    def describe(self) -> str:
        """Show the command."""
        return " ".join(self._command())

    def needed(self) -> bool:
        """Tell whether there is no such user."""
        return not user_exists(self.name)

    def perform(self) -> None:
        """Add it."""
        run(self._command())

    def _command(self) -> tuple[str, ...]:
        home = f"/var/lib/{self.name}"
        options = ("--system", "--user-group", "--no-create-home", "--home-dir", home)
        return ("useradd", *options, "--shell", "/usr/sbin/nologin", self.name)


@dataclass(frozen=True)
class RemoveUser:
    """No such user, and no group of its name."""

    name: str

    def describe(self) -> str:
        """Show the command."""
        return f"userdel {self.name}"

    def needed(self) -> bool:
        """Tell whether it is there."""
        return user_exists(self.name)

    def perform(self) -> None:
        """Remove it."""
        run(("userdel", self.name))


def user_exists(name: str) -> bool:
    """Tell whether this machine has that user."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def run(command: Sequence[str]) -> str:
    """Run a program of the system and return what it prints; raises `ServiceError`."""
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - commands of this room
    except OSError as error:
        raise ServiceError(f"{command[0]} cannot be run: {error.strerror}.") from error
    if ended.returncode:
        said = " ".join(ended.stderr.split()) or f"it ended with {ended.returncode}"
        raise ServiceError(f"'{' '.join(command)}' failed: {said}")
    return ended.stdout
