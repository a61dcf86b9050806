"""A file from its address to its place: in a part file beside it until its digest fits, and resumed from there."""

import os
from collections.abc import Callable
from hashlib import file_digest
from pathlib import Path

from segaug.data.download import Download
from segaug.data.fetch.part import DiskError, Part
from segaug.data.fetch.web import Web
from segaug.errors import DataError

Tell = Callable[[str, int, int | None], None]
"""Is told the name of a file, its bytes so far and in all; None: the server does not say."""


def transfer(download: Download, place: Path, web: Web, tell: Tell) -> None:
    """Have the file at `place`, whole and with its digest, or raise DataError and leave nothing of that name.

    A file that is there is looked at, and not fetched again.  place: in a folder that exists, and no other process
    fetches to it meanwhile.
    """
    if os.path.lexists(place):
        return check_digest(download, place)
    path = place.with_name(f"{place.name}.part")
    part = Part(download.address, path, web, lambda done, total: tell(place.name, done, total))
    try:
        resumed = path.is_file() and path.stat().st_size > 0
        part.fill()
        if resumed and digest_of(path) != download.sha256:  # the beginning may have been of another file
            path.unlink()
            part.fill()
        _named(download, path, place)
    except (DiskError, OSError) as error:
        fix = "make room, or choose another folder with --to; the same command goes on from what is there"
        raise DataError(file=path, problem=f"cannot be written ({error})", fix=fix) from error


def check_digest(download: Download, place: Path) -> None:
    """Raise DataError where a file is not the one that was published."""
    if (found := digest_of(place)) != download.sha256:
        fix = "move it away and run the command again; a newer release needs a newer config"
        raise DataError(file=place, problem=_differs(found, download), fix=fix)


def digest_of(path: Path) -> str:
    """Sha256 of its bytes."""
    with open(path, "rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _named(download: Download, part: Path, place: Path) -> None:
    if (found := digest_of(part)) != download.sha256:
        part.unlink()
        fix = "it was removed; look at the page of the data set whether there is a newer release"
        raise DataError(file=download.address, problem=_differs(found, download), fix=fix)
    os.replace(part, place)


def _differs(found: str, download: Download) -> str:
    return f"has the sha256 {found}, and what was published has {download.sha256}"
