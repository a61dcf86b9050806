"""W&B's client without questions, prints and files outside of the study; and what its errors mean."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies

from segaug.errors import UserError

PROBE_S = 3.0
_PORTS = {"http": 80, "https": 443}
_REFUSED = re.compile(
    r"HTTP 40[0134]\b|HTTP 409\b|permission denied|previously created and deleted|No authentication|API key|"
    r"No API key|not logged in|unauthori[sz]ed|Could not find project|not found",
    re.IGNORECASE,
)


class Refused(UserError):
    """W&B said no: to ask again would not help."""


class Unreachable(UserError):
    """W&B did not answer, or not in time: another time it may."""


@contextmanager
def quiet(folder: Path) -> Iterator[None]:
    """Let nothing of W&B reach the terminal, wait for an answer typed there, or fill the home folder.

    folder: for its caches; by default they lie in the home folder.
    """
    settings = {"WANDB_SILENT": "true", "WANDB_ERROR_REPORTING": "false"}
    os.environ |= {**settings, "WANDB_CACHE_DIR": str(folder / "cache"), "WANDB_DATA_DIR": str(folder / "data")}
    terminal = sys.stdin
    with open(os.devnull) as nothing:
        sys.stdin = nothing  # else a missing key is asked for
        try:
            yield
        finally:
            sys.stdin = terminal


def require_server() -> None:
    """Raise Unreachable within seconds where nothing answers; the client itself would try for half a minute."""
    import wandb

    address = urlsplit(wandb.setup().settings.base_url)
    if address.scheme in getproxies():
        return  # only the proxy knows
    host, port = address.hostname or "", address.port or _PORTS.get(address.scheme, 443)
    try:
        socket.create_connection((host, port), timeout=PROBE_S).close()
    except OSError as error:
        raise Unreachable(f"W&B at {host}:{port} cannot be reached ({error})") from error


def named(error: Exception) -> UserError:
    """The same error as what it means: `Refused` or `Unreachable`."""
    if isinstance(error, UserError):
        return error
    kind = Refused if _REFUSED.search(str(error)) else Unreachable
    return kind(describe(error))


def describe(error: BaseException) -> str:
    """Type and message of an error on one line, without advice on settings, and without the account's key."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    text = text.partition(" Consider increasing the init_timeout")[0]
    key = os.environ.get("WANDB_API_KEY")
    return text.replace(key, "***") if key else text
