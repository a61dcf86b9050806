"""One answer of a server, by https alone, wherever it redirects to."""

from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse
from typing import IO, cast
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from segaug.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Web:
    """How servers are asked.  plain: take http too, which the tests do for a server of their own; no option says it."""

    plain: bool = False
    timeout_s: float = 60.0  # without a byte
    tries: int = 6  # without a new byte
    pause_s: float = 3.0  # after the first, and twice as long after each further one

    def open(self, address: str, start: int) -> HTTPResponse:
        """The bytes of a file from this one on, or all of them, as the server likes; the status says which.

        Raises DataError for a redirection to anything but https, and what urllib raises.
        """
        request = Request(address, headers={"User-Agent": "segaug", "Accept-Encoding": "identity"})  # no file:
        if start:
            request.add_header("Range", f"bytes={start}-")
        opener = OpenerDirector()
        handlers = (ProxyHandler(), HTTPSHandler(), HTTPDefaultErrorHandler(), HTTPErrorProcessor(), _Redirects(self))
        for handler in (*handlers, *([HTTPHandler()] if self.plain else [])):
            opener.add_handler(handler)
        self.check(address)
        answer = opener.open(request, timeout=self.timeout_s)
        if answer is None:
            raise URLError("no way to ask for it")
        return cast(HTTPResponse, answer)

    def check(self, address: str) -> None:
        """Refuse an address that is not asked by https."""
        scheme = urlsplit(address).scheme
        if scheme != "https" and not (self.plain and scheme == "http"):
            fix = "nothing was taken from there; get the file by hand, from the page of the data set"
            raise DataError(file=address, problem="is no address of https", fix=fix)


class _Redirects(HTTPRedirectHandler):
    def __init__(self, web: Web) -> None:
        self.web = web

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        fp.close()  # unread: urllib would read all of what comes with it into memory, however much that is
        self.web.check(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)
