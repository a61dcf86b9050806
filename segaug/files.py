"""Files that are whole or absent, whatever happens while they are written."""

import os
from pathlib import Path


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that whoever reads it, at any moment, sees the old or the new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
