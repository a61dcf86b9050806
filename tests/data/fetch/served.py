"""A server on the loopback interface that misbehaves as it is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from segaug.data.download import Download
from segaug.data.fetch.web import Web

WEB = Web(plain=True, timeout_s=5, tries=3, pause_s=0)


@dataclass
class Served:
    """What it answers, and what it was asked.  cuts: for each answer, how many bytes come before it ends too early."""

    content: bytes
    address: str = ""
    cuts: list[int] = field(default_factory=list)
    ranges: bool = True
    says: list[int] = field(default_factory=list)  # errors before the first answer
    redirect: str = ""
    heads: dict[str, str] = field(default_factory=dict)  # instead of the true ones
    asked: list[str] = field(default_factory=list)  # headers of ranges

    def offered(self, content: bytes | None = None, **options: str) -> Download:
        """As a config lists it; content: of the digest."""
        digest = sha256(self.content if content is None else content).hexdigest()
        download = Download(address="https://example.org/file", sha256=digest, **options)
        object.__setattr__(download, "address", self.address)  # no config may say http
        return download


@contextmanager
def serving(content: bytes, **options) -> Iterator[Served]:
    served = Served(content, **options)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            served.asked.append(self.headers.get("Range", ""))
            if served.says:
                self.send_error(served.says.pop(0))
                return
            if served.redirect:
                self.send_response(302)
                self.send_header("Location", served.redirect)
                self.send_header("Content-Length", "1000")  # which never come
                self.end_headers()
                return
            start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self._partial() else 0
            if start >= len(served.content) and start:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{len(served.content)}")
                self.end_headers()
                return
            rest = served.content[start:]
            self.send_response(206 if self._partial() else 200)
            self.send_header("Content-Length", served.heads.get("Content-Length", str(len(rest))))
            if self._partial():
                self.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
            self.end_headers()
            self.wfile.write(rest[: served.cuts.pop(0)] if served.cuts else rest)

        def _partial(self):
            return served.ranges and "Range" in self.headers

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    served.address = f"http://127.0.0.1:{server.server_port}/file"
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
