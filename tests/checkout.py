"""Copies of this checkout in which something is added, as a newcomer would add it."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]


def copied(folder: Path) -> Path:
    """This checkout as far as commands and tests need it, in `folder`."""
    for name in ("segaug", "conf", "multirun_sweeps", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def write(checkout: Path, files: Mapping[str, str]) -> None:
    """Write new files; none of them may be there."""
    for name, text in files.items():
        with (checkout / name).open("x") as file:
            file.write(text)


def insert(checkout: Path, file: str, after: str, line: str) -> None:
    """Add a line below the one that begins with `after`, the only one."""
    path = checkout / file
    lines = path.read_text().splitlines()
    (place,) = (number for number, old in enumerate(lines, start=1) if old.startswith(after))
    path.write_text("\n".join([*lines[:place], line, *lines[place:], ""]))


def run(checkout: Path, *command: str, code: int = 0) -> str:
    """What `python -m COMMAND` prints in the copy, to the end of which it has to come."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=checkout, capture_output=True, text=True, timeout=600, check=False
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout
