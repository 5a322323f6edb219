"""A small Debian in a folder, with edge-agent installed from a wheel as a user would."""

import shutil
import subprocess
import sys
from pathlib import Path

RELEASE, PYTHON = "bookworm", "3.11"
PROGRAM = "/opt/edge-agent/bin/edge-agent"
_PACKAGES = (
    "systemd",
    "systemd-sysv",
    "dbus",
    "python3",
    "python3-venv",
    "mosquitto",
    "mosquitto-clients",
    "libsndfile1",
)
_CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
_CHECKOUT = Path(__file__).parents[2]


def make_debian(folder: Path) -> Path:
    """Return the root of a Debian in `folder`, made by debootstrap the first time."""
    root = folder / RELEASE
    finished = folder / f"{RELEASE}.finished"
    if not finished.exists():
        shutil.rmtree(root, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        included = f"--include={','.join(_PACKAGES)}"
        with (folder / "debootstrap.log").open("w") as log:
            subprocess.run(
                ["debootstrap", "--variant=minbase", included, RELEASE, str(root)],
                stdout=log,
                stderr=log,
                check=True,
            )
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        (root / "etc/systemd/system/multi-user.target.wants/mosquitto.service").unlink(
            missing_ok=True
        )
        finished.touch()
    return root


def build_wheel(folder: Path) -> Path:
    """Build the wheel of this checkout into `folder`, away from the checkout, and return it."""
    source, wheels = folder / "source", folder / "built"
    for old in (source, wheels):
        shutil.rmtree(old, ignore_errors=True)
    source.mkdir(parents=True)
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=_CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (_CHECKOUT / name).exists():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(_CHECKOUT / name, source / name, follow_symlinks=False)
    _python("-m", "build", "--wheel", "--outdir", str(wheels), str(source))
    return next(wheels.glob("*.whl"))


def install_wheel(root: Path, wheel: Path, cache: Path) -> None:
    """Install `wheel` and what it needs into the Debian's /opt/edge-agent, without a network."""
    (cache / wheel.name).unlink(missing_ok=True)  # pip would read an older one's requirements
    for_it = ("--only-binary=:all:", "--python-version", PYTHON)
    _python("-m", "pip", "-qq", "download", *for_it, "-c", _CONSTRAINTS, "-d", cache, wheel)
    shutil.copytree(cache, root / "opt/wheels", dirs_exist_ok=True)
    shutil.copy2(wheel, root / "opt/wheels")
    pip = "/opt/edge-agent/bin/pip install --quiet --no-index --find-links /opt/wheels"
    for command in (
        "test -x /opt/edge-agent/bin/pip || python3 -m venv /opt/edge-agent",
        f"{pip} edge-agent",
        f"{pip} --force-reinstall --no-deps edge-agent",
    ):
        subprocess.run(["chroot", str(root), "sh", "-c", command], check=True)


def _python(*arguments: object) -> None:
    subprocess.run([sys.executable, *map(str, arguments)], stdout=subprocess.DEVNULL, check=True)
