"""A web server with one file: with ranges and an ETag or without, and able to break off."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class FileServer:
    """What is served, and how. `asked` gathers each request's `Range` header, None without one.

    `break_off_after` ends an answer after so many bytes of it, once.
    """

    content: bytes
    etag: str | None = '"first"'
    ranges: bool = True
    status: int | None = None
    moved_to: str | None = None
    break_off_after: int | None = None
    asked: list[str | None] = field(default_factory=list)
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        wanted = request.headers.get("Range")
        self.asked.append(wanted)
        if self.moved_to and request.path != "/moved":
            request.send_response(302)
            request.send_header("Location", self.moved_to)
            request.end_headers()
            return
        if self.status:
            request.send_error(self.status)
            return
        start = self._start(wanted, request.headers.get("If-Range"))
        if start >= len(self.content) > 0:
            request.send_response(416)
            request.send_header("Content-Range", f"bytes */{len(self.content)}")
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        request.send_response(206 if start else 200)
        if start:
            last, size = len(self.content) - 1, len(self.content)
            request.send_header("Content-Range", f"bytes {start}-{last}/{size}")
        if self.etag:
            request.send_header("ETag", self.etag)
        request.send_header("Content-Length", str(len(self.content) - start))
        request.end_headers()
        cut, self.break_off_after = self.break_off_after, None
        request.wfile.write(self.content[start:][:cut])

    def _start(self, wanted: str | None, if_range: str | None) -> int:
        if not (self.ranges and wanted) or if_range not in {None, self.etag}:
            return 0
        return int(re.fullmatch(r"bytes=(\d+)-", wanted).group(1))


@contextmanager
def serving(content: bytes, **how: object) -> Iterator[FileServer]:
    """Serve `content` on a free port of the loopback interface."""
    served = FileServer(content, **how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}/model.litertlm"
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield served
        server.shutdown()
