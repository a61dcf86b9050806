"""Which code a trial was run by: the installed version, its commit, and a hash of what decides results."""

import subprocess
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path

import segaug
from segaug.results.store import Json

HOME = Path(segaug.__file__).parent
DECISIVE = (
    "data", "deform", "registration", "augment", "models", "training", "metrics", "batch.py", "grey.py", "rng.py",
)  # fmt: skip
"""Rooms whose code decides what a trial's result is; a change elsewhere changes what is said about it, at most."""
_GIT_S = 5.0


@cache
def code_facts() -> Json:
    """The "code" part of a record: version, commit and changed (null where there is no repository), hash."""
    commit, changed = _commit()
    hashed = hash_of(file for name in DECISIVE for file in _files(HOME / name))
    return {"version": segaug.__version__, "commit": commit, "changed": changed, "hash": hashed}


def hash_of(files: Iterable[Path]) -> str:
    """Of Python files of the package, by their places and their bytes."""
    digest = sha256()
    for file in sorted(files):
        digest.update(f"{file.relative_to(HOME).as_posix()}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _files(place: Path) -> Iterable[Path]:
    return place.rglob("*.py") if place.is_dir() else [place]


def _commit() -> tuple[str | None, bool | None]:
    """The commit that the package is checked out at, and whether its files were changed since.

    None where git does not know the package: it is installed, perhaps somewhere inside of another repository.
    """
    if _git("ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    commit, status = _git("rev-parse", "HEAD"), _git("status", "--porcelain", "--", ".")
    return commit, None if status is None else bool(status)


def _git(*words: str) -> str | None:
    """What git answers in the package's folder; None where there is no git, no repository, or no answer."""
    command = ["git", "--no-optional-locks", "-C", str(HOME), *words]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=_GIT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()
