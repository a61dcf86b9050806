"""Files of a data set lie inside its folder: neither a path in its description nor a link leads out of it."""

import os
import stat
from pathlib import Path

from segaug.errors import ConfigError, DataError

MAX_FILE_BYTES = 400_000_000  # over `MAX_PIXELS` of 6 bytes each, uncompressed
_LINKED = "put the files there, or set dataset.follow_links=true if you trust whoever made the links"


def inside(root: Path, part: str, key: str, follow_links: bool = False) -> Path:
    """`root`/`part`; raises ConfigError naming `key` if that is absolute or climbs out, DataError if a link does."""
    path = root / part
    if os.path.isabs(part) or ".." in Path(part).parts or "\0" in part:
        fix = "name it relative to dataset.root, which may be any folder"
        raise ConfigError(key=key, problem=f"{part!r} leads out of dataset.root", fix=fix)
    if not follow_links:
        refuse_foreign(path, root)
    return path


def refuse_foreign(path: Path, root: Path) -> None:
    """Raise DataError if links on the way to `path` lead out of `root`."""
    target = path.resolve()
    if not target.is_relative_to(root.resolve()):
        raise DataError(file=path, problem=f"is a link to {target}, outside of {root}", fix=_LINKED)


def refuse_special(path: Path) -> None:
    """Raise DataError unless `path` is a regular file of a size that can be decoded; a pipe would block its reader."""
    try:
        found = path.stat()
    except OSError as error:
        raise DataError(file=path, problem=f"cannot be read ({error.strerror})", fix="check name and rights") from error
    if not stat.S_ISREG(found.st_mode):
        raise DataError(file=path, problem="is no regular file", fix="replace it by an image, or remove it")
    if found.st_size > MAX_FILE_BYTES:
        problem = f"is too large to read safely ({found.st_size:,} bytes)"
        raise DataError(file=path, problem=problem, fix=f"reduce or tile it to at most {MAX_FILE_BYTES:,} bytes")
