"""Fetches a file over HTTP, going on where an earlier attempt broke off.

What has come so far lies in `NAME.part`; `NAME.part.version` holds the server's `ETag` of it, so
that a file that was changed meanwhile is begun anew (RFC 9110: `Range`, `If-Range`, 206, 416).
"""

import http.client
import os
import re
import shutil
from pathlib import Path
from ssl import SSLError
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from edge_agent.catalogue.checksum import Progress
from edge_agent.catalogue.types import CatalogueError

_BLOCK = 1 << 20
_TIMEOUT = 30.0  # seconds without a byte
_SPARE = 64 << 20  # bytes that are left free on the disk
_CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+)")
_PARTIAL, _RANGE_NOT_SATISFIABLE = 206, 416
_SIGN_IN = (401, 403)


class _StayEncrypted(HTTPRedirectHandler):
    """Follows redirections, but not from https to plain http."""

    def redirect_request(self, req: Request, *rest: Any) -> Request | None:  # noqa: ANN401 - passed on
        """Return the request to go on with; `rest` ends with the address that it leads to."""
        if req.type == "https" and not str(rest[-1]).startswith("https:"):
            raise URLError("it leads from https to an address that is not")
        return super().redirect_request(req, *rest)


def download(url: str, part: Path, progress: Progress) -> None:
    """Fetch `url` into `part`, the rest of it only where some is there already.

    Raises `CatalogueError`; what has come by then is kept for the next attempt.
    """
    if not url.startswith(("http://", "https://")):
        raise CatalogueError(f"'{url}' is no address: it must begin with https:// or http://.")
    try:
        response = _open(url, part)
        if response is not None:
            with response:
                _receive(response, part, progress)
    except HTTPError as error:
        raise CatalogueError(_told(url, error.code)) from error
    except URLError as error:
        raise CatalogueError(f"{url} cannot be reached: {error.reason}.") from error
    except (TimeoutError, ConnectionError, SSLError, http.client.HTTPException) as error:
        raise CatalogueError(
            f"{url} broke off ({error or type(error).__name__}): run the same command again, and it"
            " goes on from there."
        ) from error
    except OSError as error:
        raise CatalogueError(f"{part} cannot be written: {error.strerror}.") from error


def forget(part: Path) -> None:
    """Remove what an attempt has left."""
    part.unlink(missing_ok=True)
    _version_of(part).unlink(missing_ok=True)


def _open(url: str, part: Path) -> Any:  # noqa: ANN401 - what urllib returns has no public type
    """Ask for what is missing, or for all where that cannot be had; None where all is there."""
    opener = build_opener(_StayEncrypted)
    try:
        return opener.open(Request(url, headers=_going_on(part)), timeout=_TIMEOUT)  # noqa: S310 - http only
    except HTTPError as error:
        if error.code != _RANGE_NOT_SATISFIABLE:
            raise
        if error.headers.get("Content-Range") == f"bytes */{part.stat().st_size}":
            return None
    forget(part)
    return opener.open(Request(url), timeout=_TIMEOUT)  # noqa: S310 - http only


def _going_on(part: Path) -> dict[str, str]:
    """Return the headers that ask for the rest, and only of the file that was begun."""
    version = _version_of(part)
    if not (part.exists() and part.stat().st_size and version.exists()):
        return {}
    return {"Range": f"bytes={part.stat().st_size}-", "If-Range": version.read_text()}


def _receive(response: Any, part: Path, progress: Progress) -> None:  # noqa: ANN401 - as above
    start, size = _extent(response)
    if start and start != part.stat().st_size:
        raise CatalogueError(f"{response.url} sent another part of the file than was asked for.")
    _remember_version(response, part)
    _check_space(part, size - start)
    done = start
    with part.open("r+b" if start else "wb") as file:
        file.seek(start)
        while block := response.read(_BLOCK):
            file.write(block)
            done += len(block)
            progress(done, max(size, done))
        file.flush()
        os.fsync(file.fileno())
    if done < size:
        raise ConnectionError(f"{done} of {size} bytes came")


def _extent(response: Any) -> tuple[int, int]:  # noqa: ANN401 - as above
    """Return where the answer begins in the file, and the file's size (0 where it is not said)."""
    if response.status == _PARTIAL:
        found = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if found is None:
            raise CatalogueError(f"{response.url} sent a part of the file without saying which.")
        return int(found.group(1)), int(found.group(2))
    return 0, int(response.headers.get("Content-Length") or 0)


def _remember_version(response: Any, part: Path) -> None:  # noqa: ANN401 - as above
    """Keep the file's strong `ETag`: a weak one does not promise the same bytes."""
    version = response.headers.get("ETag", "")
    if version.startswith('"'):
        _version_of(part).write_text(version)
    else:
        _version_of(part).unlink(missing_ok=True)


def _version_of(part: Path) -> Path:
    return part.with_name(f"{part.name}.version")


def _check_space(part: Path, needed: int) -> None:
    free = shutil.disk_usage(part.parent).free
    if needed + _SPARE > free:
        raise CatalogueError(
            f"{part.parent} has {free / 1e9:.1f} GB free, and {(needed + _SPARE) / 1e9:.1f} are"
            " needed: make room, or choose another folder with --to."
        )


def _told(url: str, code: int) -> str:
    if code in _SIGN_IN:
        return (
            f"{url} asks for a sign-in ({code}): fetch the file with a browser, and import it with"
            " --from FILE."
        )
    return f"{url} answers {code} {http.client.responses.get(code, '')}".rstrip() + "."
