"""A part file that is filled by a server's answers, as many as it takes."""

import os
import shutil
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse, InvalidURL
from pathlib import Path
from typing import BinaryIO
from urllib.error import HTTPError

from segaug.data.fetch.web import Web
from segaug.errors import DataError
from segaug.visible import visible

PIECE = 1 << 20  # bytes
MOST_BYTES = 1 << 40  # of one file
_TEMPORARY = {408, 429, *range(500, 600)}  # what a server says that may be of another mind later
_PAGE = "look at the page of the data set: the file may have moved"
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # unknown on Windows
_MOST_DIGITS = 20  # of a length
_PARTIAL, _RANGE_REFUSED = 206, 416


class _Cut(Exception):
    """It ended too early, and what there is can be gone on from."""


class DiskError(Exception):
    """What the disk says is no matter of the network, and is not tried again."""


@dataclass(frozen=True)
class Part:
    """The beginning of the file at an address.  tell: is told the bytes so far and in all; None: nobody knows."""

    address: str
    path: Path
    web: Web
    tell: Callable[[int, int | None], None]

    def fill(self) -> None:
        """Ask until it holds all that the server has; gives up after some tries in a row that brought nothing."""
        failed, pause_s = 0, self.web.pause_s
        with _disk():
            opened = os.open(self.path, os.O_RDWR | os.O_CREAT | _NO_LINK, 0o666)
        with open(opened, "r+b", buffering=0) as file:
            while True:
                before = file.seek(0, os.SEEK_END)
                try:
                    return self._ask(file)
                except _Cut as cut:
                    failed = 0 if file.seek(0, os.SEEK_END) > before else failed + 1
                    if failed >= self.web.tries:
                        fix = "run the command again later; it goes on from what is there"
                        raise DataError(file=self.address, problem=f"cannot be fetched ({cut})", fix=fix) from cut
                    self._wait(cut, pause_s * 2 ** max(failed - 1, 0))

    def _wait(self, cut: _Cut, pause_s: float) -> None:
        told = visible(f"{self.address}: {cut}; asking again in {pause_s:g} s")
        print(told, file=sys.stderr, flush=True)  # minutes of silence would look like a hang
        time.sleep(pause_s)

    def _ask(self, file: BinaryIO) -> None:
        """One question, and its answer to the end of the file; raises _Cut where another one may help."""
        start = file.seek(0, os.SEEK_END)
        try:
            with self.web.open(self.address, start) as answer:
                start, total = _begin(answer, file, start)
                self._check_room(start, total)
                self._copy(answer, file, start, total)
        except HTTPError as error:
            self._refused(error, file, start)
        except (OSError, HTTPException) as error:  # URLError is an OSError
            told = str(getattr(error, "reason", "")) or str(error) or type(error).__name__
            if _lasts(error, start):
                fix = "check the network and the clock of this machine, and look at the page of the data set"
                raise DataError(file=self.address, problem=f"cannot be fetched ({told})", fix=fix) from error
            raise _Cut(told) from error
        except ValueError as error:  # of addresses that the server redirects to
            raise DataError(file=self.address, problem=f"the server's answer is wrong ({error})", fix=_PAGE) from error

    def _refused(self, error: HTTPError, file: BinaryIO, start: int) -> None:
        if error.code == _RANGE_REFUSED and start:  # the part is as long as the file, or is of another one
            if _length(error.headers.get("Content-Range", "").rpartition("/")[2]) == start:
                return
            file.truncate(0)
            raise _Cut("the server has another file by now") from error
        if error.code in _TEMPORARY:
            raise _Cut(f"the server says {error.code} {error.reason}") from error
        raise DataError(file=self.address, problem=f"the server says {error.code} {error.reason}", fix=_PAGE) from error

    def _check_room(self, start: int, total: int | None) -> None:
        free = shutil.disk_usage(self.path.parent).free
        if total is not None and total - start > free:
            problem = f"has {total:,} bytes, of which {total - start:,} are missing, and {free:,} are free"
            fix = "make room, or choose another folder with --to"
            raise DataError(file=self.address, problem=problem, fix=fix)

    def _copy(self, answer: HTTPResponse, file: BinaryIO, start: int, total: int | None) -> None:
        """Raises _Cut where bytes are missing at the end, DataError where they do not end."""
        done, most = file.seek(start), MOST_BYTES if total is None else min(total, MOST_BYTES)
        while piece := answer.read(PIECE):
            done += len(piece)
            if done > most:
                raise DataError(file=self.address, problem=f"sends more than {most:,} bytes", fix=_PAGE)
            with _disk():
                file.write(piece)
            self.tell(done, total)
        with _disk():
            os.fsync(file.fileno())
        if total is not None and done < total:
            raise _Cut(f"the connection ended after {done:,} of {total:,} bytes")


def _begin(answer: HTTPResponse, file: BinaryIO, start: int) -> tuple[int, int | None]:
    """Where the answer begins, and how long the file is; what the server does not go on from is thrown away."""
    if answer.status != _PARTIAL:  # it ignores ranges
        file.truncate(0)
        return 0, _length(answer.headers.get("Content-Length", ""))
    told, _, total = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
    if told.partition("-")[0] != str(start):
        file.truncate(0)
        raise _Cut("the server answers with another part of the file")
    return start, _length(total)


def _lasts(error: Exception, start: int) -> bool:
    """Would the same come of asking again?  start: bytes that are there, from a server that thus had a name."""
    cause = getattr(error, "reason", error)
    return isinstance(cause, ssl.SSLCertVerificationError | InvalidURL) or (
        not start and isinstance(cause, socket.gaierror)
    )


def _length(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


@contextmanager
def _disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise DiskError(error.strerror or str(error)) from error
