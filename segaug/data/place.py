"""Files of a data set lie inside its folder: neither a path in its description nor a link leads out of it."""

import os
import stat
from pathlib import Path

from segaug.errors import ConfigError, DataError

BESIDE = "beside:"  # begins the name of a table that lies beside the file of its config, and not below root
MAX_FILE_BYTES = 400_000_000  # over `MAX_PIXELS` of 6 bytes each, uncompressed
_LINKED = "put the files there, or set dataset.follow_links=true if you trust whoever made the links"


def inside(root: Path, part: str, key: str, follow_links: bool = False, called: str = "dataset.root") -> Path:
    """`root`/`part`; raises ConfigError naming `key` if that is absolute or climbs out, DataError if a link does.

    called: what the error calls the root.
    """
    path = root / part
    if os.path.isabs(part) or ".." in Path(part).parts or "\0" in part:
        fix = f"name it relative to {called}, which may be any folder"
        raise ConfigError(key=key, problem=f"{part!r} leads out of {called}", fix=fix)
    if not follow_links:
        refuse_foreign(path, root)
    return path


def table_place(root: Path, table: str, beside: str, follow_links: bool = False) -> Path:
    """The file of a table: below root, or as `beside:NAME` in the folder `beside`, which it may lead out of as little.

    Raises as `inside`, and ConfigError where no config file has said which folder that is.
    """
    key = "dataset.table"
    if not table.startswith(BESIDE):
        return inside(root, table, key, follow_links)
    if not beside:
        problem = f"got {table}, which is no file below dataset.root, and stands in no file of a config folder of yours"
        raise ConfigError(key=key, problem=problem, fix="write it into dataset/NAME.yaml of such a folder")
    return inside(Path(beside), table.removeprefix(BESIDE), key, called="the folder of the config file")


def refuse_foreign(path: Path, root: Path) -> None:
    """Raise DataError if links on the way to `path` lead out of `root`."""
    target = real(path)
    if not target.is_relative_to(real(root)):
        raise DataError(file=path, problem=f"is a link to {target}, outside of {root}", fix=_LINKED)


def real(path: Path) -> Path:
    """The path without links; of links that go round in a circle, which `Path.resolve` cannot bear, as it is."""
    return Path(os.path.realpath(path))


def refuse_special(path: Path, at_most: int = MAX_FILE_BYTES) -> None:
    """Raise DataError unless `path` is a regular file of a size that can be decoded; a pipe would block its reader."""
    try:
        found = path.stat()
    except OSError as error:
        raise DataError(file=path, problem=f"cannot be read ({error.strerror})", fix="check name and rights") from error
    if not stat.S_ISREG(found.st_mode):
        raise DataError(file=path, problem="is no regular file", fix="replace it by an image, or remove it")
    if found.st_size > at_most:
        problem = f"is too large to read safely ({found.st_size:,} bytes)"
        raise DataError(file=path, problem=problem, fix=f"reduce or tile it to at most {at_most:,} bytes")
