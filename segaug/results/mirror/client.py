"""W&B's client without questions, prints and files outside of the study; and what its errors mean."""

import os
import re
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from segaug.errors import UserError

WANDB = "wandb"  # folder in a study of what this room and W&B's client write
LOG = "mirror.log"  # in it
PROBE_S = 3.0
_PORTS = {"http": 80, "https": 443}
_REFUSED = re.compile(
    r"HTTP 40[0134]\b|HTTP 409\b|permission denied|previously created and deleted|unauthori[sz]ed|API key|valid URL|"
    r"Could not find project|not found",
    re.IGNORECASE,
)
_NO_KEY = re.compile(r"No API key|No authentication|not logged in|api_key not configured", re.IGNORECASE)


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

    try:
        address = urlsplit(os.environ.get("WANDB_BASE_URL") or str(wandb.setup().settings.base_url))
    except Exception as error:  # of pydantic, by a setting in the environment or in a file
        raise Refused(f"wandb cannot start: {describe(error)}") from error
    if not address.hostname:
        raise Refused(f"W&B: {address.geturl()!r} is no web address; set WANDB_BASE_URL to one, or leave it out")
    host, port = address.hostname, address.port or _PORTS.get(address.scheme, 443)
    if address.scheme in getproxies() and not proxy_bypass(host):
        return  # only the proxy knows
    try:
        socket.create_connection((host, port), timeout=PROBE_S).close()
    except OSError as error:
        raise Unreachable(
            f"W&B at {host}:{port} cannot be reached ({error}); try again where it can: records stay as they are"
        ) from error


def named(error: Exception) -> UserError:
    """The same error as what it means: `Refused` or `Unreachable`."""
    if isinstance(error, UserError):
        return error
    if _NO_KEY.search(str(error)):
        return Refused("W&B: this machine has no API key; set WANDB_API_KEY or run `wandb login`")
    kind = Refused if _REFUSED.search(str(error)) else Unreachable
    return kind(f"W&B: {describe(error)}")


def describe(error: BaseException) -> str:
    """Type and message of an error on one line, without advice on settings, and without the account's key."""
    text = " ".join(f"{type(error).__name__}: {error}".split())
    text = text.partition(" Consider increasing the init_timeout")[0]
    key = os.environ.get("WANDB_API_KEY")
    return text.replace(key, "***") if key else text
